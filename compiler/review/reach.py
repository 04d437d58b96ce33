"""Security groups of all stacks as one graph -> what the internet reaches now, and by which groups.

Each rule for itself looks harmless: only a chain of them shows that requests from outside come as near as the
next hop to a database. That is said beside the rule that closes the chain; it changes no class, for a
connection in the spec is what asked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.review.case import properties
from compiler.review.changes import Change, ChangePlan, Reason
from compiler.review.expressions import references
from compiler.review.openings import openings
from compiler.review.rules import REACHED

INTERNET = "the internet"
_INGRESS, _GROUP = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroup"
_SOURCE = "SourceSecurityGroupId"

Edge = tuple[str, str]  # from one group to another, both as `stack/logical id`, or as an id that is written
Rules = dict[tuple[str, str], set[Edge]]  # by stack and logical id of the resource that opens them


def noted(plan: ChangePlan, before: Assembly | None, after: Assembly) -> ChangePlan:
    """The plan, with a reason at each change that lets the internet come nearer to a group."""
    if before is None:
        return plan
    now = _rules(after)
    closing = _closing(_rules(before), now, _names(after))
    if not closing:
        return plan
    stacks = (
        replace(
            stack,
            changes=tuple(
                _with(change, now.get((stack.stack, change.logical_id), set()), closing)
                for change in stack.changes
            ),
        )
        for stack in plan.stacks
    )
    return replace(plan, stacks=tuple(stacks))


def _closing(was: Rules, now: Rules, names: Mapping[str, str]) -> dict[Edge, list[str]]:
    """The last new step of each way to a group that could not be reached before, with the ways in words."""
    known = {edge for edges in was.values() for edge in edges}
    reached = _paths(was)
    found: dict[Edge, list[str]] = {}
    for group, path in sorted(_paths(now).items()):
        steps = [edge for edge in pairwise(path) if edge not in known] if group not in reached else []
        if steps:
            found.setdefault(steps[-1], []).append(" -> ".join(names.get(each, each) for each in path))
    return found


def _with(change: Change, edges: set[Edge], closing: Mapping[Edge, list[str]]) -> Change:
    said = [
        Reason(REACHED, f"requests from outside come nearer: {path}")
        for edge in sorted(edges)
        for path in closing.get(edge, ())
    ]
    return replace(change, reasons=(*change.reasons, *said))


def _rules(assembly: Assembly) -> Rules:
    stacks = {stack.name: stack for stack in assembly.stacks}
    found: Rules = {}
    for stack in assembly.stacks:
        for name, resource in (stack.template.get("Resources") or {}).items():
            if edges := set(_edges(name, resource, stack, stacks)):
                found[stack.name, name] = edges
    return found


def _edges(
    name: str, resource: Mapping[str, Any], stack: Stack, stacks: Mapping[str, Stack]
) -> Iterator[Edge]:
    given = properties(resource)
    if resource.get("Type") == _INGRESS:
        yield from (
            (source, _group(given.get("GroupId"), stack, stacks)) for source in _sources(given, stack, stacks)
        )
    elif resource.get("Type") == _GROUP:
        inline = given.get("SecurityGroupIngress")
        for rule in inline if isinstance(inline, list) else ():
            yield from ((source, f"{stack.name}/{name}") for source in _sources(rule, stack, stacks))


def _sources(rule: Any, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[str]:
    if isinstance(rule, Mapping) and _SOURCE in rule:
        yield _group(rule[_SOURCE], stack, stacks)
    if any(opening.is_wide for opening in openings(rule)):
        yield INTERNET


def _group(value: Any, stack: Stack, stacks: Mapping[str, Stack]) -> str:
    """Which group an expression means, along the wiring between stacks."""
    name = next((name for name in references(value) if "." not in name), None)
    wire = stack.parameters.get(name) if name else None
    if name is None or wire is None:
        return str(value) if name is None else f"{stack.name}/{name}"
    source = stacks.get(wire.stack)
    output = ((source.template.get("Outputs") or {}) if source else {}).get(wire.output) or {}
    return _group(output.get("Value"), source, stacks) if source else f"{wire.stack}.{wire.output}"


def _paths(rules: Rules) -> dict[str, tuple[str, ...]]:
    """Every group that the internet reaches, with the shortest way to it."""
    onwards: dict[str, set[str]] = {}
    for edges in rules.values():
        for source, target in edges:
            onwards.setdefault(source, set()).add(target)
    found: dict[str, tuple[str, ...]] = {INTERNET: (INTERNET,)}
    waiting = [INTERNET]
    for group in waiting:  # which grows meanwhile
        for target in sorted(onwards.get(group, ())):
            if target not in found:
                found[target] = (*found[group], target)
                waiting.append(target)
    return found


def _names(assembly: Assembly) -> dict[str, str]:
    """What people call the groups: the component that each belongs to."""
    return {
        f"{stack.name}/{name}": origin.component
        for stack in assembly.stacks
        for name, origin in stack.origins.items()
    }
