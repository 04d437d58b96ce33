"""What users may write of the containers that help the main one."""

from __future__ import annotations

from typing import Annotated

from compiler.blocks.fargate.images import ContainerImage
from compiler.kind import Record, about


class ContainerTracing(Record):
    """The collector beside the container, which sends its traces to X-Ray."""

    image: Annotated[
        ContainerImage | None,
        about(
            "The collector's image, an AWS Distro for OpenTelemetry; a public one of AWS when left out.",
            examples=[{"repository": "mirror/aws-otel-collector", "tag": "v0.47.0"}],
        ),
    ] = None
    memory: Annotated[
        int,
        about(
            "Memory in MiB that the collector may take of the task's; the task does not end with it.",
            examples=[256],
            ge=64,
            le=8192,
        ),
    ] = 256


class ContainerLogRouter(Record):
    """The router beside the container (FireLens): Fluent Bit drops some log lines and sends the others."""

    image: Annotated[
        ContainerImage | None,
        about(
            "The router's image, an AWS for Fluent Bit; a public one of AWS when left out.",
            examples=[{"repository": "mirror/aws-for-fluent-bit", "tag": "3.4.8"}],
        ),
    ] = None
    memory: Annotated[
        int,
        about("Memory in MiB that is kept for the router.", examples=[128], ge=64, le=8192),
    ] = 128
    include: (
        Annotated[
            str, about("Only lines that match this expression are kept.", examples=["ERROR"], min_length=1)
        ]
        | None
    ) = None
    exclude: (
        Annotated[
            str,
            about("Lines that match this one are dropped.", examples=["GET /healthz"], min_length=1),
        ]
        | None
    ) = None
    output: Annotated[
        dict[str, str],
        about(
            "Where lines go instead of the component's log group: the `Name` of an output of Fluent Bit and "
            "its settings; never secrets. Only port 443 leads out.",
            examples=[{"Name": "http", "Host": "logs.example.com", "Port": "443", "tls": "on"}],
        ),
    ] = {}
