"""helpers.Helper -> the containers beside the main one, and what the task may do because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from awacs import logs, xray
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub, ecs

from compiler.blocks import iam
from compiler.blocks.fargate.helper_spec import ContainerLogRouter
from compiler.blocks.fargate.helpers import COLLECTOR, CPU, Helper, helpers, log_router, main_cpu, tracing
from compiler.blocks.fargate.images import ContainerImage
from compiler.blocks.fargate.spec import Container
from compiler.scope import Scope

WRITE_LOGS = (logs.CreateLogStream, logs.PutLogEvents)
# Source: the managed policy AWSXrayWriteOnlyAccess; none of them takes a resource.
TRACE = (
    xray.GetSamplingRules,
    xray.GetSamplingStatisticSummaries,
    xray.GetSamplingTargets,
    xray.PutTelemetryRecords,
    xray.PutTraceSegments,
)
# Takes OTLP, sends to X-Ray. Source: github.com/aws-observability/aws-otel-collector, config/ecs.
TO_XRAY = "--config=/etc/ecs/ecs-xray.yaml"


def image(written: ContainerImage) -> Any:
    """What ECS takes as the image."""
    if written.location:
        return written.location
    version = f":{written.tag}" if written.tag else f"@{written.digest}"
    host = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
    return Sub(f"{host}/{written.repository}{version}")


def straight(scope: Scope) -> ecs.LogConfiguration:
    """A log that is slow to take lines loses some, instead of stopping the container."""
    return ecs.LogConfiguration(
        LogDriver="awslogs",
        Options={
            "awslogs-group": Ref(scope.id("Logs")),
            "awslogs-region": Ref("AWS::Region"),
            "awslogs-stream-prefix": scope.component.name,
            "max-buffer-size": "25m",
            "mode": "non-blocking",
        },
    )


def log(scope: Scope, spec: Container) -> ecs.LogConfiguration:
    """Where the main container's lines go: to CloudWatch, or to the router."""
    router = log_router(spec)
    return _routed(scope, router) if router else straight(scope)


def _routed(scope: Scope, router: ContainerLogRouter) -> ecs.LogConfiguration:
    patterns = {"include-pattern": router.include, "exclude-pattern": router.exclude}
    return ecs.LogConfiguration(
        LogDriver="awsfirelens",
        Options={
            **(router.output or _own_group(scope)),
            **{key: value for key, value in patterns.items() if value},
            "log-driver-buffer-limit": "2097152",
        },
    )


def _own_group(scope: Scope) -> dict[str, Any]:
    """The same lines in the same group as without a router."""
    return {
        "Name": "cloudwatch_logs",
        "region": Ref("AWS::Region"),
        "log_group_name": Ref(scope.id("Logs")),
        "log_stream_prefix": f"{scope.component.name}/",
        "log_key": "log",
        "auto_create_group": "false",
    }


def beside(scope: Scope, spec: Container) -> list[ecs.ContainerDefinition]:
    """The helpers' containers; each logs for itself, or a broken one could not say so."""
    return [
        ecs.ContainerDefinition(
            Name=helper.name,
            Image=image(helper.image),
            Cpu=CPU,
            LogConfiguration=straight(scope),
            **(_collector(helper) if helper.name == COLLECTOR else _router(helper)),
        )
        for helper in helpers(spec)
    ]


def _collector(helper: Helper) -> dict[str, Any]:
    """Traces may be lost, the task not: so it is not essential, and what it leaks is its own loss."""
    return {
        "Command": [TO_XRAY],
        "Essential": False,
        "Memory": helper.memory,
        "ReadonlyRootFilesystem": True,
    }


def _router(helper: Helper) -> dict[str, Any]:
    """A task that cannot log ends. The router is root, and writes into its filesystem, or it does not start.

    Source: github.com/aws/containers-roadmap issue 2122, github.com/fluent/fluent-bit issue 7308.
    """
    return {
        "Essential": True,
        "FirelensConfiguration": ecs.FirelensConfiguration(
            Type="fluentbit", Options={"enable-ecs-log-metadata": "true"}
        ),
        "MemoryReservation": helper.memory,
        "ReadonlyRootFilesystem": False,
        "User": "0",
    }


def share(spec: Container) -> dict[str, Any]:
    """What helpers change for the main container: it starts after them, so it also ends before them."""
    found = helpers(spec)
    if not found:
        return {}
    after = [ecs.ContainerDependency(ContainerName=helper.name, Condition="START") for helper in found]
    return {"Cpu": main_cpu(spec), "DependsOn": after}


def allowed(scope: Scope, spec: Container) -> Iterator[Statement]:
    """What the helpers may do; they run with the task's own role."""
    if tracing(spec):
        yield from iam.because("the collector beside it sends traces to X-Ray", iam.allow(TRACE, "*"))
    router = log_router(spec)
    if router and not router.output:
        write = iam.allow(WRITE_LOGS, GetAtt(scope.id("Logs"), "Arn"))
        yield from iam.because("the log router beside it writes the log lines", write)
