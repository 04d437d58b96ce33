"""What `recover` is about to do -> text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.deploy.rescue import Case, Rescue
from compiler.deploy.stuck import Part
from compiler.deploy.ways import Step
from compiler.views.failure import failure_text
from compiler.views.style import Style


def rescue_text(rescue: Rescue, style: Style) -> str:
    """Each stuck stack: what is wrong, what will be done in which order, and what that loses or leaves."""
    name = f"{rescue.assembly.platform} {rescue.assembly.environment}"
    if not rescue.cases:
        return f"nothing to recover: every stack of {name} can be deployed to; next: {rescue.next}\n"
    lines = [line for case in rescue.cases for line in _case(case, style)]
    return "\n".join([style.paint(f"{name}: the way out", "bold"), "", *lines]) + "\n"


def rescue_json(rescue: Rescue) -> str:
    """The same in one line, as the events that follow it are."""
    data = {
        "event": "recovery-planned",
        "platform": rescue.assembly.platform,
        "environment": rescue.assembly.environment,
        "stacks": [_case_data(case) for case in rescue.cases],
        "next": rescue.next,
    }
    return json.dumps(data, ensure_ascii=False)


def _case(case: Case, style: Style) -> Iterator[str]:
    yield style.paint(f"{case.stack} ({case.region}): {case.status}, {case.means}", "yellow")
    if case.failure:
        # The first line says which stack, and how it ended.
        yield from failure_text(case.failure, style).splitlines()[1:]
    for number, step in enumerate(case.steps, 1):
        yield f"  {number}. {step.text}"
        yield from (f"     {style.paint(lost, 'yellow')}" for lost in step.lost)
        if step.approvals:
            names = " ".join(f"--approve {case.stack}/{each}" for each in step.approvals)
            yield style.paint(f"     may hold data, so it needs {names}", "red")
    if case.note:
        yield f"  {case.note}"
    yield ""


def _case_data(case: Case) -> dict[str, Any]:
    return {
        "stack": case.stack,
        "region": case.region,
        "status": case.status,
        "cure": case.cure.value,
        "cause": case.failure.reason if case.failure else None,
        "steps": [_step_data(step) for step in case.steps],
        "note": case.note,
    }


def _step_data(step: Step) -> dict[str, Any]:
    return {
        "doing": step.doing,
        "text": step.text,
        "resources": [_part_data(part) for part in step.parts],
        "lost": list(step.lost),
        "approvals": list(step.approvals),
        "only_if_the_step_before_fails": step.fallback,
    }


def _part_data(part: Part) -> dict[str, Any]:
    return {
        "logical_id": part.logical_id,
        "physical_id": part.physical_id,
        "type": part.type,
        "holds_data": part.holds_data,
        "source": part.origin.place if part.origin else None,
    }
