"""Task -> what one run of it takes."""

from __future__ import annotations

from compiler.draw import Copies, Draw, Figures, addresses
from compiler.model import Component, Platform

# One program with the pool that libraries have when nobody says more; as for services.
USUAL_POOL = 10


def copies(component: Component, platform: Platform) -> Copies:
    """One at a time: whether runs overlap is for its schedule and for people."""
    return Copies(1, "1 run", USUAL_POOL)


def figures(component: Component, platform: Platform) -> Figures:
    """The address of one run, in any zone."""
    yield Draw(addresses("private"), 1, "1 run, in any zone")
