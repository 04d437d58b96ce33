"""An event bus that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.event_bus import EventBus
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a bus of our own offers too, but for its dead letters."""
    assert isinstance(component.spec, EventBus)
    existing = component.spec.existing
    assert existing is not None
    return {
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("events", f"event-bus/{existing.name}")),
    }
