"""Function -> the role it runs with: what Lambda itself needs, and what the connections give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awacs import ec2, kms, logs, sqs, xray
from awacs.aws import Condition, Deny, Null, Statement
from troposphere import GetAtt
from troposphere.iam import Role
from troposphere.logs import LogGroup

from compiler.blocks import iam
from compiler.blocks.workload import Workload
from compiler.kinds.function import Function
from compiler.scope import Scope

WRITE_LOGS = (logs.CreateLogStream, logs.PutLogEvents)
# Source: managed policy AWSXRayDaemonWriteAccess. These actions know no resources.
TRACE = (
    xray.PutTraceSegments,
    xray.PutTelemetryRecords,
    xray.GetSamplingRules,
    xray.GetSamplingTargets,
    xray.GetSamplingStatisticSummaries,
)
# Source: managed policy AWSLambdaVPCAccessExecutionRole. These actions know no resources.
ATTACH = (
    ec2.CreateNetworkInterface,
    ec2.DescribeNetworkInterfaces,
    ec2.DescribeSubnets,
    ec2.DeleteNetworkInterface,
    ec2.AssignPrivateIpAddresses,
    ec2.UnassignPrivateIpAddresses,
)


def role(
    spec: Function, scope: Scope, work: Workload, group: LogGroup, in_vpc: bool, dead_letters: Any
) -> Role:
    """Adds the role; `dead_letters` is the ARN of the function's own dead-letter queue, or None."""
    statements = [iam.allow(WRITE_LOGS, GetAtt(group, "Arn"))]
    if spec.tracing:
        statements.append(iam.allow(TRACE, "*"))
    if in_vpc:
        statements += _interfaces()
    if spec.encrypt_environment:
        statements += iam.use_key(scope.key("data"), [kms.Decrypt], "lambda")
    if dead_letters is not None:
        statements += _put_aside(scope, dead_letters)
    return iam.role(
        scope,
        "Role",
        "lambda.amazonaws.com",
        [*statements, *work.statements],
        description=f"What the function {scope.component.name} may do",
    )


def _interfaces() -> Iterator[Statement]:
    """Lambda attaches the function to the VPC with the function's role; its code must not do so.

    Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": calls that
    the code makes carry `lambda:SourceFunctionArn`, those of the service do not.
    """
    yield iam.allow(ATTACH, "*")
    by_code = Condition(Null({"lambda:SourceFunctionArn": False}))
    actions = sorted(ATTACH, key=lambda action: action.JSONrepr())
    yield Statement(Effect=Deny, Action=actions, Resource=["*"], Condition=by_code)


def _put_aside(scope: Scope, dead_letters: Any) -> Iterator[Statement]:
    yield iam.allow([sqs.SendMessage], dead_letters)
    yield from iam.use_key(scope.key("data"), [kms.GenerateDataKey, kms.Decrypt], "sqs")
