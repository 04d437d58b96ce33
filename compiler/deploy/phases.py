"""Assembly + live templates + who holds which value -> the stacks that are updated twice.

Expand: a stack gets what is new and keeps what others still use. Migrate: those others are updated. Contract:
it becomes what the assembly says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from compiler.assembly import Assembly, Stack
from compiler.deploy import bootstrap, expansion, inputs, occupied
from compiler.deploy.expansion import Expansion, Template


class Use(NamedTuple):
    """A live stack holds a value of another one."""

    taker: str
    parameter: str
    source: str
    output: str


@dataclass(frozen=True)
class Phases:
    """The stacks that are updated twice, by name, and who holds what they keep until then."""

    expansions: Mapping[str, Expansion] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()  # that do not end before the stack that is used is updated
    # What is removed in spite of being used, since it cannot be kept: output -> logical ids.
    lost: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def takers(self, source: str, outputs: Collection[str]) -> list[str]:
        """The stacks that hold one of these values, sorted."""
        return sorted({u.taker for u in self.uses if u.source == source and u.output in outputs})

    def expanded(self, assembly: Assembly) -> Assembly:
        """The assembly as it is in between."""
        stacks = (
            self.expansions[stack.name].stack if stack.name in self.expansions else stack
            for stack in assembly.stacks
        )
        return replace(assembly, stacks=tuple(stacks))


def phases(
    after: Assembly,
    live: Mapping[str, Template],
    uses: Iterable[Use],
    moving: Mapping[str, Template] | None = None,
) -> Phases:
    """What the assembly needs; nothing when every value that goes is given up in time anyway. `live` has the
    stacks that resources move between as they will be, `moving` as they are.

    A stack that keeps something of its own keeps the parameters of that too, and so holds values of earlier
    stacks for longer: it is asked again until nothing new comes of it.
    """
    all_uses = tuple(sorted(set(uses)))
    earlier = _earlier(after)
    found = Phases()
    while True:
        holding = tuple(use for use in all_uses if _outlasts(use, earlier, found.expansions))
        again = _phases(after, live, holding, moving or {})
        if again == found:
            return again
        found = again


def _phases(
    after: Assembly, live: Mapping[str, Template], holding: tuple[Use, ...], moving: Mapping[str, Template]
) -> Phases:
    expansions: dict[str, Expansion] = {}
    lost: dict[str, Mapping[str, frozenset[str]]] = {}
    for stack in after.stacks:
        used = {use.output for use in holding if use.source == stack.name}
        if stack.name not in live or not used:
            continue
        old, claimed = live[stack.name], occupied.wanted(stack, live, after)
        kept = expansion.expand(stack, old, used, claimed)
        if kept and (_is_too_large(kept.stack, after) or not _is_sound(kept, moving.get(stack.name))):
            kept, claimed = None, set(old.get("Resources") or {})
        if kept:
            expansions[stack.name] = kept
        if gone := {name: ids for name, ids in _lost(stack, old, used, claimed) if ids}:
            lost[stack.name] = gone
    return Phases(expansions, holding, lost)


def _is_too_large(stack: Stack, after: Assembly) -> bool:
    """Whether CloudFormation would not take the template, or not without a bucket that is not there."""
    no_bucket = stack.region not in bootstrap.needed(after)
    return expansion.is_too_large(stack) or (no_bucket and bootstrap.is_large(stack))


def _is_sound(kept: Expansion, moving: Template | None) -> bool:
    """Whether all that is kept beside moves refers to what is there after them."""
    if moving is None:
        return True
    return kept.parameters <= (moving.get("Parameters") or {}).keys() and not expansion.dangling(kept)


def _lost(
    stack: Stack, old: Template, used: Collection[str], claimed: Collection[str]
) -> Iterable[tuple[str, frozenset[str]]]:
    return sorted(expansion.hold(stack, old, used, claimed).lost.items())


def _outlasts(use: Use, earlier: Mapping[str, frozenset[str]], expansions: Mapping[str, Expansion]) -> bool:
    """Whether a value is still held when the stack that it comes from is updated first."""
    if use.taker not in earlier.get(use.source, ()):
        return True
    kept = expansions.get(use.taker)
    return kept is not None and use.parameter in kept.parameters


def _earlier(after: Assembly) -> dict[str, frozenset[str]]:
    """The stacks whose update has ended when that of a stack begins."""
    found: dict[str, frozenset[str]] = {}
    for stack in after.stacks:
        direct = inputs.sources(stack)
        found[stack.name] = direct.union(*(found.get(name, frozenset()) for name in direct))
    return found


def wired(before: Assembly) -> Iterator[Use]:
    """Who holds which value once an assembly is deployed."""
    for stack in before.stacks:
        for name, wire in stack.parameters.items():
            yield Use(stack.name, name, inputs.source(wire, stack), wire.output)
