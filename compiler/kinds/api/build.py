"""Api -> an HTTP API with its stage, routes, integrations and access logs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from troposphere import GetAtt, Ref, Sub, apigatewayv2

from compiler import connect, names
from compiler.blocks import logs, reach
from compiler.kinds.api import HEADERS, Api, cors_methods, integrations, routes_of
from compiler.kinds.api.routes import part
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
    """The API's id and https address; the security group of its VPC link, where it has one."""
    title = names.logical_id(component.name, "Api")
    offered = {
        "id": Attribute(Ref(title)),
        "endpoint": Attribute(GetAtt(title, "ApiEndpoint"), shown=True),
    }
    if connect.needs_network(component, platform):
        offered["security_group_id"] = reach.security_group_attribute(component)
    return offered


def build(component: Component, scope: Scope) -> None:
    """Adds the API, its stage, its routes and what answers them."""
    spec = component.spec
    assert isinstance(spec, Api)
    cors = {"CorsConfiguration": _cors(spec)} if spec.cors else {}
    api = scope.add(
        apigatewayv2.Api(scope.id("Api"), Name=scope.physical(limit=NAME_LIMIT), ProtocolType="HTTP", **cors)
    )
    _stage(spec, scope, api)
    targets = integrations.add(spec, scope, api)
    for key, route in routes_of(spec).items():
        scope.add(
            apigatewayv2.Route(
                scope.id(f"{part(key)}Route"),
                ApiId=Ref(api),
                RouteKey=key,
                AuthorizationType={"iam": "AWS_IAM", "none": "NONE"}[route.auth],
                Target=Sub(f"integrations/${{{targets[key].title}}}"),
            ),
            path=("routes", key),
        )


def _cors(spec: Api) -> apigatewayv2.Cors:
    cors = spec.cors
    assert cors is not None
    optional = {"ExposeHeaders": cors.expose_headers} if cors.expose_headers else {}
    return apigatewayv2.Cors(
        AllowOrigins=cors.allow_origins,
        AllowMethods=cors_methods(spec),
        AllowHeaders=cors.allow_headers or list(HEADERS),
        AllowCredentials=cors.allow_credentials,
        MaxAge=seconds(cors.max_age),
        **optional,
    )


def _stage(spec: Api, scope: Scope, api: apigatewayv2.Api) -> None:
    name = VENDED + scope.physical(limit=GROUP_LIMIT - len(VENDED))
    group = logs.delivered(scope, "AccessLogs", name)
    scope.add(
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
            DefaultRouteSettings=apigatewayv2.RouteSettings(
                DetailedMetricsEnabled=True,
                ThrottlingRateLimit=spec.throttle.rate,
                ThrottlingBurstLimit=spec.throttle.burst,
            ),
        )
    )
