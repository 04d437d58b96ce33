"""What users may write of how requests come to a service."""

from __future__ import annotations

from typing import Annotated

import msgspec

from compiler.kind import Record, about
from compiler.units import DURATION

UrlPath = Annotated[
    str,
    msgspec.Meta(
        pattern="^/[A-Za-z0-9._~/-]*$", max_length=100, extra_json_schema={"x-form": "an absolute path"}
    ),
]


class ServiceHealthCheck(Record):
    """How the load balancer finds out whether a task is well."""

    path: Annotated[UrlPath, about("The path it requests.", examples=["/healthz"])] = "/"
    success_codes: Annotated[
        str,
        about(
            "The HTTP status codes that mean well.",
            examples=["200", "200-299"],
            pattern="^[2-4][0-9]{2}(?:[-,][2-4][0-9]{2})*$",
            form="status codes such as 200, 200-299 or 200,204",
        ),
    ] = "200"
    interval: Annotated[
        str, about("How often it asks.", examples=["15s"], minimum="5s", maximum="300s", **DURATION)
    ] = "15s"
    timeout: Annotated[
        str,
        about("How long it waits for an answer.", examples=["5s"], minimum="2s", maximum="120s", **DURATION),
    ] = "5s"
    healthy_threshold: Annotated[
        int, about("Good answers in a row that make a task well.", examples=[2], ge=2, le=10)
    ] = 2
    unhealthy_threshold: Annotated[
        int, about("Bad answers in a row that make a task unwell.", examples=[2], ge=2, le=10)
    ] = 2
    grace_period: Annotated[
        str,
        about(
            "How long a new task may be unwell before it is replaced.",
            examples=["60s"],
            minimum="0s",
            maximum="2h",
            **DURATION,
        ),
    ] = "60s"


class ServiceHttp(Record):
    """How requests come to the service through the load balancer."""

    port: Annotated[int, about("The port the container listens on.", examples=[8080], ge=1, le=65535)]
    path: Annotated[
        UrlPath,
        about("The path it answers, with everything below it; `/` is everything.", examples=["/admin"]),
    ] = "/"
    host: (
        Annotated[
            str,
            about(
                "The host name it answers; all of them when left out.",
                examples=["console.example.com"],
                pattern=r"^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+$",
                max_length=128,
                form="a host name, `*.` in front for all below it",
            ),
        ]
        | None
    ) = None
    priority: (
        Annotated[
            int,
            about(
                "Which service is asked first when several would answer, the lowest first. Computed so that "
                "hosts and deeper paths come first.",
                examples=[100],
                ge=1,
                le=50000,
            ),
        ]
        | None
    ) = None
    health_check: Annotated[
        ServiceHealthCheck,
        about("How the load balancer finds out whether a task is well.", examples=[{"path": "/healthz"}]),
    ] = ServiceHealthCheck()
    deregistration_delay: Annotated[
        str,
        about(
            "How long a leaving task may finish its requests.",
            examples=["30s"],
            minimum="0s",
            maximum="1h",
            **DURATION,
        ),
    ] = "30s"
