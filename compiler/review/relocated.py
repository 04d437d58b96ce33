"""An assembly -> the same after what moves has moved: what is left then differs in earnest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from compiler.assembly import Assembly, Stack, Wire
from compiler.review.changes import Relocation
from compiler.review.moves import Place, earlier, handed_over, homes_of, touched
from compiler.review.referents import referent
from compiler.review.rewriting import Path, Reference, Resolve, reference, references, rewritten


def relocated(before: Assembly, after: Assembly, moves: tuple[Relocation, ...]) -> Assembly:
    """`before` with everything where it moves to, and references written as `after` writes them there.

    What refers from one stack to another now is taken to mean what `after` says at that place, unless that is
    known to be something else.
    """
    if not moves and not after.renames:
        return before
    homes, kept = homes_of(moves), frozenset(handed_over(before, after))
    by_name = {stack.name: stack for stack in after.stacks}
    parts: dict[str, dict[str, Any]] = {stack.name: {} for stack in before.stacks}
    for stack in before.stacks:
        for name, resource in (stack.template.get("Resources") or {}).items():
            home = homes.get(Place(stack.name, name), Place(stack.name, name))
            target = _section(by_name.get(home.stack), "Resources").get(home.logical_id)
            resolve = _as_after(stack, home.stack, homes, target, after.renames)
            resolve = _unless_other(resolve, _Others(before, after, stack.name, home.stack, homes))
            parts.setdefault(home.stack, {})[home.logical_id] = moved(
                retained(resource) if Place(stack.name, name) in kept else resource,
                stack.name,
                home.stack,
                homes,
                resolve,
            )
    known = {stack.name: stack for stack in before.stacks}
    outlets = _outlets(before, by_name, homes, after.renames)
    same = known.keys() - touched(moves) if not after.renames else set()
    stacks = (
        replace(known[name], parameters=_wires(known[name], outlets))
        if name in same
        else _stack(known.get(name), by_name.get(name), resources, homes, outlets, after.renames)
        for name, resources in parts.items()
    )
    return replace(before, stacks=tuple(stacks))


def retained(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource that stays in AWS when it leaves its template."""
    return {**resource, "DeletionPolicy": "Retain"}


def moved(
    resource: Mapping[str, Any], stack: str, home: str, homes: Mapping[Place, Place], resolve: Resolve
) -> dict[str, Any]:
    """A resource of `stack` as it stands in `home`; it depends on what is there only."""
    result: dict[str, Any] = rewritten({k: v for k, v in resource.items() if k != "DependsOn"}, resolve)
    given = resource.get("DependsOn") or []
    places = [homes.get(Place(stack, name), Place(stack, name)) for name in _listed(given)]
    left = [place.logical_id for place in places if place.stack == home]
    if left:
        result["DependsOn"] = left if isinstance(given, list) else left[0]
    return result


def _as_after(
    stack: Stack, home: str, homes: Mapping[Place, Place], target: Any, renames: Mapping[str, str]
) -> Resolve:
    resources, declared = stack.template.get("Resources") or {}, stack.template.get("Parameters") or {}
    arrived = {place.logical_id for old, place in homes.items() if place.stack == home != old.stack}

    def resolve(found: Reference, path: Path) -> Any:
        if found.name in resources:
            place = homes.get(Place(stack.name, found.name), Place(stack.name, found.name))
            if place.stack == home:
                return Reference(place.logical_id, found.attribute).expression
            return _at(target, path) or found.expression
        there = _at(target, path)
        if found.name not in declared or there is None:
            return found.expression
        other = {each.name for each in references(there)}
        renamed = {earlier(name, renames) for name in other} == {found.name}
        # What another stack handed over may be in this one by now.
        return there if home != stack.name or renamed or other & arrived else found.expression

    return resolve


