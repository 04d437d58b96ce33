"""A path that is promised too little -> what could be done about it, and what would be promised then."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from compiler.availability.budget import promised, unknown
from compiler.availability.paths import Step, Way, ways
from compiler.availability.targets import attainable
from compiler.model import Platform

# There are as many as connections on the path; who wants more tries these first.
MOST_OPTIONAL = 3


class Option(NamedTuple):
    """One thing to do, and the share of a month that is promised then; None where that stays open."""

    text: str
    share: Fraction | None


def options(way: Way, platform: Platform) -> tuple[Option, ...]:
    """What helps, the most helpful first, then what always can be done."""
    optional = _best(_optional(way, platform))[:MOST_OPTIONAL]
    helpful = _best([*_better(way), *_direct(way, platform), *optional])
    return (*helpful, *_always(way, platform))


def _best(found: Iterator[Option] | list[Option]) -> list[Option]:
    return sorted(found, key=lambda option: (-(option.share or 0), option.text))


def _option(text: str, steps: tuple[Step, ...]) -> Option:
    return Option(text, None if unknown(steps) else promised(steps))


def _better(way: Way) -> Iterator[Option]:
    """Steps that could be had with a better promise."""
    for step in way.steps:
        if better := step.sla.better:
            steps = tuple(each._replace(promise=better) if each == step else each for each in way.steps)
            yield _option(f"'{step.component}': {step.sla.how}", steps)


def _direct(way: Way, platform: Platform) -> Iterator[Option]:
    """Coming in at a later step."""
    inside = {step.component for step in way.steps} - {way.begins}
    for other in ways(platform):
        if (other.kind, other.ends) == ("answers", way.ends) and other.begins in inside:
            text = f"take '{way.begins}' out of the path: let requests come to '{other.begins}' itself"
            yield _option(text, other.steps)


def _optional(way: Way, platform: Platform) -> Iterator[Option]:
    """Doing without a component; not one that is needed by another way all the same."""
    for use in way.could_be_optional:
        found = ways(platform, without=(use.consumer, use.target))
        steps = next(each.steps for each in found if (each.kind, each.name) == (way.kind, way.name))
        if len(steps) < len(way.steps):
            yield _option(
                f"let '{use.consumer}' do without '{use.target}' while that is down, and say so by "
                "`optional: true` in the connection",
                steps,
            )


def _always(way: Way, platform: Platform) -> Iterator[Option]:
    if unknown(way.steps):
        return
    share = promised(way.steps)
    if way.kind == "answers":
        text = (
            "answer from a second region too, active/active: if the two fail independently, their data are "
            "the same, and callers find the one that works"
        )
        yield Option(text, 1 - (1 - share) ** 2)
    least = f"`{way.begins}: {attainable(way, platform):.10g}` in `availability_target`"
    yield Option(f"want no more than is promised: {least}", share)
