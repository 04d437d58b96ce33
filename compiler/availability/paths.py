"""Platform -> its paths: what must work for an answer, or for work to go on, and what is left out of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from compiler.availability.slas import Sla, book
from compiler.kind import Verb
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds
from compiler.walk import reached

Edge = tuple[str, str]  # who uses, and what


@dataclass(frozen=True)
class Step:
    """One service that must work, because a component is on the path."""

    component: str
    kind: str
    promise: str  # the id of an SLA

    @property
    def sla(self) -> Sla:
        """What AWS promises of it."""
        return book().slas[self.promise]


@dataclass(frozen=True)
class LeftOut:
    """What a component of the path uses and the path does not count."""

    component: str
    user: str
    why: Literal["optional", "at_start"]
    steps: tuple[Step, ...]  # what it would have added


@dataclass(frozen=True)
class Way:
    """One path: requests that one component takes and another answers, or work that one starts in another."""

    begins: str
    ends: str
    kind: Literal["answers", "starts"]
    steps: tuple[Step, ...]  # as they are met, the nearest first
    left_out: tuple[LeftOut, ...]
    could_be_optional: tuple[Connection, ...]  # connections on the path of which the spec could say so

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.begins} to {self.ends}"


def ways(platform: Platform, without: Edge | None = None) -> tuple[Way, ...]:
    """Every path: first where requests come in, then where work is started; by name.

    `without` is a connection that is taken for an optional one.
    """
    components = platform.components.values()
    answering = [way for component in components for way in _answering(component, platform, without)]
    return (*answering, *(way for component in components for way in _starting(component, platform, without)))


def beneath(platform: Platform) -> tuple[Step, ...]:
    """What all components stand on, of which promises are known and no path counts: keys, the way out."""
    kinds = all_kinds()
    found = [component for component in platform.components.values() if kinds[component.kind].singleton]
    low = [each for each in found if kinds[each.kind].home(each.spec) in ("foundation", "network")]
    return tuple(step for component in low for step in steps_of(component, platform))


def steps_of(component: Component, platform: Platform) -> tuple[Step, ...]:
    """The services that must work for a component to work; none where no request can need it."""
    ask = all_kinds()[component.kind].availability
    promised = ask(component, platform) if ask else ()
    return tuple(Step(component.name, component.kind, promise) for promise in promised)


def _answering(component: Component, platform: Platform, without: Edge | None) -> Iterator[Way]:
    ask = all_kinds()[component.kind].answers
    for ends, needed in sorted(ask(component, platform).items()) if ask else ():
        uses = (use for use in component.connections if use.target in needed)
        passed = {name for use in uses for name in _passed(use, platform)}
        first = [platform.components[name] for name in (*sorted(passed), *sorted(needed - passed))]
        yield _way(component, ends, "answers", first, platform, without)


def _starting(component: Component, platform: Platform, without: Edge | None) -> Iterator[Way]:
    for use in platform.users_of(component.name):
        if _verb(use, platform).starts and not use.optional:
            first = [platform.components[use.consumer]]
            yield _way(component, use.consumer, "starts", first, platform, without)


def _way(
    begin: Component,
    ends: str,
    kind: Literal["answers", "starts"],
    first: Iterable[Component],
    platform: Platform,
    without: Edge | None,
) -> Way:
    def needed(component: Component) -> Iterator[Connection]:
        critical = (use for use in component.connections if _is_critical(use, platform))
        return (use for use in critical if (use.consumer, use.target) != without)

    def onwards(component: Component) -> Iterable[Component]:
        if component is begin:
            return first
        names = (name for use in needed(component) for name in (*_passed(use, platform), use.target))
        return (platform.components[name] for name in names)

    later = reached(begin, onwards)
    return Way(
        begin.name,
        ends,
        kind,
        steps=tuple(step for component in (begin, *later) for step in steps_of(component, platform)),
        left_out=tuple(_left_out(later, {begin.name, *(each.name for each in later)}, platform)),
        could_be_optional=tuple(use for component in later for use in needed(component) if not use.derived),
    )


def _left_out(members: Iterable[Component], counted: set[str], platform: Platform) -> Iterator[LeftOut]:
    for component in members:
        for use in component.connections:
            why = _excused(use, platform)
            if why and use.target not in counted:
                steps = steps_of(platform.components[use.target], platform)
                yield LeftOut(use.target, use.consumer, why, steps)


def _is_critical(use: Connection, platform: Platform) -> bool:
    """Whether whoever waits for the consumer waits for the target too; what starts it, nobody waits for."""
    return not _verb(use, platform).starts and _excused(use, platform) is None


def _excused(use: Connection, platform: Platform) -> Literal["optional", "at_start"] | None:
    if use.optional:
        return "optional"
    return "at_start" if _verb(use, platform).at_start else None


def _passed(use: Connection, platform: Platform) -> Iterable[str]:
    """The singleton that lies between the two."""
    through = _verb(use, platform).through
    return (through,) if through else ()


def _verb(use: Connection, platform: Platform) -> Verb:
    verb = all_kinds()[platform.components[use.target].kind].verbs[use.verb]
    return verb.of(use.options)
