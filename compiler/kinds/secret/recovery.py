"""Secret -> what a lost region costs; the replica itself is a property of the secret."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.model import Component, Platform
from compiler.protection import Outlook, is_replicated
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Nothing more: the replica's ARN differs from the secret's in the region only."""
    return {}


def build(component: Component, scope: Scope) -> None:
    """Adds nothing."""


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """Every change goes to the replica, which can be read at once."""
    if not is_replicated(component, platform):
        return None
    return Outlook(
        "seconds",
        "none to read it; to change it, promote the replica",
        "replica secret",
        "Secrets Manager user guide, 'Replicate secrets across Regions', 2026; it promises no time",
    )
