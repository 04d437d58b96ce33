"""Paths -> composite alarms: the only alarms that wake somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from troposphere import Select, Sub, cloudwatch

from compiler import names
from compiler.blocks.cloudwatch import CRITICAL, Severity, actions, alarm_name, critical
from compiler.kinds.observability.paths import WatchedPath, paths
from compiler.scope import Scope

# Source: CloudWatch API reference, "PutCompositeAlarm", and user guide, "Composite alarms", 2026.
MOST_CHILDREN = 100
LONGEST_RULE = 10_240  # characters, once the names stand in it
DOWN = 2  # so many broken paths mean that the platform is down


class Child(NamedTuple):
    """An alarm of which a composite one is made."""

    title: str  # the logical id
    name: str
    elsewhere: Any = None  # the name as this stack is given it, where the alarm is in another


def add_composites(scope: Scope) -> list[str]:
    """Adds a composite alarm for each path that has critical alarms; the names of those that page."""
    made = {path: _path(path, scope) for path in paths(scope.platform)}
    found = {path: composite for path, composite in made.items() if composite}
    # With more paths than a rule can hold, so many in the same hundred must break.
    groups = _rules([found[path] for path in _independent(found)], *_AT_LEAST)
    downs = [
        _add(
            "platform-down" + (f"-{number}" if number > 1 else ""),
            f"The platform is down: {DOWN} or more of its paths, which have nothing in common, are broken.",
            group,
            scope,
            at_least=True,
        )
        for number, group in enumerate(groups, 1)
        if len(group) >= DOWN
    ]
    return [child.name for child in (*downs, *found.values())]


def _independent(found: Iterable[WatchedPath]) -> Iterator[WatchedPath]:
    """Those that share no component with one before: one failure must not look like two."""
    seen: set[str] = set()
    for path in found:
        if seen.isdisjoint(path.components):
            yield path
            seen.update(path.components)


def _path(path: WatchedPath, scope: Scope) -> Child | None:
    children = [child for name in path.components for child in _children(name, scope)]
    if not children:
        return None
    return _add(path.name, path.summary, _layered(path, children, scope), scope)


def _children(component: str, scope: Scope) -> Iterator[Child]:
    alarms = critical(scope.platform.components[component], scope.platform)
    given = scope.value(component, CRITICAL) if alarms else []
    for index, found in enumerate(alarms):
        elsewhere = None if isinstance(given, list) else Select(index, given)
        yield Child(found.title, alarm_name(found, scope), elsewhere)


def _layered(path: WatchedPath, children: list[Child], scope: Scope) -> list[Child]:
    """The children themselves, or where they are too many for one rule, composites of them."""
    groups = list(_rules(children, *_ANY))
    if len(groups) == 1:
        return children
    return [
        _add(f"{path.name}-{number}", path.summary, group, scope, severity="warning")
        for number, group in enumerate(groups, 1)
    ]


def _add(
    name: str,
    summary: str,
    children: Sequence[Child],
    scope: Scope,
    severity: Severity = "critical",
    at_least: bool = False,
) -> Child:
    before, between, after = _AT_LEAST if at_least else _ANY
    # By reference, so that the children are there first.
    rule = before + between.join(f"${{{child.title}}}" for child in children) + after
    given = {child.title: child.elsewhere for child in children if child.elsewhere}
    composite = scope.add(
        cloudwatch.CompositeAlarm(
            scope.id(f"{names.pascal(name)}Alarm"),
            AlarmName=scope.physical(name, limit=255),
            AlarmDescription=summary,
            AlarmRule=Sub(rule, **given),
            **actions(severity, scope),
        )
    )
    return Child(composite.title, composite.AlarmName)


# What stands before, between and after the names in a rule.
_ANY = ('ALARM("', '") OR ALARM("', '")')
_AT_LEAST = (f'AT_LEAST({DOWN}, ALARM, ("', '", "', '"))')


def _rules(children: Iterable[Child], before: str, between: str, after: str) -> Iterator[list[Child]]:
    """The children in their order, in as few groups as rules can hold."""
    group: list[Child] = []
    length = 0
    for child in children:
        more = len(child.name) + len(between)
        if group and (len(group) == MOST_CHILDREN or length + more > LONGEST_RULE):
            yield group
            group, length = [], 0
        length += more if group else len(before + child.name + after)
        group.append(child)
    if group:
        yield group
