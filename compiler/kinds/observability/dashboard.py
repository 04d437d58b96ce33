"""Alarms -> dashboards: a row for each component, a graph with its threshold for each alarm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from troposphere import Sub, cloudwatch

from compiler.blocks.cloudwatch import Wanted, alarm_name, wanted
from compiler.scope import Scope

Widget = dict[str, Any]
Row = list[Widget]

# Source: CloudWatch user guide, "CloudWatch service quotas" and "Dashboard body structure", 2026.
MOST_WIDGETS = 500
MOST_ALARMS = 100  # in one widget of alarms
WIDE, GRAPH_WIDE, GRAPH_HIGH = 24, 6, 5


def add_dashboards(composites: Sequence[str], scope: Scope) -> None:
    """Adds one dashboard, and more where its widgets would be too many; nothing without alarms."""
    platform = scope.platform
    watched = (wanted(component, platform) for component in platform.components.values())
    rows = [*_states(composites), *(_row(found, scope) for found in watched if found)]
    for number, page in enumerate(_pages(rows), 1):
        suffix = [] if number == 1 else [str(number)]
        body = {"widgets": list(_placed(page))}
        scope.add(
            cloudwatch.Dashboard(
                scope.id("Dashboard" + "".join(suffix)),
                DashboardName=scope.physical(*suffix, limit=255),
                DashboardBody=Sub(json.dumps(body, sort_keys=True, separators=(",", ":"))),
            ),
            path=("dashboard",),
        )


def _states(composites: Sequence[str]) -> Iterator[Row]:
    for start in range(0, len(composites), MOST_ALARMS):
        arns = [_arn(name) for name in composites[start : start + MOST_ALARMS]]
        high = 2 + len(arns) // 4
        yield [_widget("alarm", WIDE, high, {"title": "What wakes somebody", "alarms": arns})]


def _row(found: Sequence[Wanted], scope: Scope) -> Row:
    component = found[0].component
    title = f"## {component.name}\n{component.kind.replace('_', ' ')}"
    return [_widget("text", WIDE, 2, {"markdown": title}), *(_graph(alarm, scope) for alarm in found)]


def _graph(found: Wanted, scope: Scope) -> Widget:
    """What the alarm compares, with its threshold: CloudWatch reads both from the alarm itself."""
    properties = {
        "title": found.alarm.name,
        "region": "${AWS::Region}",
        "view": "timeSeries",
        "annotations": {"alarms": [_arn(alarm_name(found, scope))]},
    }
    return _widget("metric", GRAPH_WIDE, GRAPH_HIGH, properties)


def _arn(name: str) -> str:
    """By name, for the alarm may be in another stack."""
    return f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{name}"


def _widget(type_: str, width: int, height: int, properties: dict[str, Any]) -> Widget:
    return {"type": type_, "width": width, "height": height, "properties": properties}


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    page: list[Row] = []
    for row in rows:
        if page and sum(map(len, page)) + len(row) > MOST_WIDGETS:
            yield page
            page = []
        page.append(row)
    if page:
        yield page


def _placed(rows: Iterable[Row]) -> Iterator[Widget]:
    """The widgets with their places: from left to right, each row below the one before."""
    top = 0
    for row in rows:
        left, high = 0, 0
        for widget in row:
            if left + widget["width"] > WIDE:
                left, top, high = 0, top + high, 0
            yield {"x": left, "y": top, **widget}
            left, high = left + widget["width"], max(high, widget["height"])
        top += high
