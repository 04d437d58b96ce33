"""What AWS promises of the platform's paths -> text for people, data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from compiler import protection
from compiler.availability.budget import (
    hours_a_year,
    minutes_a_month,
    promised,
    shown,
    unknown,
    weakest,
)
from compiler.availability.options import Option, options
from compiler.availability.paths import LeftOut, Step, Way, beneath, ways
from compiler.availability.slas import book
from compiler.availability.targets import Target, is_kept, is_missed, target
from compiler.model import Platform
from compiler.views.style import Style

KINDS = {"answers": "requests", "starts": "work that is started"}
HEAD = "what AWS promises of each path, in a month of 730 hours"
MEANING = "a promise with money back, not a forecast: see docs/availability.md"


def text(platform: Platform, style: Style) -> str:
    """Each path with its steps, what is left out, and what helps where too little is promised."""
    found = ways(platform)
    lines = [style.paint(f"{platform.name} {platform.environment.name}: {HEAD}", "bold"), MEANING]
    for kind, title in KINDS.items():
        of_kind = [way for way in found if way.kind == kind]
        lines += ["", style.paint(title, "bold")] if of_kind else []
        for way in of_kind:
            lines += ["", *_way(way, platform, style)]
    if not found:
        lines += ["", "no path: no component takes requests, and none starts another"]
    return "\n".join([*lines, *_notes(platform), *_sources(_counted(found, platform), style)]) + "\n"


def data(platform: Platform) -> dict[str, Any]:
    """The same, complete."""
    return {
        "platform": platform.name,
        "environment": platform.environment.name,
        "checked": book().checked,
        "paths": [_entry(way, platform) for way in ways(platform)],
        "beneath": [_step_entry(step) for step in beneath(platform)],
    }


def _way(way: Way, platform: Platform, style: Style) -> Iterator[str]:
    share, open_ = promised(way.steps), unknown(way.steps)
    told = f"no promise; of its other steps {_down(share)}" if open_ else _down(share)
    yield f"{style.paint(way.name, 'bold')}   {style.paint(told, 'yellow' if open_ else 'cyan')}"
    widths = [max(map(len, column)) for column in zip(*map(_cells, way.steps), strict=True)]
    for step in way.steps:
        cells = (cell.ljust(width) for cell, width in zip(_cells(step), widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
    if way.left_out:
        yield style.paint(f"  not counted: {', '.join(map(_excuse, way.left_out))}", "dim")
    if weak := weakest(way.steps):
        yield f"  weakest: {', '.join(dict.fromkeys(step.component for step in weak))}"
    if goal := target(way, platform):
        yield from _goal(way, goal, platform, style)


def _cells(step: Step) -> tuple[str, str, str]:
    sla = step.sla
    number = "no promise" if sla.percentage is None else f"{sla.percentage:.10g} %"
    return step.component, f"{sla.service}: {sla.configuration}", number


def _down(share: Fraction) -> str:
    return (
        f"{shown(share)} %: down {minutes_a_month(share):g} minutes a month, "
        f"{hours_a_year(share):g} hours a year"
    )


def _excuse(left_out: LeftOut) -> str:
    if left_out.why == "optional":
        return f"{left_out.component} (optional for '{left_out.user}')"
    return f"{left_out.component} (read when '{left_out.user}' starts)"


def _goal(way: Way, goal: Target, platform: Platform, style: Style) -> Iterator[str]:
    wanted = f"  target {goal.percentage:.10g} %, {minutes_a_month(goal.share):g} minutes a month: "
    if is_kept(way, goal):
        yield wanted + style.paint("kept", "green")
        return
    if is_missed(way, goal):
        yield wanted + style.paint("more than is promised", "red")
    else:
        yield wanted + style.paint("cannot be compared", "yellow")
    yield from (f"    {_helping(option)}" for option in options(way, platform))


def _helping(option: Option) -> str:
    number = "no promise" if option.share is None else f"{shown(option.share)} %"
    return f"{number.ljust(10)}  {option.text}"


def _notes(platform: Platform) -> Iterator[str]:
    """What people could believe to be in the numbers."""
    below = [f"{step.component} ({step.sla.service} {_cells(step)[2]})" for step in beneath(platform)]
    if below:
        yield from ("", f"beneath all paths, not counted: {', '.join(below)}")
    if standing := protection.standing(platform):
        yield from (
            "",
            f"{standing.tier} in {standing.region} adds nothing to these numbers: coming back there takes "
            "minutes to hours, see `formwork explain recovery`",
        )


def _counted(found: Iterable[Way], platform: Platform) -> list[Step]:
    return [*(step for way in found for step in way.steps), *beneath(platform)]


def _sources(steps: Iterable[Step], style: Style) -> Iterator[str]:
    used = {step.promise: step.sla for step in steps if step.sla.percentage is not None}
    if not used:
        return
    yield from ("", style.paint(f"sources, compared on {book().checked}", "dim"))
    for _, sla in sorted(used.items()):
        dated = f", {sla.dated}" if sla.dated else ""
        line = f"  {sla.service} {sla.percentage:.10g} %: {sla.source}{dated}; confidence {sla.confidence}"
        yield style.paint(line, "dim")


def _entry(way: Way, platform: Platform) -> dict[str, Any]:
    share, open_, goal = promised(way.steps), unknown(way.steps), target(way, platform)
    return {
        "path": way.name,
        "begins": way.begins,
        "ends": way.ends,
        "kind": way.kind,
        "promised": None if open_ else _number(share),
        "at_most": _number(share),
        "minutes_a_month": None if open_ else minutes_a_month(share),
        "hours_a_year": None if open_ else hours_a_year(share),
        "steps": [_step_entry(step) for step in way.steps],
        "weakest": [step.component for step in weakest(way.steps)],
        "left_out": [
            {"component": each.component, "user": each.user, "why": each.why} for each in way.left_out
        ],
        **_goal_entry(way, goal, platform),
    }


def _goal_entry(way: Way, goal: Target | None, platform: Platform) -> dict[str, Any]:
    """`kept` is null where nothing is wanted, and where that cannot be compared."""
    if goal is None:
        return {"target": None, "kept": None, "options": []}
    kept = is_kept(way, goal)
    return {
        "target": goal.percentage,
        "kept": kept if kept or is_missed(way, goal) else None,
        "options": [] if kept else [_option_entry(option) for option in options(way, platform)],
    }


def _step_entry(step: Step) -> dict[str, Any]:
    sla = step.sla
    return {
        "component": step.component,
        "kind": step.kind,
        "service": sla.service,
        "configuration": sla.configuration,
        "promised": sla.percentage,
        "source": sla.source,
        "dated": sla.dated,
        "confidence": sla.confidence,
    }


def _option_entry(option: Option) -> dict[str, Any]:
    return {"text": option.text, "promised": None if option.share is None else _number(option.share)}


def _number(share: Fraction) -> float:
    """Percent with more digits than people want."""
    return round(float(share * 100), 9)
