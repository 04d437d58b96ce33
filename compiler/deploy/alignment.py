"""A deployed template beside the one to come: where both come to the same value, it is written alike.

After a move the deployed one has values in place of references. CloudFormation then lists resources of which
nothing changes, and says of what it lists only that the text is another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from compiler.assembly import Stack
from compiler.review.changes import StackChanges
from compiler.review.rewriting import Path, Reference, reference, rewritten

Values = Mapping[str, str]  # of parameters
Template = Mapping[str, Any]


def aligned(
    live: Template, values: Values, stack: Stack, inputs: Values, told: Mapping[Reference, str]
) -> tuple[Template, frozenset[str]]:
    """The deployed template in the words of the stack's new one, and the resources that are only written in
    another way; `values` and `inputs` are the parameters of either, `told` is what resources come to.
    """
    new = stack.template.get("Resources") or {}
    old_values, new_values = _known(live, values, told), _known(stack.template, inputs, told)
    resources, same = {}, set()
    for name, was in (live.get("Resources") or {}).items():
        now = new.get(name)
        if was != now and _with(was, old_values) == _with(now, new_values):
            same.add(name)
        resources[name] = _aligned(was, now, old_values, new_values)
    return {**live, "Resources": resources}, frozenset(same)


def told(live: Template, physical: Values, outputs: Values) -> dict[Reference, str]:
    """What references to the resources of a live stack come to, as far as it tells."""
    found = {Reference(name): value for name, value in physical.items()}
    for name, output in (live.get("Outputs") or {}).items():
        value = output.get("Value")
        meant = reference(value) if isinstance(value, Mapping) else None
        if meant and name in outputs:
            found[meant] = outputs[name]
    return found


def echoing(real: StackChanges, same: frozenset[str]) -> StackChanges:
    """The changes, with those that are only written in another way marked: nothing of them changes."""
    changes = (
        replace(change, echo=True, risk="routine", properties=())
        if change.action == "modify" and change.logical_id in same
        else change
        for change in real.changes
    )
    return replace(real, changes=tuple(changes))


def _known(template: Template, values: Values, told: Mapping[Reference, str]) -> dict[Reference, Any]:
    """The value of every parameter; one that is not known is like no other."""
    parameters = {
        Reference(name): _typed(values[name], str(each.get("Type"))) if name in values else object()
        for name, each in (template.get("Parameters") or {}).items()
    }
    return {**told, **parameters}


def _typed(value: str, kind: str) -> Any:
    return [part.strip() for part in value.split(",")] if "List" in kind else value


def _aligned(was: Any, now: Any, old: Mapping[Reference, Any], new: Mapping[Reference, Any]) -> Any:
    if was == now:
        return was
    if _with(was, old) == _with(now, new):
        return now
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        return {key: _aligned(value, now.get(key), old, new) for key, value in was.items()}
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [_aligned(one, other, old, new) for one, other in zip(was, now, strict=True)]
    return was


def _with(value: Any, values: Mapping[Reference, Any]) -> Any:
    """With values in place of references."""

    def resolve(found: Reference, _path: Path) -> Any:
        return values.get(found, found.expression)

    return rewritten(value, resolve)
