"""V001: AWS promises less of a path than the environment wants."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.availability.budget import minutes_a_month, promised, shown, weakest
from compiler.availability.paths import Way
from compiler.availability.targets import Target, attainable, is_missed, wanted
from compiler.model import Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit

ID = "V001"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a path is promised less than its `availability_target`"
WHY = (
    "Every step of a path must work for an answer, so a path is promised less than its weakest step. Whoever "
    "promises customers more than AWS promises pays the difference."
)
FIX = (
    "`formwork explain availability SPEC --env E` shows what each path is promised, and computes what would "
    "help: fewer steps, steps in two zones, connections that are `optional`, a second region, or a target of "
    "the path's own."
)
SOURCE = "AWS service level agreements, in compiler/availability/slas.json; Well-Architected, 'Availability'"


def check(platform: Platform) -> Iterator[Hit]:
    """Each path with too little, at its target."""
    missed = ((way, goal) for way, goal in wanted(platform) if is_missed(way, goal))
    return (Hit(goal.path, _message(way, goal, platform)) for way, goal in missed)


def _message(way: Way, goal: Target, platform: Platform) -> str:
    share = promised(way.steps)
    weak = ", ".join(f"'{step.component}' ({step.sla.service})" for step in weakest(way.steps))
    return (
        f"of '{way.name}' AWS promises {shown(share)} % of a month at most, "
        f"{minutes_a_month(share):g} minutes down, and the target is {goal.percentage:.10g}, "
        f"{minutes_a_month(goal.share):g} minutes; the weakest there is {weak}; shorten the path, or want "
        f"less: `{way.begins}: {attainable(way, platform):.10g}` in `availability_target`"
    )
