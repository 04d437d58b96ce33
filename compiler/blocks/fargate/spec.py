"""What users may write of a container on Fargate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from compiler.blocks.fargate.helper_spec import ContainerLogRouter, ContainerTracing
from compiler.blocks.fargate.images import ContainerImage
from compiler.kind import ConsumerSpec, about
from compiler.model import Component, Platform
from compiler.units import DURATION, PERCENT, SIZE

Folder = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:/\.?[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$",
        max_length=100,
        extra_json_schema={"x-form": "a folder such as /var/cache/nginx, without .. or a slash too many"},
    ),
]
Variable = Annotated[
    str,
    msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$", extra_json_schema={"x-form": "the name of a variable"}),
]


class Container(ConsumerSpec, kw_only=True):
    """A container on Fargate: what services and tasks have in common."""

    image: Annotated[
        ContainerImage,
        about("The container image.", examples=[{"repository": "iot/ingest", "tag": "1.4.2"}]),
    ]
    command: Annotated[
        list[str], about("Replaces the image's own command.", examples=[["serve", "--port", "8080"]])
    ] = []
    cpu: Annotated[
        Literal[256, 512, 1024, 2048, 4096, 8192, 16384, 32768],
        about("CPU units of one task; 1024 are one vCPU.", examples=[512]),
    ] = 256
    memory: (
        Annotated[
            int,
            about(
                "Memory of one task in MiB; the least that Fargate gives with this `cpu` when left out.",
                examples=[1024],
                ge=512,
                le=249856,
            ),
        ]
        | None
    ) = None
    architecture: Annotated[
        Literal["arm64", "x86_64"],
        about("The processor the image is built for; arm64 is a fifth cheaper.", examples=["arm64"]),
    ] = "arm64"
    environment: Annotated[
        dict[Variable, str],
        about("Environment variables of the container; never secrets.", examples=[{"LOG_LEVEL": "info"}]),
    ] = {}
    spot: Annotated[
        str,
        about(
            "The share of tasks on spare capacity, cheaper but stopped at two minutes' notice.",
            examples=["50%"],
            profiles={"dev": "100%"},
            minimum="0%",
            maximum="100%",
            **PERCENT | {"form": "a whole percentage such as 50%"},
        ),
    ] = "0%"
    stop_timeout: Annotated[
        str,
        about(
            "How long the container may take to stop before it is killed.",
            examples=["30s"],
            minimum="2s",
            maximum="120s",
            **DURATION,
        ),
    ] = "30s"
    exec: Annotated[
        bool,
        about(
            "Whether people may run commands in the running container.",
            examples=[True],
            profiles={"dev": True},
        ),
    ] = False
    readonly_filesystem: Annotated[
        bool, about("Whether the container's own filesystem is read-only.", examples=[False])
    ] = True
    writable: Annotated[
        tuple[Folder, ...],
        about(
            "Folders that can be written although the filesystem is read-only; in memory, by any user.",
            examples=[["/tmp", "/var/cache/nginx"]],
        ),
    ] = ("/tmp",)
    writable_size: Annotated[
        str,
        about(
            "How large each of those folders may become; it counts towards the task's memory.",
            examples=["64MiB"],
            minimum="1MiB",
            maximum="8GiB",
            **SIZE,
        ),
    ] = "64MiB"
    user: (
        Annotated[
            str,
            about(
                "The user, or user:group, the container runs as; the image's own when left out.",
                examples=["1000:1000"],
                pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$",
                form="a user, or user:group",
            ),
        ]
        | None
    ) = None
    ephemeral_storage: (
        Annotated[
            str,
            about(
                "The task's disk, when Fargate's 20 GiB are not enough.",
                examples=["50GiB"],
                minimum="21GiB",
                maximum="200GiB",
                **SIZE,
            ),
        ]
        | None
    ) = None
    tracing: Annotated[
        bool | ContainerTracing,
        about(
            "Whether a collector beside the container takes its OpenTelemetry traces and sends them to "
            "X-Ray.",
            examples=[True, {"image": {"repository": "mirror/aws-otel-collector", "tag": "v0.47.0"}}],
        ),
    ] = False
    log_router: Annotated[
        bool | ContainerLogRouter,
        about(
            "Whether a router beside the container (FireLens) takes its log lines, to drop some or to send "
            "them elsewhere.",
            examples=[True, {"exclude": "GET /healthz"}],
        ),
    ] = False


def containers(platform: Platform) -> Iterator[tuple[Component, Container]]:
    """Everything of a platform that runs a container, whatever its kind, sorted by name."""
    for component in platform.components.values():
        if isinstance(component.spec, Container):
            yield component, component.spec
