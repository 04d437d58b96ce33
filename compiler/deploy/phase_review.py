"""Phases -> what is shown: each change where it happens, and in words where a value ends too early."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compiler.assembly import Assembly
from compiler.deploy import expansion, phases
from compiler.deploy.expansion import Expansion, Template
from compiler.deploy.phases import Phases
from compiler.review import templates
from compiler.review.changes import ChangePlan, StackChanges
from compiler.review.relocations import recognised


def compare(before: Assembly | None, after: Assembly) -> ChangePlan:
    """As `templates.compare`, in the phases in which it would be deployed over what `before` is."""
    whole = templates.compare(before, after)
    if before is None:
        return whole
    was = {(stack.name, before.region_of(stack)): stack.template for stack in before.stacks}
    places = [(stack.name, after.region_of(stack)) for stack in after.stacks]
    live = {place[0]: was[place] for place in places if place in was}
    found = _known(phases.phases(after, live, phases.wired(before)), before)
    between = found.expanded(after)
    plan = templates.compare(before, between) if found.expansions else whole
    first = [noted(stack, found, live.get(stack.stack, {})) for stack in plan.stacks]
    last = [second(after, found, name) for name in found.expansions]
    return replace(plan, stacks=recognised([*first, *last]))


def _known(found: Phases, before: Assembly) -> Phases:
    """The same, where it is known of what is kept which components it is of."""
    return replace(
        found,
        expansions={
            name: replace(
                kept, stack=replace(kept.stack, origins={**before.stack(name).origins, **kept.stack.origins})
            )
            for name, kept in found.expansions.items()
        },
    )


def noted(shown: StackChanges, found: Phases, deployed: Template) -> StackChanges:
    """The first or only update of a stack, with what is to be known of its phases and of values that end
    too early.
    """
    notes = (*shown.notes, *_gaps(shown, found, deployed))
    kept = found.expansions.get(shown.stack)
    if kept is None or shown.action == "delete":
        return replace(shown, notes=notes)
    twice = (_twice(kept),) if shown.action != "none" else ()
    return replace(shown, notes=(*notes, *twice), phase="expand")


def second(assembly: Assembly, found: Phases, name: str) -> StackChanges:
    """What the templates say of the second update of a stack."""
    kept = found.expansions[name]
    between = replace(assembly, stacks=(kept.stack,))
    changes = templates.compare(between, replace(assembly, stacks=(assembly.stack(name),))).stacks[0]
    users = _listed(found.takers(name, kept.outputs))
    why = f"comes after all that uses it: until then {users} may hold {_listed(_used(kept, found))}"
    return replace(changes, action="update", phase="contract", notes=(why, *changes.notes))


def _used(kept: Expansion, found: Phases) -> list[str]:
    """The outputs that somebody holds, of all that stay."""
    used = {use.output for use in found.uses if use.source == kept.stack.name}
    return [name for name in kept.outputs if name in used]


def _twice(kept: Expansion) -> str:
    what = kept.resources or [f"output {name}" for name in kept.outputs]
    verb, it = ("is", "it") if len(what) == 1 else ("are", "them")
    return (
        f"updated twice: first with what is new; at the end {_listed(what)} {verb} removed, when nothing "
        f"uses {it} any more"
    )


def _gaps(shown: StackChanges, found: Phases, deployed: Template) -> Iterator[str]:
    """What is replaced under its own logical id cannot be kept, nor what must give its name to another."""
    for change in shown.changes:
        resource = (deployed.get("Resources") or {}).get(change.logical_id) or {}
        if change.action in ("replace", "may-replace") and resource.get("UpdateReplacePolicy") != "Retain":
            what = "is replaced" if change.action == "replace" else "may be replaced"
            yield from _gap(change.logical_id, f"{what} in place", shown.stack, found, deployed)
    for output, ids in found.lost.get(shown.stack, {}).items():
        what = "cannot be kept: its name is wanted, there is no room for it, or something of its stack moves"
        takers = _listed(found.takers(shown.stack, [output]))
        yield f"{_listed(sorted(ids))} {what}: until {takers} follows, it holds {output} of what is gone"


def _gap(logical_id: str, what: str, stack: str, found: Phases, deployed: Template) -> Iterator[str]:
    used = {use.output for use in found.uses if use.source == stack}
    outputs = sorted(name for name in used if logical_id in expansion.behind(deployed, name))
    if outputs:
        takers = _listed(found.takers(stack, outputs))
        yield f"{logical_id} {what}: until {takers} follows, it holds {_listed(outputs)} of the old one"


def _listed(names: Sequence[str]) -> str:
    *most, end = names
    return f"{', '.join(most)} and {end}" if most else end