class _Others(NamedTuple):
    """Whether a reference in `stack`, then, and one in `home`, now, are known to be to different things."""

    before: Assembly
    after: Assembly
    stack: str
    home: str
    homes: Mapping[Place, Place]

    def are(self, then: Reference, now: Any) -> bool:
        meant = reference(now) if isinstance(now, Mapping) else None
        was = referent(self.before, self.stack, then)
        if was is None or meant is None or (found := referent(self.after, self.home, meant)) is None:
            return False
        return found != was._replace(place=self.homes.get(was.place, was.place))


def _unless_other(resolve: Resolve, others: _Others) -> Resolve:
    def told(found: Reference, path: Path) -> Any:
        there = resolve(found, path)
        return found.expression if others.are(found, there) else there

    return told


def _at(value: Any, path: Path) -> Any:
    """The expression at a path; None when there is none."""
    for key in path:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value if isinstance(value, Mapping) and len(value) == 1 else None


def _section(stack: Stack | None, name: str) -> Mapping[str, Any]:
    return (stack.template.get(name) or {}) if stack else {}


def _stack(
    old: Stack | None,
    new: Stack | None,
    resources: dict[str, Any],
    homes: Mapping[Place, Place],
    outlets: Mapping[Place, _Outlet],
    renames: Mapping[str, str],
) -> Stack:
    base = old or new
    assert base is not None
    declared = {**_section(new, "Parameters"), **_section(old, "Parameters")}
    wires = {**(new.parameters if new else {}), **base.parameters}
    for name in declared.keys() & (new.parameters.keys() if new else set()):
        if (was := earlier(name, renames)) != name and was not in _section(new, "Parameters"):
            declared.pop(was, None)
            wires[name] = wires.pop(was, wires[name])
    outputs = {outlet.name: outlet.output for outlet in outlets.values() if outlet.stack == base.name}
    sections = {"Parameters": declared, "Outputs": outputs, "Resources": resources}
    rest = {key: value for key, value in base.template.items() if key not in sections}
    template = rest | {key: value for key, value in sections.items() if value or key == "Resources"}
    origins = {
        homes.get(Place(base.name, name), Place(base.name, name)).logical_id: origin
        for name, origin in base.origins.items()
    }
    return replace(
        base,
        template=template,
        origins=origins,
        parameters=_wires(replace(base, parameters=wires), outlets),
    )


class _Outlet(NamedTuple):
    """Where an output is after the moves, and what it is called there."""

    stack: str
    name: str
    output: Any


def _outlets(
    before: Assembly,
    after: Mapping[str, Stack],
    homes: Mapping[Place, Place],
    renames: Mapping[str, str],
) -> dict[Place, _Outlet]:
    """Every output; it goes where all that it tells of goes."""
    found = {}
    for stack in before.stacks:
        for name, output in _section(stack, "Outputs").items():
            home, there = outlet(output, stack.name, homes)
            wanted = _section(after.get(home), "Outputs")
            called = (each for each in wanted if name not in wanted and earlier(each, renames) == name)
            found[Place(stack.name, name)] = _Outlet(home, next(called, name), there)
    return found


def outlet(output: Any, stack: str, homes: Mapping[Place, Place]) -> tuple[str, Any]:
    """The stack that an output belongs in after the moves, and how it is written there."""
    places = {each.name: homes.get(Place(stack, each.name)) for each in references(output)}
    stacks = {place.stack for place in places.values() if place}
    home = stacks.pop() if len(stacks) == 1 else stack

    def renamed(found: Reference, _path: Path) -> Any:
        place = places.get(found.name)
        return Reference(place.logical_id if place else found.name, found.attribute).expression

    return home, rewritten(output, renamed)


def _wires(stack: Stack, outlets: Mapping[Place, _Outlet]) -> dict[str, Wire]:
    return {
        name: Wire(found.stack, found.name)
        if (found := outlets.get(Place(wire.stack, wire.output)))
        else wire
        for name, wire in stack.parameters.items()
    }


def _listed(given: Any) -> list[str]:
    return given if isinstance(given, list) else [given]
