"""What changes in a stack beside its resources -> sentences: parameters, outputs, tags, conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.review.carry import Moves
from compiler.review.paths import MISSING, Leaf, scalar
from compiler.review.settle import Settled
from compiler.review.values import HIDDEN, shown

_QUIET = {"Resources", "Parameters", "Outputs", "Description", "Metadata"}


def notes(old: Stack | None, new: Stack, both: Settled, moves: Moves) -> tuple[str, ...]:
    """The sentences, in a stable order; none for a new stack, where all is new."""
    if old is None:
        return ()
    arriving = (move.text for name, move in sorted(moves.items()) if move.across)
    outputs = _outputs(old, new, both)
    return (*_parameters(old, new), *arriving, *outputs, *_tags(both.before, both.after), *_rest(old, new))


def _parameters(old: Stack, new: Stack) -> Iterator[str]:
    was, now = _section(old, "Parameters"), _section(new, "Parameters")
    for name in sorted({*was, *now}):
        if name not in was:
            yield f"parameter {name} is new{_wired(new, name)}"
        elif name not in now:
            yield f"parameter {name} is removed"
        else:
            yield from _parameter(name, old, new, was[name], now[name])


def _parameter(
    name: str, old: Stack, new: Stack, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[str]:
    if old.parameters.get(name) != new.parameters.get(name):
        yield f"parameter {name} is wired anew{_wired(new, name)}, not{_wired(old, name) or ' by hand'}"
    if was.get("Default") != now.get("Default"):
        defaults = (was.get("Default", MISSING), now.get("Default", MISSING))
        yield _turn(f"default of parameter {name}", name, *defaults, hidden=_no_echo(was) or _no_echo(now))
    if was.get("Type") != now.get("Type"):
        yield _turn(f"type of parameter {name}", "Type", was.get("Type", MISSING), now.get("Type", MISSING))


def _no_echo(declared: Mapping[str, Any]) -> bool:
    return scalar(declared.get("NoEcho", "")).lower() == "true"


def _wired(stack: Stack, name: str) -> str:
    wire = stack.parameters.get(name)
    return f" from {wire.stack}.{wire.output}" if wire else ""


def _outputs(old: Stack, new: Stack, both: Settled) -> Iterator[str]:
    was, now = _section(old, "Outputs"), _section(new, "Outputs")
    for name in sorted({*was, *now}):
        if name not in was:
            yield f"output {name} is new"
        elif name not in now:
            yield f"output {name} is removed"
        else:
            yield from _output(name, was[name], now[name], partial(both.is_same, new.name))


def _output(
    name: str, was: Mapping[str, Any], now: Mapping[str, Any], is_same: Callable[[Leaf], bool]
) -> Iterator[str]:
    before, after = was.get("Value", MISSING), now.get("Value", MISSING)
    if before != after and not is_same(Leaf((name,), before, after)):
        yield _turn(f"output {name}", name, before, after)
    elif {**was, "Value": None} != {**now, "Value": None}:
        yield f"output {name}: its description, export or condition changes"


def _tags(before: Assembly | None, after: Assembly) -> Iterator[str]:
    """Tags of the stack reach every resource that takes tags; a change set does not list them."""
    was = before.tags if before else {}
    for key in sorted({*was, *after.tags}):
        if was.get(key) != after.tags.get(key):
            yield _turn(f"tag {key}", key, was.get(key, MISSING), after.tags.get(key, MISSING))


def _rest(old: Stack, new: Stack) -> Iterator[str]:
    for section in sorted({*old.template, *new.template} - _QUIET):
        was, now = _section(old, section), _section(new, section)
        if was == now:
            continue
        if not (isinstance(was, Mapping) and isinstance(now, Mapping)):
            yield _turn(section, section, was or MISSING, now or MISSING)
        elif names := [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]:
            yield f"{section} change: {', '.join(names)}"
    if {*old.capabilities} != {*new.capabilities}:
        yield _turn("capabilities", "Capabilities", sorted(old.capabilities), sorted(new.capabilities))


def _section(stack: Stack, name: str) -> Any:
    return stack.template.get(name) or {}


def _turn(what: str, name: str, before: Any, after: Any, hidden: bool = False) -> str:
    """`what name: before -> after`; the name tells whether the value may be a secret."""
    old, new = shown(Leaf((name,), before, after))
    if hidden:
        old, new = old and HIDDEN, new and HIDDEN
    return f"{what}: {'(none)' if old is None else old} -> {'(none)' if new is None else new}"
