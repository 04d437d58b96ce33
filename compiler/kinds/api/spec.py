"""What users may write of an API and its routes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from compiler.kind import ComponentSpec, Record, about
from compiler.kinds.api import impossible
from compiler.kinds.api.authorizers import MOST, Authorizers, headers
from compiler.kinds.api.cors import ApiCors
from compiler.kinds.api.domain import ApiDomain
from compiler.kinds.api.mapping import ApiRequest, ApiResponse, StatusCode
from compiler.kinds.api.routes import KEY
from compiler.kinds.api.use import ApiUsage
from compiler.units import BRIEF

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


class ApiThrottle(Record):
    """How many requests are let through; the rest gets 429."""

    rate: Annotated[float, about("Requests a second, sustained.", examples=[1000], gt=0, le=1_000_000)] = 1000
    burst: Annotated[int, about("Requests at one moment.", examples=[500], ge=1, le=500_000)] = 500


class ApiRoute(Record, kw_only=True):
    """Who answers the requests of one route, and who may send them."""

    impossible = impossible.OF_ROUTES
    to: Annotated[str, about("The function or service that answers.", examples=["device-api"])]
    auth: Annotated[
        str,
        about(
            "Who may call: whoever signs with an AWS identity that is allowed to (iam), whom the authorizer "
            "of this name lets in, or everybody (none).",
            examples=["none"],
            min_length=1,
        ),
    ] = "iam"
    scopes: Annotated[
        list[str],
        about(
            "What a token must be good for: one of these scopes is enough.",
            examples=[["devices/read"]],
            max_length=10,
        ),
    ] = []
    timeout: Annotated[
        str,
        about(
            "How long the caller waits for an answer.",
            examples=["29s"],
            minimum="50ms",
            maximum="30s",
            advice="no API waits longer; answer at once, and leave long work to a function behind a queue",
            **BRIEF,
        ),
    ] = "29s"
    throttle: Annotated[
        ApiThrottle | None,
        about(
            "How many requests of this route are let through, instead of the API's own limit.",
            examples=[{"rate": 10, "burst": 5}],
        ),
    ] = None
    request: Annotated[
        ApiRequest | None,
        about(
            "What is changed in a request before the target sees it.",
            examples=[{"set_headers": {"x-source": "api"}}],
        ),
    ] = None
    response: Annotated[
        dict[StatusCode, ApiResponse],
        about(
            "What is changed in an answer before the caller sees it, by the status that the target gave.",
            examples=[{"200": {"set_headers": {"x-request-id": "$context.requestId"}}}],
        ),
    ] = {}


class Api(ComponentSpec, kw_only=True):
    """An HTTP API: routes to functions and services; callers must sign unless a route says otherwise."""

    impossible = impossible.OF_APIS
    routes: Annotated[
        dict[RouteKey, Target | ApiRoute],
        about(
            "Who answers what: a method and a path (or $default, for all the rest), and the target.",
            examples=[{"POST /telemetry": {"to": "device-api", "auth": "none"}}],
            min_length=1,
            max_length=300,
            advice="AWS allows an API no more; let one route with a greedy path, such as "
            '"ANY /devices/{path+}", stand for several, or make two APIs',
        ),
    ]
    authorizers: Annotated[
        Authorizers,
        about(
            "Who decides whether a caller may use a route, by the name that routes call them in `auth`.",
            examples=[{"device": {"function": "authorize"}}],
            max_length=MOST,
            advice="AWS allows an API no more",
        ),
    ] = {}
    domain: Annotated[
        ApiDomain | None,
        about(
            "A name of its own for the API.",
            examples=[{"name": "api.example.com", "certificate": "12345678-1234-1234-1234-123456789012"}],
        ),
    ] = None
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
    usage: Annotated[
        ApiUsage | None,
        about(
            "How much the API is called in a month, for the estimate of what it costs.",
            examples=[{"requests": 30000000}],
        ),
    ] = None


def routes_of(spec: Api) -> dict[str, ApiRoute]:
    """Every route in its long form, sorted by key."""
    written = sorted(spec.routes.items())
    return {key: ApiRoute(to=route) if isinstance(route, str) else route for key, route in written}


def asked(spec: Api) -> dict[str, frozenset[str]]:
    """By each target of the routes, who must work for its answers: itself, and functions that authorize."""
    found: dict[str, frozenset[str]] = {}
    for route in routes_of(spec).values():
        authorizer = spec.authorizers.get(route.auth)
        who = {route.to, authorizer.function if authorizer and authorizer.function else route.to}
        found[route.to] = found.get(route.to, frozenset()) | who
    return found


def cors_methods(spec: Api) -> list[str]:
    """The methods that browsers may use: those written, or those of the routes."""
    assert spec.cors is not None
    used = {key.split(" ")[0] for key in spec.routes}
    every = METHODS if used & {"ANY", "$default"} else used
    return sorted(spec.cors.allow_methods or every)


def cors_headers(spec: Api) -> list[str]:
    """The headers that browsers may send: those written, or what JSON, signatures and authorizers need."""
    assert spec.cors is not None
    return spec.cors.allow_headers or sorted({*HEADERS, *headers(spec.authorizers)})
