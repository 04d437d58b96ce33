"""What lets an API call a function: for one route or one authorizer, never for more."""

from __future__ import annotations

from troposphere import Sub, apigatewayv2, awslambda

from compiler.model import Path
from compiler.scope import Integration, Scope


def permit(
    scope: Scope, api: apigatewayv2.Api, part: str, how: Integration, source: str, *, path: Path
) -> None:
    """Adds the permission; `source`, a text for Sub, is the end of the ARN by which the API calls."""
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
    )
