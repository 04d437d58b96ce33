"""What users may write of a service."""

from __future__ import annotations

from typing import Annotated

import msgspec

from compiler.blocks.fargate.spec import Container
from compiler.kind import Record, about
from compiler.kinds.service.calling import ServicePort
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.deployment import ServiceDeployment
from compiler.kinds.service.http import ServiceHttp
from compiler.kinds.service.use import ServiceUsage
from compiler.units import DURATION


class ServiceContainerCheck(Record):
    """A command that tells, inside the container, whether it is well."""

    command: Annotated[
        list[str],
        about(
            "The program and its arguments; 0 means well.",
            examples=[["curl", "-f", "http://localhost:8080/healthz"]],
            min_length=1,
        ),
    ]
    interval: Annotated[
        str, about("How often it runs.", examples=["30s"], minimum="5s", maximum="300s", **DURATION)
    ] = "30s"
    timeout: Annotated[
        str, about("How long it may take.", examples=["5s"], minimum="2s", maximum="60s", **DURATION)
    ] = "5s"
    retries: Annotated[
        int, about("Failures in a row that make the task unwell.", examples=[3], ge=1, le=10)
    ] = 3
    start_period: Annotated[
        str,
        about(
            "How long failures do not count after the start.",
            examples=["30s"],
            minimum="0s",
            maximum="300s",
            **DURATION,
        ),
    ] = "30s"


class Service(Container, kw_only=True):
    """A container that keeps running on Fargate, in as many tasks as it takes."""

    http: Annotated[
        ServiceHttp | None,
        about(
            "How requests come to it through the load balancer; a service without gets none.",
            examples=[{"port": 8080, "path": "/", "health_check": {"path": "/healthz"}}],
        ),
    ] = None
    port: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=65535)] | ServicePort | None,
        about(
            "The port it listens on for services that `call` it, when it has no `http`. Each task of a "
            "service that calls or is called has a proxy, which takes some of its CPU and memory.",
            examples=[9000, {"number": 9000, "protocol": "grpc"}],
        ),
    ] = None
    count: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=5000)] | ServiceCount,
        about(
            "How many tasks run: a number, or limits and what to scale by.",
            examples=[2, {"min": 2, "max": 10, "cpu_percentage": 65}],
            profiles={"production": 2},
        ),
    ] = 1
    health_check: Annotated[
        ServiceContainerCheck | None,
        about(
            "A command that tells, inside the container, whether it is well.",
            examples=[{"command": ["/bin/check"]}],
        ),
    ] = None
    deployment: Annotated[
        ServiceDeployment,
        about(
            "When a new version is taken back.",
            examples=[{"rollback_on_alarm": True, "error_rate": "2%", "bake_time": "10m"}],
        ),
    ] = ServiceDeployment()
    usage: Annotated[
        ServiceUsage | None,
        about(
            "How many tasks of the service run on average, for the estimate of what it costs.",
            examples=[{"tasks": 4}],
        ),
    ] = None
