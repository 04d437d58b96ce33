"""What lets an API call a function: for one route or one authorizer, never for more."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import Sub, apigatewayv2, awslambda

from compiler.model import Connection, Path
from compiler.scope import Integration, Scope


def serves(scope: Scope, target: str, verb: str) -> tuple[Connection, ...]:
    """The API's connections to one target, which stand for all its routes or authorizers that name it."""
    return tuple(use for use in scope.component.connections if (use.target, use.verb) == (target, verb))


def permit(
    scope: Scope,
    api: apigatewayv2.Api,
    part: str,
    how: Integration,
    source: str,
    *,
    path: Path,
    uses: Iterable[Connection],
) -> None:
    """Adds the permission for these uses; `source`, a text for Sub, ends the ARN by which the API calls."""
    calls = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api.title}}}/"
    scope.add(
        awslambda.Permission(
            scope.id(part),
            FunctionName=how.function_name,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=Sub(calls + source),
        ),
        path=path,
        serves=uses,
    )
