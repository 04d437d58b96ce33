"""Function -> the role it runs with: what Lambda itself needs, and what the connections give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awacs import kms, sqs, xray
from awacs.aws import Statement
from troposphere.iam import Role
from troposphere.logs import LogGroup

from compiler.blocks import iam, lambdas
from compiler.blocks.workload import Workload
from compiler.kinds.function import Function
from compiler.scope import Scope

# Source: managed policy AWSXRayDaemonWriteAccess. These actions know no resources.
TRACE = (
    xray.PutTraceSegments,
    xray.PutTelemetryRecords,
    xray.GetSamplingRules,
    xray.GetSamplingTargets,
    xray.GetSamplingStatisticSummaries,
)


def role(
    spec: Function, scope: Scope, work: Workload, group: LogGroup, in_vpc: bool, dead_letters: Any
) -> Role:
    """Adds the role; `dead_letters` is the ARN of the function's own dead-letter queue, or None."""
    statements = [lambdas.write_logs(group)]
    if spec.tracing:
        statements += iam.because("sends traces to X-Ray", iam.allow(TRACE, "*"))
    if in_vpc:
        statements += lambdas.attach()
    if spec.encrypt_environment:
        statements += iam.because(
            "its environment is encrypted", *iam.use_key(scope.key("data"), [kms.Decrypt], "lambda")
        )
    if dead_letters is not None:
        statements += _put_aside(scope, dead_letters)
    return iam.role(
        scope,
        "Role",
        "lambda.amazonaws.com",
        [*statements, *work.statements],
        description=f"What the function {scope.component.name} may do",
    )


def _put_aside(scope: Scope, dead_letters: Any) -> Iterator[Statement]:
    send = iam.allow([sqs.SendMessage], dead_letters)
    use = iam.use_key(scope.key("data"), [kms.GenerateDataKey, kms.Decrypt], "sqs")
    yield from iam.because("keeps the calls that failed in its dead-letter queue", send, *use)
