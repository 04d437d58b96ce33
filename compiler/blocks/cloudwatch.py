"""alarm.Alarm -> AWS::CloudWatch::Alarm, as the component's settings and the profile would have it."""

from __future__ import annotations

from typing import Any

from troposphere import cloudwatch

from compiler import names
from compiler.alarm import Alarm, Metric
from compiler.kind import AlarmSetting
from compiler.model import Path
from compiler.scope import Scope

COMPARISONS = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}


def add_alarm(alarm: Alarm, scope: Scope) -> None:
    """Adds one alarm to the observability stack, unless the component turns it off."""
    setting = getattr(scope.component.spec, "alarms", {}).get(alarm.name, True)
    if setting is False:
        return
    scope = scope.at("observability")
    severity = (isinstance(setting, AlarmSetting) and setting.severity) or alarm.severity
    replaced = setting.threshold if isinstance(setting, AlarmSetting) else None
    topic = scope.value("notifications", f"{severity}_topic_arn")
    scope.add(
        cloudwatch.Alarm(
            scope.id(f"{names.pascal(alarm.name)}Alarm"),
            AlarmName=scope.physical(alarm.name, limit=255),
            AlarmDescription=alarm.summary,
            ActionsEnabled=scope.value("notifications", "actions_enabled"),
            AlarmActions=[topic],
            OKActions=[topic],
            ComparisonOperator=COMPARISONS[alarm.comparison],
            Threshold=alarm.threshold if replaced is None else replaced,
            DatapointsToAlarm=alarm.datapoints,
            EvaluationPeriods=alarm.periods,
            TreatMissingData=alarm.missing,
            **_watched(alarm, scope),
        ),
        path=("alarms", alarm.name),
    )


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


def add_deployment_alarm(alarm: Alarm, scope: Scope, *, path: Path) -> cloudwatch.Alarm:
    """Adds an alarm beside what it watches, in the scope's own stack: a deployment looks at it meanwhile."""
    topic = scope.value("notifications", f"{alarm.severity}_topic_arn")
    return scope.add(
        cloudwatch.Alarm(
            scope.id(f"{names.pascal(alarm.name)}Alarm"),
            AlarmName=scope.physical(alarm.name, limit=255),
            AlarmDescription=alarm.summary,
            ActionsEnabled=scope.value("notifications", "actions_enabled"),
            AlarmActions=[topic],
            OKActions=[topic],
            ComparisonOperator=COMPARISONS[alarm.comparison],
            Threshold=alarm.threshold,
            DatapointsToAlarm=alarm.datapoints,
            EvaluationPeriods=alarm.periods,
            TreatMissingData=alarm.missing,
            **_watched(alarm, scope),
        ),
        path=path,
    )


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
