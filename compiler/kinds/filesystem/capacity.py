"""Filesystem -> the addresses that it takes."""

from __future__ import annotations

from compiler.draw import Draw, Figures, addresses
from compiler.model import Component, Platform


def figures(component: Component, platform: Platform) -> Figures:
    """One mount target in each zone."""
    yield Draw(addresses("isolated"), 1, "its mount target")
