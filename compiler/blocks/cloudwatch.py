"""alarm.Alarm -> AWS::CloudWatch::Alarm, as the component's settings and the profile would have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from troposphere import Ref, cloudwatch

from compiler import names
from compiler.alarm import Alarm, Metric
from compiler.kind import AlarmSetting
from compiler.model import Component, Path, Platform
from compiler.registry import all_kinds
from compiler.scope import Attribute, Scope

CRITICAL = "critical_alarm_names"
Severity = Literal["critical", "warning"]

COMPARISONS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}


class Wanted(NamedTuple):
    """An alarm as the component wants it."""

    alarm: Alarm  # with the threshold and severity that hold
    title: str  # the logical id
    component: Component


def wanted(component: Component, platform: Platform) -> list[Wanted]:
    """A component's alarms in the order of its kind, without those that it turns off; none when adopted."""
    if component.adopted:
        return []
    settings = getattr(component.spec, "alarms", {})
    return [
        Wanted(
            _set(alarm, settings.get(alarm.name, True)),
            names.logical_id(component.name, f"{names.pascal(alarm.name)}Alarm"),
            component,
        )
        for alarm in all_kinds()[component.kind].alarms(component, platform)
        if settings.get(alarm.name, True) is not False
    ]


def critical(component: Component, platform: Platform) -> list[Wanted]:
    """Those that wake somebody."""
    return [found for found in wanted(component, platform) if found.alarm.severity == "critical"]


def offered(component: Component, platform: Platform) -> dict[str, Attribute]:
    """The names of `critical` as an attribute, for a component's alarms may be in a stack of their own."""
    refs = [Ref(found.title) for found in critical(component, platform)]
    return {CRITICAL: Attribute(refs, "CommaDelimitedList", layer="observability")} if refs else {}


def add_alarms(scope: Scope) -> None:
    """Adds a component's alarms to the observability stack.

    They tell the warning topic even when they are critical: only composite alarms wake somebody, once for
    each path, and the single alarms say why.
    """
    scope = scope.at("observability")
    for found in wanted(scope.component, scope.platform):
        _add(found.alarm, scope, ("alarms", found.alarm.name), actions("warning", scope))


def add_deployment_alarm(alarm: Alarm, scope: Scope, *, path: Path) -> cloudwatch.Alarm:
    """Adds an alarm beside what it watches, in the scope's own stack: a deployment looks at it meanwhile."""
    return _add(alarm, scope, path, actions("warning", scope))


def add_acting_alarm(alarm: Alarm, scope: Scope, function_arn: Any, *, path: Path) -> cloudwatch.Alarm:
    """Adds an alarm that calls a function, in the scope's own stack, where nobody turns it off."""
    return _add(alarm, scope, path, {"AlarmActions": [function_arn]})


def _add(alarm: Alarm, scope: Scope, path: Path, acting: Mapping[str, Any]) -> cloudwatch.Alarm:
    return scope.add(
        cloudwatch.Alarm(
            scope.id(f"{names.pascal(alarm.name)}Alarm"),
            AlarmName=scope.physical(alarm.name, limit=255),
            AlarmDescription=alarm.summary,
            ComparisonOperator=COMPARISONS[alarm.comparison],
            Threshold=alarm.threshold,
            DatapointsToAlarm=alarm.datapoints,
            EvaluationPeriods=alarm.periods,
            TreatMissingData=alarm.missing,
            **acting,
            **_watched(alarm, scope),
        ),
        path=path,
    )


def actions(severity: Severity, scope: Scope) -> dict[str, Any]:
    """The properties of an alarm that tell a topic when it rings and when all is well again."""
    topic = scope.value("notifications", f"{severity}_topic_arn")
    return {
        "ActionsEnabled": scope.value("notifications", "actions_enabled"),
        "AlarmActions": [topic],
        "OKActions": [topic],
    }


def alarm_name(found: Wanted, scope: Scope) -> str:
    """The name under which people, and composite alarms, know an alarm."""
    platform = scope.platform
    parts = (found.component.lasting_name, found.alarm.name)
    return names.physical(platform.name, platform.environment.name, *parts)


def _set(alarm: Alarm, setting: AlarmSetting | bool) -> Alarm:
    if not isinstance(setting, AlarmSetting):
        return alarm
    threshold = alarm.threshold if setting.threshold is None else setting.threshold
    return replace(alarm, threshold=threshold, severity=setting.severity or alarm.severity)


def _watched(alarm: Alarm, scope: Scope) -> dict[str, Any]:
    if alarm.metric:
        statistic = alarm.metric.statistic
        # Percentiles are an "extended" statistic to CloudWatch.
        key = "ExtendedStatistic" if statistic.startswith("p") else "Statistic"
        return _metric(alarm.metric, scope) | {key: statistic, "Period": alarm.metric.period}
    queries = [
        cloudwatch.MetricDataQuery(
            Id=name,
            ReturnData=False,
            MetricStat=cloudwatch.MetricStat(
                Metric=cloudwatch.Metric(**_metric(metric, scope)),
                Period=metric.period,
                Stat=metric.statistic,
            ),
        )
        for name, metric in sorted(alarm.metrics.items())
    ]
    result = cloudwatch.MetricDataQuery(
        Id="result", Expression=alarm.expression, Label=alarm.name, ReturnData=True
    )
    return {"Metrics": [*queries, result]}


def _metric(metric: Metric, scope: Scope) -> dict[str, Any]:
    dimensions = [
        cloudwatch.MetricDimension(Name=name, Value=_dimension(source, scope))
        for name, source in sorted(metric.dimensions.items())
    ]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _dimension(source: str, scope: Scope) -> Any:
    if source.startswith("="):
        return source[1:]
    component, _, attribute = source.rpartition(".")
    return scope.value(component or scope.component.name, attribute)
