"""Stream with `scaling` -> the scaler: the function that we ship, the alarms and the clock that call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from awacs import cloudwatch as watch
from awacs import kinesis
from awacs.aws import Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, awslambda, events

from compiler import names
from compiler.alarm import Alarm
from compiler.blocks import iam, lambdas
from compiler.blocks.cloudwatch import add_acting_alarm
from compiler.kinds.stream.scaling import SHARDS, StreamScaling, scaling_alarms
from compiler.model import Component
from compiler.scope import Attribute, Scope
from compiler.units import percent

PART, PATH = "Scaler", ("scaling",)
FUNCTION = "scaler"  # the attribute that names the function
ALARMS = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm"
TIMEOUT = 30  # seconds


def attributes(component: Component) -> Mapping[str, Attribute]:
    """The function's name, for its alarm."""
    return {FUNCTION: Attribute(Ref(names.logical_id(component.name, f"{PART}Function")), shown=True)}


def add_scaler(scaling: StreamScaling, scope: Scope) -> None:
    """Adds the function with its role and log group, both alarms, and a clock that calls it every minute."""
    alarms = scaling_alarms(scaling)
    wanted = lambdas.Shipped(
        "scaler",
        PART,
        f"Scales {scope.component.name}",
        TIMEOUT,
        statements=list(_statements(scope, alarms)),
        environment=_variables(scaling, scope, alarms),
    )
    function = lambdas.add_shipped(wanted, scope, path=PATH)
    arn = GetAtt(function, "Arn")
    for alarm in alarms:
        made = add_acting_alarm(alarm, scope, arn, path=PATH)
        by_alarm = "lambda.alarms.cloudwatch.amazonaws.com"
        _admit(scope, names.pascal(alarm.name), arn, by_alarm, GetAtt(made, "Arn"))
    clock = scope.add(
        events.Rule(
            scope.id(f"{PART}Clock"),
            Description=f"Has the shards of {scope.component.name} looked at",
            ScheduleExpression="rate(1 minute)",
            Targets=[events.Target(Id="scaler", Arn=arn)],
        ),
        path=PATH,
    )
    _admit(scope, "Clock", arn, "events.amazonaws.com", GetAtt(clock, "Arn"))


def _variables(scaling: StreamScaling, scope: Scope, alarms: tuple[Alarm, Alarm]) -> dict[str, Any]:
    own = scope.component.name
    more, fewer = (scope.physical(alarm.name, limit=255) for alarm in alarms)
    return {
        "STREAM_NAME": scope.value(own, "name"),
        "STREAM_ARN": scope.value(own, "arn"),
        "HIGH_ALARM": more,
        "LOW_ALARM": fewer,
        "MIN_SHARDS": str(scaling.min_shards),
        "MAX_SHARDS": str(scaling.max_shards),
        "TARGET_UTILIZATION": f"{percent(scaling.target_utilization):g}",
    }


def _statements(scope: Scope, alarms: tuple[Alarm, Alarm]) -> Iterator[Statement]:
    """Metrics can be read of all or of none; our own can be written in their own namespace only."""
    stream = scope.value(scope.component.name, "arn")
    yield iam.allow([kinesis.DescribeStreamSummary, kinesis.UpdateShardCount], stream)
    yield iam.allow(
        [watch.DescribeAlarms],
        [Sub(f"{ALARMS}:{scope.physical(alarm.name, limit=255)}") for alarm in alarms],
    )
    yield iam.allow([watch.GetMetricData], "*")
    ours = Condition(StringEquals({"cloudwatch:namespace": SHARDS.namespace}))
    yield iam.allow([watch.PutMetricData], "*", ours)


def _admit(scope: Scope, caller: str, function_arn: Any, service: str, source_arn: Any) -> None:
    scope.add(
        awslambda.Permission(
            scope.id(f"{PART}By{caller}"),
            FunctionName=function_arn,
            Action="lambda:InvokeFunction",
            Principal=service,
            SourceAccount=Ref("AWS::AccountId"),
            SourceArn=source_arn,
        ),
        path=PATH,
    )
