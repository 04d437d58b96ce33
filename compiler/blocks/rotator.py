"""The function that rotates a component's secrets, and the schedule of each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from troposphere import GetAtt, Ref, awslambda, secretsmanager

from compiler import names
from compiler.blocks import lambdas
from compiler.blocks.rotation import FUNCTION_NAME, Rotation, days
from compiler.model import Component, Path
from compiler.scope import Attribute, Scope

# A step waits at most 45 seconds for a paused database, and as long again to try a login.
TIMEOUT = 120


def attributes(component: Component) -> Mapping[str, Attribute]:
    """The name of the component's rotation function, for its alarm."""
    return {FUNCTION_NAME: Attribute(Ref(names.logical_id(component.name, "RotationFunction")))}


def add_function(
    scope: Scope,
    environment: Mapping[str, Any],
    statements: Sequence[Any],
    *,
    libraries: Iterable[str] = (),
    network: Mapping[str, Any] | None = None,
    path: Path = (),
) -> awslambda.Function:
    """Adds the function that we ship, with its role and log group; `network` is its place in the VPC."""
    wanted = lambdas.Shipped(
        "rotation",
        "Rotation",
        f"Rotates {scope.component.name}",
        TIMEOUT,
        statements=statements,
        environment=environment,
        libraries=libraries,
        network=network,
    )
    return lambdas.add_shipped(wanted, scope, path=path)


def add_schedule(
    scope: Scope,
    function: awslambda.Function,
    secret: secretsmanager.Secret,
    rotation: Rotation,
    *,
    part: str = "Rotation",
    at_once: bool = False,
    after: Iterable[str] = (),
    path: Path = (),
) -> None:
    """Adds the schedule of one secret, and before it the permission to call the function for this secret.

    Secrets Manager tries both when the schedule is made. With `at_once` it rotates then, too; `after` are the
    logical ids of what a rotation needs.
    """
    permission = scope.add(
        awslambda.Permission(
            scope.id(f"{part}Permission"),
            FunctionName=GetAtt(function, "Arn"),
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            SourceAccount=Ref("AWS::AccountId"),
            SourceArn=Ref(secret),
        ),
        path=path,
    )
    scope.add(
        secretsmanager.RotationSchedule(
            scope.id(f"{part}Schedule"),
            DependsOn=sorted({permission.title, *after}),
            SecretId=Ref(secret),
            RotationLambdaARN=GetAtt(function, "Arn"),
            RotationRules=secretsmanager.RotationRules(AutomaticallyAfterDays=days(rotation)),
            RotateImmediatelyOnUpdate=at_once,
        ),
        path=path,
    )
