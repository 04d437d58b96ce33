"""What exists already, in expressions that hold in every stack and name no account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Sub

from compiler.scope import Attribute


def arn(service: str, resource: str) -> Sub:
    """The ARN of a resource of the platform's own account and region; `resource` is its last part."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")


def key_attribute(existing: Any) -> Mapping[str, Attribute]:
    """The attribute `key_arn`, when the record says which key of the account encrypts the thing."""
    return {"key_arn": Attribute(arn("kms", f"key/{existing.key}"))} if existing.key else {}
