"""Platform -> its paths: what must work for an answer, or for work to go on, and what is left out of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from compiler.availability.slas import Sla, book
from compiler.kind import Verb
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds
from compiler.walk import reached

Edge = tuple[str, str]  # who uses, and what
Names = tuple[str, ...]
Excuse = Literal["optional", "at_start"]


class Step(NamedTuple):
    """One service that must work, because a component is on the path."""

    component: str
    kind: str
    promise: str  # the id of an SLA

    @property
    def sla(self) -> Sla:
        """What AWS promises of it."""
        return book().slas[self.promise]


class LeftOut(NamedTuple):
    """What a component of the path uses and the path does not count."""

    component: str
    user: str
    why: Excuse


class Way(NamedTuple):
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

    `without` is a connection that is taken for an optional one. What is wrong with connections is told
    elsewhere; here such a connection leads nowhere.
    """
    walk = _Walk(platform, without)
    components = platform.components.values()
    answering = [way for component in components for way in walk.answering(component)]
    return (*answering, *(way for component in components for way in walk.starting(component)))


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


class _Walk(NamedTuple):
    platform: Platform
    without: Edge | None

    def answering(self, begin: Component) -> Iterator[Way]:
        """The paths of the requests that a component takes."""
        ask = all_kinds()[begin.kind].answers
        for ends, needed in sorted(ask(begin, self.platform).items()) if ask else ():
            uses = [use for use in begin.connections if use.target in needed and self._verb(use)]
            passed = {name for use in uses for name in self._passed(use)}
            yield self._way(begin, ends, "answers", (*sorted(passed), *sorted(needed - passed)))

    def starting(self, begin: Component) -> Iterator[Way]:
        """The paths of the work that a component starts in others."""
        for use in self.platform.users_of(begin.name):
            verb = self._verb(use)
            if verb and verb.starts and not use.optional:
                yield self._way(begin, use.consumer, "starts", (use.consumer,))

    def _way(self, begin: Component, ends: str, kind: Literal["answers", "starts"], first: Names) -> Way:
        def onwards(component: Component) -> Iterator[Component]:
            names = first if component is begin else self._next(component)
            return (self.platform.components[name] for name in names if name in self.platform.components)

        later = reached(begin, onwards)
        return Way(
            begin.name,
            ends,
            kind,
            steps=tuple(step for each in (begin, *later) for step in steps_of(each, self.platform)),
            left_out=tuple(self._left_out(later, {begin.name, *(each.name for each in later)})),
            could_be_optional=tuple(use for each in later for use in self._needed(each) if not use.derived),
        )

    def _next(self, component: Component) -> Iterator[str]:
        return (name for use in self._needed(component) for name in (*self._passed(use), use.target))

    def _needed(self, component: Component) -> Iterator[Connection]:
        """What whoever waits for the component waits for too; what starts it, nobody waits for."""
        for use in component.connections:
            verb = self._verb(use)
            excused = self._excused(use) or (use.consumer, use.target) == self.without
            if verb and not verb.starts and not excused:
                yield use

    def _left_out(self, members: Iterable[Component], counted: set[str]) -> Iterator[LeftOut]:
        for use in (use for component in members for use in component.connections):
            if (why := self._excused(use)) and use.target not in counted:
                yield LeftOut(use.target, use.consumer, why)

    def _excused(self, use: Connection) -> Excuse | None:
        verb = self._verb(use)
        if use.optional:
            return "optional"
        return "at_start" if verb and verb.at_start else None

    def _passed(self, use: Connection) -> Names:
        """The singleton that lies between the two."""
        verb = self._verb(use)
        return (verb.through,) if verb and verb.through else ()

    def _verb(self, use: Connection) -> Verb | None:
        target = self.platform.components.get(use.target)
        verb = all_kinds()[target.kind].verbs.get(use.verb) if target else None
        return verb and verb.of(use.options)
