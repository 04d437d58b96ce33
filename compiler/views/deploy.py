"""Plans and live states -> text for people; they and events -> JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from compiler.assembly import Origin
from compiler.deploy.events import Event, Waiting
from compiler.deploy.live import StackState, Status
from compiler.review.changes import ChangePlan, StackChanges
from compiler.views import review
from compiler.views.failure import failure_text
from compiler.views.style import Style


def plan_text(plan: ChangePlan, style: Style, verbose: bool = False) -> str:
    """The review, riskiest first, and then the order in which the stacks would run."""
    lines = [review.text([plan], style, verbose)]
    order = [f"{s.action} {s.stack}{_where(s)}{_when(s)}" for s in plan.stacks if s.action != "none"]
    last = {stack.stack for stack in plan.stacks if stack.phase == "contract"}
    same = [stack.stack for stack in plan.stacks if stack.action == "none" and stack.stack not in last]
    lines += [f"in this order: {', '.join(order)}\n"] if order else []
    lines += [f"unchanged: {', '.join(same)}\n"] if same else []
    return "".join(lines)


def _where(stack: StackChanges) -> str:
    return f" in {stack.region}" if stack.region else ""


def _when(stack: StackChanges) -> str:
    return " (what is no longer used goes)" if stack.phase == "contract" else ""


def plan_json(plan: ChangePlan, beside: Mapping[str, Any] | None = None) -> str:
    """The review's own data, the stacks in the order of execution, and what is told beside them."""
    facts = {
        "platform": plan.platform,
        "environment": plan.environment,
        "has_changes": plan.has_changes,
        "stacks": [_stack(stack) for stack in plan.stacks],
        "migrations": _plain(plan.migrations),
    }
    return _dump(facts | review.data([plan]) | dict(beside or {}), indent=2)


def event_json(event: Event) -> str:
    """One line of JSON; empty for what only a live view shows."""
    if isinstance(event, Waiting):
        return ""
    return _dump({"event": _kebab(type(event).__name__), **_plain(event)})


def status_text(status: Status, style: Style) -> str:
    """Every stack in a line, with what is wrong and its outputs below."""
    head = f"{status.platform} {status.environment}: account {status.account}, {status.region}"
    lines = [line for stack in status.stacks for line in _state(stack, style)]
    return "\n".join([style.paint(head, "bold"), "", *lines]) + "\n"


def status_json(status: Status) -> str:
    """The same, complete."""
    return _dump(_plain(status), indent=2)


def _stack(stack: StackChanges) -> dict[str, Any]:
    found: dict[str, Any] = _plain(stack)
    return {key: value for key, value in found.items() if key != "changes"}


def _state(stack: StackState, style: Style) -> Iterator[str]:
    word = style.paint(stack.status or "not deployed", "green" if stack.state.value == "ready" else "yellow")
    remarks = [
        f"in {stack.region}" if stack.region else "",
        "not the template of this build" if stack.current is False else "",
        "no longer in the spec" if stack.layer is None else "",
        "protected" if stack.protected else "",
    ]
    yield ", ".join([f"{stack.name}: {word}", *filter(None, remarks)])
    if stack.means:
        yield f"  {stack.means}" + (f"; lead it out with: {stack.helps}" if stack.helps else "")
    if stack.failure:
        yield from (f"  {line}" for line in failure_text(stack.failure, style).splitlines())
    yield from (f"  {name} = {stack.outputs[name]}" for name in sorted(stack.outputs))


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).strip("-")


def _dump(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False) + ("\n" if indent else "")


def _plain(value: Any) -> Any:
    """Records as plain data; an origin as a program wants it."""
    if isinstance(value, Origin):
        return {"component": value.component, "path": value.path, "source": str(value.position)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
