"""What goes to the second region from here: the shapes that several kinds need."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs.aws import Condition, Statement, StringEquals
from troposphere import Sub, secretsmanager

from compiler.blocks import iam
from compiler.protection import is_replicated
from compiler.scope import Scope


def secret_replicas(scope: Scope) -> dict[str, Any]:
    """The properties of a secret whose value is in the second region too, where the platform wants that."""
    if not is_replicated(scope.component, scope.platform):
        return {}
    replica = secretsmanager.ReplicaRegion(
        Region=scope.value("recovery", "region"),
        KmsKeyId=scope.value("encryption", "recovery_secrets_key_arn"),
    )
    return {"ReplicaRegions": [replica]}


def encrypt_there(scope: Scope) -> tuple[Statement, ...]:
    """Lets whoever changes a secret encrypt its replica: Secrets Manager replicates in the caller's name.

    The guide asks it of who replicates, and does not say which of the two regions the call comes from.
    Source: Secrets Manager user guide, "Troubleshoot AWS Secrets Manager replication", 2026.
    """
    if not is_replicated(scope.component, scope.platform):
        return ()
    there = Sub("secretsmanager.${Region}.${AWS::URLSuffix}", Region=scope.value("recovery", "region"))
    here = Sub("secretsmanager.${AWS::Region}.${AWS::URLSuffix}")
    key = scope.value("encryption", "recovery_secrets_key_arn")
    through = Condition(StringEquals({"kms:ViaService": [here, there]}))
    return (iam.allow([kms.Encrypt, kms.GenerateDataKey], key, through),)
