"""A custom resource -> the function that serves it: its ServiceToken, as the template has it."""

from __future__ import annotations

import json
from typing import Any

from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.records import StackEvent


def is_custom(kind: str) -> bool:
    """Whether a resource type is served by a function of the account."""
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def by(aws: Aws, event: StackEvent) -> list[str]:
    """The function's name or ARN; empty when the stack no longer tells."""
    try:
        resources = json.loads(aws.template(event.stack_id)).get("Resources", {})
        token = resources.get(event.logical_id, {}).get("Properties", {}).get("ServiceToken")
        return [found] if (found := _value(aws, event.stack_id, token)) else []
    except (DeployError, ValueError, AttributeError):  # gone, or a template that is not of our making
        return []


def _value(aws: Aws, stack_id: str, token: Any) -> str:
    if isinstance(token, str):
        return token
    target = token.get("Fn::GetAtt", [token.get("Ref")])[0]
    physical = {found.logical_id: found.physical_id for found in aws.resources(stack_id)}
    live = aws.stack(stack_id)
    return physical.get(target) or (live.parameters.get(target, "") if live else "")
