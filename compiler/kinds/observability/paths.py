"""Platform -> the paths that are watched as one, each with the components whose failure breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from compiler.kind import LAYERS
from compiler.model import Component, Platform
from compiler.places import home_layer
from compiler.registry import all_kinds
from compiler.walk import reached

# A description has 1,024 characters, a component's name 32.
MOST_LISTED = 20


class WatchedPath(NamedTuple):
    """What one composite alarm stands for."""

    name: str
    summary: str  # one sentence, for whoever is woken
    components: tuple[str, ...]  # sorted


def paths(platform: Platform) -> list[WatchedPath]:
    """A path for each component whose kind begins one, then one for the rest of each layer; stable order.

    A component that is of several paths breaks them all; each component is of one at least.
    """
    own = [_own(component, platform) for component in platform.components.values() if _begins(component)]
    taken = {name for path in own for name in path.components}
    return [*own, *_rest(taken, platform)]


def _begins(component: Component) -> bool:
    return all_kinds()[component.kind].path is not None


def _own(component: Component, platform: Platform) -> WatchedPath:
    kind = all_kinds()[component.kind]
    members = _called(component, platform) if kind.path == "calls" else _started(component, platform)
    others = sorted(set(members) - {component.name})
    needed = f", or something on its path: {_listed(others)}" if others else ""
    summary = f"The {kind.name.replace('_', ' ')} '{component.name}' fails{needed}."
    return WatchedPath(f"{component.name}-path", summary, tuple(sorted((component.name, *others))))


def _called(component: Component, platform: Platform) -> set[str]:
    """What computes for it, directly or through others, and the singletons that these came with.

    What holds data does not count: it serves many, and has a path of its own.
    """
    kinds = all_kinds()

    def onwards(user: Component) -> Iterator[Component]:
        brought = () if user.adopted else kinds[user.kind].brings(user.spec)
        named = (platform.components[name] for name in (*(c.target for c in user.connections), *brought))
        return (target for target in named if home_layer(target) == "compute")

    return {found.name for found in reached(component, onwards)}


def _started(component: Component, platform: Platform) -> Iterable[str]:
    """Whoever takes what it holds: their failure leaves it lying there."""
    verbs = all_kinds()[component.kind].verbs
    return (use.consumer for use in platform.users_of(component.name) if verbs[use.verb].starts)


def _rest(taken: set[str], platform: Platform) -> Iterator[WatchedPath]:
    for layer in LAYERS:
        members = [
            name
            for name, component in platform.components.items()
            if name not in taken and home_layer(component) == layer
        ]
        if members:
            summary = f"Something of the {layer} layer that is on no other path fails: {_listed(members)}."
            yield WatchedPath(layer, summary, tuple(members))


def _listed(components: list[str]) -> str:
    more = len(components) - MOST_LISTED
    return ", ".join(components[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
