"""The load balancer that brings requests to the platform's services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.alarm import Alarm, Metric
from compiler.blocks import certificate
from compiler.kind import ComponentSpec, Kind, Problem, about
from compiler.model import Component, Platform
from compiler.units import DURATION, not_whole


class LoadBalancer(ComponentSpec):
    """An application load balancer; it exists as soon as a service has `http`."""

    scheme: Annotated[
        Literal["internal", "internet_facing"],
        about(
            "Whether it is reached from inside the VPC only, or from anywhere.",
            examples=["internet_facing"],
        ),
    ] = "internal"
    certificate: (
        Annotated[
            str,
            about(
                "The ACM certificate for HTTPS, of the platform's own account and region: its id or its ARN.",
                examples=["12345678-1234-1234-1234-123456789012"],
                pattern=certificate.PATTERN,
                form=certificate.FORM,
            ),
        ]
        | None
    ) = None
    domain: (
        Annotated[
            str,
            about(
                "A name on the certificate, which APIs that route to services here verify.",
                examples=["console.example.com"],
                pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
                form="a domain name such as console.example.com",
            ),
        ]
        | None
    ) = None
    insecure_http: Annotated[
        bool,
        about("Whether it may face the internet without a certificate, unencrypted.", examples=[True]),
    ] = False
    idle_timeout: Annotated[
        str,
        about(
            "How long a silent connection is kept.",
            examples=["60s"],
            minimum="1s",
            maximum="4000s",
            **DURATION,
        ),
    ] = "60s"
    deletion_protection: Annotated[
        bool,
        about(
            "Whether AWS refuses to delete it.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    access_logs: Annotated[
        bool,
        about(
            "Whether every request is recorded, in a bucket of its own.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    access_log_retention: Annotated[
        str,
        about(
            "How long those records are kept, in whole days.",
            examples=["365d"],
            minimum="1d",
            maximum="3650d",
            **DURATION,
        ),
    ] = "90d"


def port(spec: LoadBalancer) -> int:
    """The port on which requests are taken."""
    return 443 if spec.certificate else 80


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    public = spec.scheme == "internet_facing"
    if public and not spec.certificate and not spec.insecure_http:
        yield Problem(
            ("scheme",),
            "E210",
            "an internet_facing load balancer without a certificate carries everything unencrypted; "
            "add a 'certificate', or accept it with 'insecure_http: true'",
        )
    if spec.insecure_http and (spec.certificate or not public):
        why = "it has a certificate" if spec.certificate else "it is internal"
        yield Problem(
            ("insecure_http",), "E210", f"'insecure_http' means nothing here: {why}; remove 'insecure_http'"
        )
    if message := not_whole(spec.access_log_retention, "d"):
        yield Problem(("access_log_retention",), "E105", message)
    for message in certificate.foreign(spec.certificate or "", platform.environment, "the load balancer"):
        yield Problem(("certificate",), "E210", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    def metric(name: str) -> Metric:
        return Metric("AWS/ApplicationELB", name, {"LoadBalancer": "full_name"})

    yield Alarm(
        "elb-5xx",
        "The load balancer itself answers with errors: no healthy task takes its requests.",
        5,
        metric("HTTPCode_ELB_5XX_Count"),
        severity="critical",
    )
    yield Alarm(
        "rejected-connections",
        "The load balancer refuses connections: it has reached its limit.",
        0,
        metric("RejectedConnectionCount"),
    )


KIND = Kind(
    name="load_balancer",
    section="load_balancer",
    spec=LoadBalancer,
    layer="compute",
    summary="The load balancer in front of the services that have `http`.",
    singleton=True,
    needs=lambda spec: ("network",),
    check=_check,
    alarms=_alarms,
)
