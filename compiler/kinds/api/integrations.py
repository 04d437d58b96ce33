"""Routes -> what answers them: functions by their own permission, private services through one VPC link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from troposphere import Ref, apigatewayv2

from compiler import connect, names
from compiler.blocks import reach
from compiler.kind import Verb
from compiler.kinds.api.mapping import request_parameters, response_parameters
from compiler.kinds.api.permission import permit, serves
from compiler.kinds.api.routes import invocation, part
from compiler.kinds.api.spec import Api, ApiRoute, routes_of
from compiler.model import Connection
from compiler.scope import Grant, Integration, Scope
from compiler.units import milliseconds

Grants = tuple[tuple[Connection, Verb, Grant], ...]

# Of a function's policy, which has 20 KB, each permission takes about 400 bytes; other APIs may call it too.
# Source: Lambda developer guide, "Lambda quotas", "Function resource-based policy", 2026.
MOST_PERMISSIONS = 20
LINK_NAME_LIMIT = 128  # Source: API Gateway API reference, CreateVpcLink, 2026


def add(spec: Api, scope: Scope, api: apigatewayv2.Api) -> dict[str, apigatewayv2.Integration]:
    """Adds an integration for each target and timeout, and permission to call functions; by route key."""
    grants = scope.grants()
    ways = {use.target: grant.integration for use, _, grant in grants if use.verb == "route"}
    link = _link(scope, grants) if connect.needs_network(scope.component, scope.platform) else None
    made: dict[str, apigatewayv2.Integration] = {}
    found: dict[str, apigatewayv2.Integration] = {}
    crowded = _crowded(spec, ways)
    for key, route in routes_of(spec).items():
        how = ways[route.to]
        assert how is not None  # every verb named `route` gives one
        title, uses = scope.id(_part(key, route)), serves(scope, route.to, "route")
        if title not in made:
            integration = _integration(title, api, route, how, link)
            made[title] = scope.add(integration, path=("routes", key), serves=uses)
        found[key] = made[title]
        if how.type == "lambda" and route.to not in crowded:
            name, path = f"{part(key)}Permission", ("routes", key)
            permit(scope, api, name, how, invocation(key), path=path, uses=uses)
    for target in crowded:
        how = ways[target]
        assert how is not None
        name, uses = f"To{names.pascal(target)}Permission", serves(scope, target, "route")
        permit(scope, api, name, how, "*", path=("routes",), uses=uses)
    return found


def _crowded(spec: Api, ways: Mapping[str, Integration | None]) -> list[str]:
    """The functions that answer too many routes for a permission of each."""
    used = Counter(route.to for route in routes_of(spec).values())
    functions = (target for target, how in ways.items() if how and how.type == "lambda")
    return sorted(target for target in functions if used[target] > MOST_PERMISSIONS)


def _part(key: str, route: ApiRoute) -> str:
    """Routes to one target share an integration, but for those that change what passes through it."""
    own = route.request or route.response
    return f"{part(key)}Integration" if own else f"To{names.pascal(route.to)}{route.timeout}"


def _integration(
    title: str, api: apigatewayv2.Api, route: ApiRoute, how: Integration, link: Any
) -> apigatewayv2.Integration:
    common: dict[str, Any] = {
        "ApiId": Ref(api),
        "Description": f"to {route.to}",
        "IntegrationUri": how.uri,
        "TimeoutInMillis": milliseconds(route.timeout),
        **_changes(route),
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


def _changes(route: ApiRoute) -> dict[str, Any]:
    """What is changed in requests and answers on their way."""
    requests = request_parameters(route.request) if route.request else {}
    answers = {
        status: apigatewayv2.ResponseParameterMap(
            ResponseParameters=[
                apigatewayv2.ResponseParameter(Destination=destination, Source=source)
                for destination, source in changes.items()
            ]
        )
        for status, changes in response_parameters(route.response).items()
        if changes
    }
    return {
        **({"RequestParameters": requests} if requests else {}),
        **({"ResponseParameters": answers} if answers else {}),
    }


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
