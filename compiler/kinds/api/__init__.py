"""HTTP APIs (API Gateway)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from compiler.kind import ComponentSpec, Kind, Problem, Record, Reference, about
from compiler.kinds.api.routes import KEY, problems
from compiler.kinds.api.watching import alarms
from compiler.model import Component, Platform
from compiler.units import DURATION

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
# What browsers send with a request that carries JSON, and with one that is signed.
HEADERS = ("authorization", "content-type", "x-amz-date", "x-amz-security-token")

RouteKey = Annotated[
    str,
    msgspec.Meta(
        pattern=KEY,
        extra_json_schema={
            "x-form": 'a method and a path such as "GET /devices/{id}" or "ANY /files/{path+}", or $default'
        },
    ),
]
Target = Annotated[str, msgspec.Meta(description="The function or service that answers; callers must sign.")]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:\*|[a-z][a-z0-9+.-]*://[^/\s]+)$",
        extra_json_schema={"x-form": "an origin such as https://console.example.com, without a path, or *"},
    ),
]
Method = Literal["*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
Texts = Annotated[list[str], msgspec.Meta(max_length=100)]


class ApiRoute(Record, kw_only=True):
    """Who answers the requests of one route, and who may send them."""

    to: Annotated[str, about("The function or service that answers.", examples=["device-api"])]
    auth: Annotated[
        Literal["iam", "none"],
        about(
            "Who may call: whoever signs with an AWS identity that is allowed to (iam), or everybody (none).",
            examples=["none"],
        ),
    ] = "iam"
    timeout: Annotated[
        str,
        about(
            "How long the caller waits for an answer.",
            examples=["29s"],
            minimum="1s",
            maximum="29s",
            **DURATION,
        ),
    ] = "29s"


class ApiCors(Record, kw_only=True):
    """Which web pages may call the API from a browser."""

    allow_origins: Annotated[
        list[Origin],
        about(
            "Where those pages come from, or * for everywhere.",
            examples=[["https://console.example.com"]],
            min_length=1,
            max_length=100,
        ),
    ]
    allow_methods: Annotated[
        list[Method],
        about("The methods they may use; without it, those of the routes.", examples=[["GET", "POST"]]),
    ] = []
    allow_headers: Annotated[
        Texts,
        about(
            "The headers they may send; without it, what JSON and signed requests need.",
            examples=[["authorization", "content-type"]],
        ),
    ] = []
    expose_headers: Annotated[
        Texts, about("The headers of an answer they may read.", examples=[["x-request-id"]])
    ] = []
    allow_credentials: Annotated[
        bool, about("Whether browsers send cookies; then nothing may be *.", examples=[True])
    ] = False
    max_age: Annotated[
        str,
        about("How long browsers remember this.", examples=["1h"], minimum="0s", maximum="1d", **DURATION),
    ] = "1h"


class ApiThrottle(Record):
    """How many requests are let through; the rest gets 429."""

    rate: Annotated[float, about("Requests a second, sustained.", examples=[1000], gt=0, le=1_000_000)] = 1000
    burst: Annotated[int, about("Requests at one moment.", examples=[500], ge=1, le=500_000)] = 500


class Api(ComponentSpec, kw_only=True):
    """An HTTP API: routes to functions and services; callers must sign unless a route says `auth: none`."""

    routes: Annotated[
        dict[RouteKey, Target | ApiRoute],
        about(
            "Who answers what: a method and a path (or $default, for all the rest), and the target.",
            examples=[{"POST /telemetry": {"to": "device-api", "auth": "none"}}],
            min_length=1,
            max_length=300,
        ),
    ]
    cors: Annotated[
        ApiCors | None,
        about(
            "Which web pages may call the API from a browser; none without it.",
            examples=[{"allow_origins": ["https://console.example.com"]}],
        ),
    ] = None
    throttle: Annotated[
        ApiThrottle,
        about("How many requests are let through.", examples=[{"rate": 1000, "burst": 500}]),
    ] = ApiThrottle()


def routes_of(spec: Api) -> dict[str, ApiRoute]:
    """Every route in its long form, sorted by key."""
    written = sorted(spec.routes.items())
    return {key: ApiRoute(to=route) if isinstance(route, str) else route for key, route in written}


def cors_methods(spec: Api) -> list[str]:
    """The methods that browsers may use: those written, or those of the routes."""
    assert spec.cors is not None
    used = {key.split(" ")[0] for key in spec.routes}
    every = METHODS if used & {"ANY", "$default"} else used
    return sorted(spec.cors.allow_methods or every)


def _references(spec: Api) -> Iterable[Reference]:
    """One for each target, at its first route."""
    first: dict[str, str] = {}
    for key, route in routes_of(spec).items():
        first.setdefault(route.to, key)
    return [Reference(("routes", key), target, "route") for target, key in sorted(first.items())]


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Api)
    for key, message in problems(sorted(spec.routes)):
        yield Problem(("routes", key), "E210", message)
    yield from _unverifiable(spec, platform)
    if spec.cors and spec.cors.allow_credentials:
        for word in ("allow_origins", "allow_methods", "allow_headers"):
            if "*" in getattr(spec.cors, word):
                message = (
                    f"browsers refuse `{word}: *` together with `allow_credentials`; list what is allowed"
                )
                yield Problem(("cors", word), "E210", message)


def _unverifiable(spec: Api, platform: Platform) -> Iterable[Problem]:
    """Over TLS, API Gateway must be told which name the load balancer's certificate has to bear."""
    balancer = platform.components.get("load_balancer")
    if (
        balancer
        and getattr(balancer.spec, "certificate", None)
        and not getattr(balancer.spec, "domain", None)
    ):
        for reference in _references(spec):
            target = platform.components.get(reference.target)
            if target and target.kind == "service":
                message = (
                    f"'{reference.target}' is behind a load balancer with a certificate; "
                    "say which name to verify with `load_balancer: {domain: ...}`"
                )
                yield Problem(reference.path, "E210", message)


KIND = Kind(
    name="api",
    section="apis",
    spec=Api,
    layer="edge",
    summary="HTTP APIs, by name.",
    references=_references,
    check=_check,
    alarms=alarms,
)
