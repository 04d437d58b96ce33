"""Queue -> the calls of functions that it starts."""

from __future__ import annotations

from compiler.draw import Draw, Figures, calls
from compiler.model import Component, Platform


def figures(component: Component, platform: Platform) -> Figures:
    """As many as each connection allows; without a limit a full queue takes what the function may have."""
    for use in platform.users_of(component.name):
        most = use.options.get("maximum_concurrency")
        if use.verb == "receive" and most:
            yield Draw(calls(use.consumer), most, f"{most:,} of '{component.name}'")
