"""Component -> what starts a function, and whether it keeps the calls that failed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds

# These hand an event over and go away; it waits inside Lambda for its turn.
LATER = frozenset({"bucket", "event_bus", "topic"})


def triggers(component: Component, platform: Platform) -> Iterator[tuple[str, Connection]]:
    """The connections that start the function, each with its trigger, such as `stream` or `topic`."""
    kinds = all_kinds()
    for connection in component.connections:
        target = platform.components.get(connection.target)
        verb = kinds[target.kind].verbs.get(connection.verb) if target else None
        if verb and verb.starts in kinds[component.kind].accepts:
            yield verb.starts, connection


def called_later(component: Component, platform: Platform) -> bool:
    """Whether something starts the function without waiting for its answer."""
    return _scheduled(component) or any(trigger in LATER for trigger, _ in triggers(component, platform))


def keeps_dead_letters(component: Component, platform: Platform) -> bool:
    """Whether the function has a dead-letter queue of its own: a queue that starts it has one already."""
    return _scheduled(component) or any(trigger != "queue" for trigger, _ in triggers(component, platform))


def _scheduled(component: Component) -> bool:
    return getattr(component.spec, "schedule", None) is not None
