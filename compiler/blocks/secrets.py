"""What roles may do with a secret: read its value, or make the next one."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs import secretsmanager as act
from awacs.aws import Statement

from compiler.blocks import iam, replicas
from compiler.model import Component
from compiler.scope import Scope

READ = (act.DescribeSecret, act.GetSecretValue)
ROTATE = (*READ, act.PutSecretValue, act.UpdateSecretVersionStage)
SERVICE = "secretsmanager"


def read(scope: Scope, arn: Any, of: Component | None = None) -> tuple[Statement, ...]:
    """Gets this one secret's value, and uses the key for this one secret only; `of` is whose secret it is."""
    key = iam.use_key(scope.key("secrets", of), [kms.Decrypt], SERVICE, context={"SecretARN": arn})
    return (iam.allow(READ, arn), *key)


def rotate(scope: Scope, arns: list[Any]) -> tuple[Statement, ...]:
    """Reads and writes the values of these secrets, and moves their labels.

    AWS's example adds the condition `secretsmanager:resource/AllowRotationLambdaArn`. That names the
    function, which names this role: a circle. The secrets themselves are named here, which is narrower.
    Source: Secrets Manager user guide, "Lambda rotation function execution role permissions", 2026.
    """
    use = [kms.Decrypt, kms.GenerateDataKey]
    key = iam.use_key(scope.key("secrets"), use, SERVICE, context={"SecretARN": _one_or_all(arns)})
    drawing = iam.allow([act.GetRandomPassword], "*")
    return (iam.allow(ROTATE, arns), drawing, *key, *replicas.encrypt_there(scope))


def _one_or_all(arns: list[Any]) -> Any:
    return arns[0] if len(arns) == 1 else arns
