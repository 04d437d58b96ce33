"""Platform + ChangePlan -> what an architecture diagram shows: components by stack, connections, changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.assembly import Assembly
from compiler.model import Component, Connection, Platform
from compiler.places import home_layer, place, sort_key
from compiler.review.changes import Change, ChangePlan, Risk
from compiler.review.groups import RANK


@dataclass(frozen=True)
class Box:
    """One component, and what changes of it in all stacks, the riskiest first."""

    name: str
    kind: str  # empty for what the spec no longer has
    changes: tuple[Change, ...] = ()
    new: bool = False  # there was nothing of it before
    gone: bool = False

    @property
    def risk(self) -> Risk | None:
        """The class of the riskiest change; None when nothing changes."""
        return self.changes[0].risk if self.changes else None


@dataclass(frozen=True)
class Frame:
    """The components whose home is one stack, sorted by name."""

    name: str  # what people call the stack
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Arrow:
    """One connection: the consumer uses the target by these verbs."""

    consumer: str
    target: str
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Frames in the order of deployment; arrows sorted by consumer and target."""

    frames: tuple[Frame, ...]
    arrows: tuple[Arrow, ...]

    def is_connected(self, frame: Frame) -> bool:
        """Whether an arrow begins or ends at a component of the frame."""
        names = {box.name for box in frame.boxes}
        return any(names & {arrow.consumer, arrow.target} for arrow in self.arrows)


def picture(platform: Platform, assembly: Assembly, plan: ChangePlan) -> Picture:
    """The platform as it will be, and what goes, with the changes of the plan that deploys the assembly."""
    changes = _by_component(plan)
    sizes = Counter(origin.component for stack in assembly.stacks for origin in stack.origins.values())
    homes: dict[str, list[Box]] = {}
    for component in sorted(platform.components.values(), key=_home):
        name = component.name
        box = _box(component, changes.get(name, ()), sizes[name])
        homes.setdefault(place(component, home_layer(component)).called, []).append(box)
    for name, layer in _gone(platform, plan):
        homes.setdefault(layer, []).append(Box(name, "", changes[name], gone=True))
    frames = tuple(
        Frame(name, tuple(sorted(boxes, key=lambda box: box.name))) for name, boxes in homes.items()
    )
    return Picture(frames, _arrows(use for each in platform.components.values() for use in each.connections))


def _home(component: Component) -> tuple[int, str, str]:
    return (*sort_key(place(component, home_layer(component))), component.name)


def _box(component: Component, changes: tuple[Change, ...], size: int) -> Box:
    """New is a component of which each resource is added."""
    added = sum(change.action == "add" for change in changes)
    return Box(component.name, component.kind, changes, new=0 < size == added)


def _by_component(plan: ChangePlan) -> dict[str, tuple[Change, ...]]:
    found: dict[str, list[Change]] = {}
    for stack in plan.stacks:
        for change in stack.changes:
            if change.origin:
                found.setdefault(change.origin.component, []).append(change)
    return {name: tuple(sorted(part, key=_order)) for name, part in found.items()}


def _order(change: Change) -> tuple[int, str]:
    return RANK[change.risk], change.logical_id


def _gone(platform: Platform, plan: ChangePlan) -> Iterator[tuple[str, str]]:
    """The components that only the plan knows, with the first layer that they leave; each once."""
    seen: set[str] = set()
    for stack in plan.stacks:
        for change in stack.changes:
            name = change.origin.component if change.origin else ""
            if name and name not in platform.components and name not in seen:
                seen.add(name)
                yield name, stack.layer or stack.stack


def _arrows(connections: Iterable[Connection]) -> tuple[Arrow, ...]:
    verbs: dict[tuple[str, str], set[str]] = {}
    for use in connections:
        verbs.setdefault((use.consumer, use.target), set()).add(use.verb)
    return tuple(Arrow(*pair, tuple(sorted(found))) for pair, found in sorted(verbs.items()))
