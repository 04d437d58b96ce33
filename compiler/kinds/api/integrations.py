"""Routes -> what answers them: functions by their own permission, private services through one VPC link."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Sub, apigatewayv2, awslambda

from compiler import connect, names
from compiler.blocks import reach
from compiler.kind import Verb
from compiler.kinds.api import Api, ApiRoute, routes_of
from compiler.kinds.api.routes import invocation, part
from compiler.model import Connection
from compiler.scope import Grant, Integration, Scope
from compiler.units import seconds

Grants = tuple[tuple[Connection, Verb, Grant], ...]

LINK_NAME_LIMIT = 128  # Source: API Gateway API reference, CreateVpcLink, 2026


def add(spec: Api, scope: Scope, api: apigatewayv2.Api) -> dict[str, apigatewayv2.Integration]:
    """Adds an integration for each target and timeout, and permission to call functions; by route key."""
    grants = scope.grants()
    ways = {connection.target: grant.integration for connection, _, grant in grants}
    link = _link(scope, grants) if connect.needs_network(scope.component, scope.platform) else None
    made: dict[str, apigatewayv2.Integration] = {}
    found: dict[str, apigatewayv2.Integration] = {}
    for key, route in routes_of(spec).items():
        how = ways[route.to]
        assert how is not None  # every verb named `route` gives one
        title = scope.id(f"To{names.pascal(route.to)}{route.timeout}")
        if title not in made:
            made[title] = scope.add(_integration(title, api, route, how, link), path=("routes", key))
        found[key] = made[title]
        if how.type == "lambda":
            _permit(scope, api, key, how)
    return found


def _integration(
    title: str, api: apigatewayv2.Api, route: ApiRoute, how: Integration, link: Any
) -> apigatewayv2.Integration:
    common = {
        "ApiId": Ref(api),
        "Description": f"to {route.to}",
        "IntegrationUri": how.uri,
        "TimeoutInMillis": seconds(route.timeout) * 1000,
    }
    if how.type == "lambda":
        return apigatewayv2.Integration(
            title, IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0", **common
        )
    if how.server_name:
        common["TlsConfig"] = apigatewayv2.TlsConfig(ServerNameToVerify=how.server_name)
    return apigatewayv2.Integration(
        title,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        PayloadFormatVersion="1.0",
        ConnectionType="VPC_LINK",
        ConnectionId=Ref(link),
        **common,
    )


def _permit(scope: Scope, api: apigatewayv2.Api, key: str, how: Integration) -> None:
    source = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api.title}}}"
    scope.add(
        awslambda.Permission(
            scope.id(f"{part(key)}Permission"),
            FunctionName=how.function_name,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=Sub(f"{source}/{invocation(key)}"),
        ),
        path=("routes", key),
    )


def _link(scope: Scope, grants: Grants) -> apigatewayv2.VpcLink:
    group = reach.security_group(scope, "VPC link")
    rules = reach.open_paths(scope, group, grants)
    return scope.add(
        apigatewayv2.VpcLink(
            scope.id("VpcLink"),
            DependsOn=rules,
            Name=scope.physical(limit=LINK_NAME_LIMIT),
            SecurityGroupIds=[group],
            SubnetIds=scope.value("network", "private_subnet_ids"),
        )
    )
