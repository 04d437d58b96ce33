"""Authorizers -> AWS::ApiGatewayV2::Authorizer, with permission to ask their functions."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Sub, apigatewayv2

from compiler import names
from compiler.kinds.api.authorizers import ApiAuthorizer, sources
from compiler.kinds.api.permission import permit, serves
from compiler.kinds.api.spec import Api, ApiRoute
from compiler.scope import Integration, Scope
from compiler.units import seconds

KEPT = "5m"  # how long an answer is kept where the spec does not say
# Source: provider schema AWS::ApiGatewayV2::Authorizer, `AuthorizerUri`, 2026-10-20.
_INVOCATION = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations"
)


def add(spec: Api, scope: Scope, api: apigatewayv2.Api) -> dict[str, apigatewayv2.Authorizer]:
    """Adds every authorizer; by name."""
    ways = {use.target: grant.integration for use, _, grant in scope.grants() if use.verb == "delegate"}
    made = {}
    for name, authorizer in sorted(spec.authorizers.items()):
        how = ways.get(authorizer.function or "")
        uses, path = serves(scope, authorizer.function or "", "delegate"), ("authorizers", name)
        made[name] = scope.add(_authorizer(name, authorizer, scope, api, how), path=path, serves=uses)
        if how:
            source = f"authorizers/${{{made[name].title}}}"
            permit(scope, api, f"Permission{names.pascal(name)}", how, source, path=path, uses=uses)
    return made


def authorization(spec: Api, route: ApiRoute, made: dict[str, apigatewayv2.Authorizer]) -> dict[str, Any]:
    """What a route says of who may call it."""
    if route.auth in ("iam", "none"):
        return {"AuthorizationType": {"iam": "AWS_IAM", "none": "NONE"}[route.auth]}
    scopes = {"AuthorizationScopes": route.scopes} if route.scopes else {}
    kind = "JWT" if spec.authorizers[route.auth].jwt else "CUSTOM"
    return {"AuthorizationType": kind, "AuthorizerId": Ref(made[route.auth]), **scopes}


def _authorizer(
    name: str, authorizer: ApiAuthorizer, scope: Scope, api: apigatewayv2.Api, how: Integration | None
) -> apigatewayv2.Authorizer:
    common = {"ApiId": Ref(api), "Name": name, "IdentitySource": sources(authorizer)}
    title = scope.id(f"Authorizer{names.pascal(name)}")
    if authorizer.jwt:
        jwt = apigatewayv2.JWTConfiguration(Issuer=authorizer.jwt.issuer, Audience=authorizer.jwt.audience)
        return apigatewayv2.Authorizer(title, AuthorizerType="JWT", JwtConfiguration=jwt, **common)
    assert how is not None  # the check has seen to it that a function is named
    return apigatewayv2.Authorizer(
        title,
        AuthorizerType="REQUEST",
        AuthorizerUri=Sub(_INVOCATION, {"Function": how.uri}),
        AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True,
        AuthorizerResultTtlInSeconds=seconds(authorizer.cache or KEPT),
        **common,
    )
