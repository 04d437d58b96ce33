"""Api -> an HTTP API with its stage, routes, integrations, authorizers, own name and access logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, Sub, apigatewayv2

from compiler import connect, names
from compiler.blocks import logs, reach
from compiler.kinds.api import address, guards, integrations
from compiler.kinds.api.permission import serves
from compiler.kinds.api.routes import part
from compiler.kinds.api.spec import Api, ApiThrottle, cors_headers, cors_methods, routes_of
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope
from compiler.units import seconds

NAME_LIMIT = 128  # Source: API Gateway API reference, CreateApi, 2026
GROUP_LIMIT = 512  # Source: provider schema AWS::Logs::LogGroup, 2026-10-20
# Groups under this name take logs of AWS services without filling the account's one log policy.
# Source: CloudWatch Logs user guide, "Logging that requires additional permissions", 2026.
VENDED = "/aws/vendedlogs/"
# Source: API Gateway developer guide, "Customize HTTP API access logs", 2026.
ACCESS_LOG = {
    field: f"$context.{name}"
    for field, name in (
        ("requestId", "requestId"),
        ("requestTime", "requestTime"),
        ("sourceIp", "identity.sourceIp"),
        ("userAgent", "identity.userAgent"),
        ("routeKey", "routeKey"),
        ("path", "path"),
        ("status", "status"),
        ("responseLength", "responseLength"),
        ("responseLatency", "responseLatency"),
        ("integrationStatus", "integrationStatus"),
        ("integrationLatency", "integrationLatency"),
        ("integrationError", "integrationErrorMessage"),
        ("authorizerError", "authorizer.error"),
        ("error", "error.message"),
    )
}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The API's id and https address, what its own name leads to, the security group of its VPC link."""
    spec = component.spec
    assert isinstance(spec, Api)
    title = names.logical_id(component.name, "Api")
    endpoint = f"https://{spec.domain.name}" if spec.domain else GetAtt(title, "ApiEndpoint")
    offered = {"id": Attribute(Ref(title)), "endpoint": Attribute(endpoint, shown=True)}
    if spec.domain:
        target = GetAtt(names.logical_id(component.name, address.PART), "RegionalDomainName")
        offered["regional_domain_name"] = Attribute(target, shown=True)
    if connect.needs_network(component, platform):
        offered["security_group_id"] = reach.security_group_attribute(component)
    return offered


def build(component: Component, scope: Scope) -> None:
    """Adds the API, its stage, its routes, what answers them, who guards them, and its own name."""
    spec = component.spec
    assert isinstance(spec, Api)
    optional = {"CorsConfiguration": _cors(spec)} if spec.cors else {}
    if spec.domain:
        # Who comes by AWS's own address passes by the domain's certificate check.
        optional["DisableExecuteApiEndpoint"] = True
    name = scope.physical(limit=NAME_LIMIT)
    api = scope.add(apigatewayv2.Api(scope.id("Api"), Name=name, ProtocolType="HTTP", **optional))
    stage = _stage(spec, scope, api)
    if spec.domain:
        address.add(spec.domain, scope, api, stage)
    _routes(spec, scope, api)


def _routes(spec: Api, scope: Scope, api: apigatewayv2.Api) -> None:
    targets = integrations.add(spec, scope, api)
    authorizers = guards.add(spec, scope, api)
    for key, route in routes_of(spec).items():
        scope.add(
            apigatewayv2.Route(
                _route(scope, key),
                ApiId=Ref(api),
                RouteKey=key,
                Target=Sub(f"integrations/${{{targets[key].title}}}"),
                **guards.authorization(spec, route, authorizers),
            ),
            path=("routes", key),
            serves=serves(scope, route.to, "route"),
        )


def _cors(spec: Api) -> apigatewayv2.Cors:
    cors = spec.cors
    assert cors is not None
    optional = {"ExposeHeaders": cors.expose_headers} if cors.expose_headers else {}
    return apigatewayv2.Cors(
        AllowOrigins=cors.allow_origins,
        AllowMethods=cors_methods(spec),
        AllowHeaders=cors_headers(spec),
        AllowCredentials=cors.allow_credentials,
        MaxAge=seconds(cors.max_age),
        **optional,
    )


def _stage(spec: Api, scope: Scope, api: apigatewayv2.Api) -> apigatewayv2.Stage:
    name = VENDED + scope.physical(limit=GROUP_LIMIT - len(VENDED))
    group = logs.delivered(scope, "AccessLogs", name)
    return scope.add(
        apigatewayv2.Stage(
            scope.id("Stage"),
            ApiId=Ref(api),
            StageName="$default",
            AutoDeploy=True,
            AccessLogSettings=apigatewayv2.AccessLogSettings(
                # The group's own Arn ends in `:*`, which is not what API Gateway reads back.
                DestinationArn=Sub(logs.group_arn(f"${{{group.title}}}")),
                Format=json.dumps(ACCESS_LOG),
            ),
            DefaultRouteSettings=_settings(spec.throttle),
            **_own_settings(spec, scope),
        )
    )


def _own_settings(spec: Api, scope: Scope) -> dict[str, Any]:
    """The settings of single routes; the stage cannot be made before the routes that it names."""
    limited = {key: route.throttle for key, route in routes_of(spec).items() if route.throttle}
    if not limited:
        return {}
    return {
        "RouteSettings": {key: _settings(throttle) for key, throttle in limited.items()},
        "DependsOn": [_route(scope, key) for key in limited],
    }


def _settings(throttle: ApiThrottle) -> apigatewayv2.RouteSettings:
    """All of them every time: what a route leaves out is not the stage's default but AWS's own."""
    return apigatewayv2.RouteSettings(
        DetailedMetricsEnabled=True,
        ThrottlingRateLimit=throttle.rate,
        ThrottlingBurstLimit=throttle.burst,
    )


def _route(scope: Scope, key: str) -> str:
    return scope.id(f"{part(key)}Route")
