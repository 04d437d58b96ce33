"""The containers that help the main one of a task: a collector of traces, a router of logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from compiler.blocks.fargate.helper_spec import ContainerLogRouter, ContainerTracing
from compiler.blocks.fargate.images import ContainerImage, registry
from compiler.blocks.fargate.spec import Container
from compiler.model import Path

# The names of components have no `_`, so no container of a user is called so.
COLLECTOR = "otel_collector"
ROUTER = "log_router"
# Where the collector takes traces. Source: OpenTelemetry specification, "OTLP/HTTP default port".
ENDPOINT = "http://localhost:4318"
# The user writes another version as `image`.
# Source: gallery.ecr.aws/aws-observability, aws-otel-collector and aws-for-fluent-bit, 2026-11.
COLLECTOR_IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.47.0"
ROUTER_IMAGE = "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.8"
# Where they listen: OTLP and the check of their health; the forward protocol and theirs.
# Source: github.com/aws-observability/aws-otel-collector, config/ecs/ecs-xray.yaml, and what ECS writes for
# FireLens, github.com/aws/amazon-ecs-agent, 2026.
PORTS: Mapping[str, tuple[int, ...]] = {COLLECTOR: (4317, 4318, 13133), ROUTER: (8877, 24224)}
# CPU units that each helper may count on when the task is busy; the main container has the rest.
CPU = 32
# What an output of the router calls, as a VPC endpoint is named. Source: Fluent Bit manual, "Outputs", and
# github.com/aws/aws-for-fluent-bit, README (the names of its own three plugins).
OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "cloudwatch": ("logs",),
    "cloudwatch_logs": ("logs",),
    "firehose": ("kinesis-firehose",),
    "kinesis": ("kinesis-streams",),
    "kinesis_firehose": ("kinesis-firehose",),
    "kinesis_streams": ("kinesis-streams",),
    "s3": ("s3",),
}
LEAST = 128  # MiB that helpers and folders in memory must leave to the main container


class Helper(NamedTuple):
    """One helper of a task."""

    name: str
    image: ContainerImage
    memory: int  # MiB
    path: Path  # where the spec asks for it
    given: bool  # whether the spec names the image


def tracing(spec: Container) -> ContainerTracing | None:
    """The collector's settings, or None when nobody traces."""
    return ContainerTracing() if spec.tracing is True else spec.tracing or None


def log_router(spec: Container) -> ContainerLogRouter | None:
    """The router's settings, or None when logs go straight to CloudWatch."""
    return ContainerLogRouter() if spec.log_router is True else spec.log_router or None


def helpers(spec: Container) -> tuple[Helper, ...]:
    """All of a task, in the order in which they start."""
    asked = (
        (ROUTER, log_router(spec), ROUTER_IMAGE, "log_router"),
        (COLLECTOR, tracing(spec), COLLECTOR_IMAGE, "tracing"),
    )
    return tuple(
        Helper(
            name, found.image or ContainerImage(location=image), found.memory, (key,), found.image is not None
        )
        for name, found, image, key in asked
        if found
    )


def main_cpu(spec: Container) -> int:
    """CPU units that are left to the main container."""
    return spec.cpu - CPU * len(helpers(spec))


def variables(spec: Container, name: str, platform: str, environment: str) -> Mapping[str, str]:
    """What tells the OpenTelemetry SDK of the program where to send traces, and as whom.

    Source: OpenTelemetry specification, "Environment variable specification" and "OTLP exporter".
    """
    if not tracing(spec):
        return {}
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_PROPAGATORS": "xray,tracecontext,baggage",
        "OTEL_RESOURCE_ATTRIBUTES": f"deployment.environment.name={environment},service.namespace={platform}",
        "OTEL_SERVICE_NAME": name,
    }


def services_called(spec: Container) -> Iterable[str]:
    """The AWS services that Fargate calls from inside the VPC, as VPC endpoint names."""
    yield "logs"
    if any(registry(image) for image in (spec.image, *(helper.image for helper in helpers(spec)))):
        yield from ("ecr.api", "ecr.dkr")
    if tracing(spec):
        yield "xray"
    router = log_router(spec)
    if router and router.output:
        yield from OUTPUTS.get(router.output.get("Name", ""), ())
    if spec.exec:
        yield "ssmmessages"
