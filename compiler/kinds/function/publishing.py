"""Function -> its version and the alias by which callers reach it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, Ref, awslambda

from compiler import names
from compiler.kinds.function import Function
from compiler.patching import patched
from compiler.scope import Scope

ALIAS = "live"
# No part of a version. Source: Lambda developer guide, "Manage Lambda function versions".
NOT_OF_A_VERSION = frozenset(
    {"CodeSigningConfigArn", "RecursiveLoop", "ReservedConcurrentExecutions", "Tags"}
)


@dataclass(frozen=True)
class Called:
    """How whatever starts a function names it."""

    arn: Any
    function: Any  # without the alias
    qualifier: str
    after: tuple[str, ...] = ()  # the logical ids without which the qualifier means nothing


def alias_id(component: str) -> str:
    """The logical id of a function's alias."""
    return names.logical_id(component, "LiveAlias")


def called(spec: Function, scope: Scope, function: awslambda.Function) -> Called:
    """Adds a version and its alias where the spec asks for them; returns what is called then."""
    if not spec.publish:
        return Called(GetAtt(function, "Arn"), Ref(function), "$LATEST")
    version = scope.add(
        awslambda.Version(scope.id(f"Version{_digest(spec, function)}"), FunctionName=Ref(function)),
        path=("publish",),
    )
    alias = scope.add(
        awslambda.Alias(
            alias_id(scope.component.name),
            Name=ALIAS,
            FunctionName=Ref(function),
            FunctionVersion=GetAtt(version, "Version"),
            **_provisioned(spec),
        ),
        path=("publish",),
    )
    return Called(Ref(alias), Ref(function), ALIAS, (alias.title,))


def _provisioned(spec: Function) -> Mapping[str, Any]:
    if spec.provisioned_concurrency is None:
        return {}
    amount = awslambda.ProvisionedConcurrencyConfiguration(
        ProvisionedConcurrentExecutions=spec.provisioned_concurrency
    )
    return {"ProvisionedConcurrencyConfig": amount}


def _digest(spec: Function, function: awslambda.Function) -> str:
    """Of everything that a version keeps: a version never changes, so what changes is another one."""
    properties = _as_overridden(spec, function).get("Properties", {})
    kept = {name: value for name, value in properties.items() if name not in NOT_OF_A_VERSION}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:10]


def _as_overridden(spec: Function, function: awslambda.Function) -> Mapping[str, Any]:
    """Patches come after the kinds; a version without them would leave its callers with what was before."""
    found: Mapping[str, Any] = json.loads(json.dumps(function.to_dict()))
    operations = [one.patch for one in spec.overrides if one.resource == function.title]
    try:
        return patched(found, [operation for listed in operations for operation in listed])
    except ValueError:  # `overriding` says what is wrong
        return found
