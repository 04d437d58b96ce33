"""What goes to the second region from here: the shapes that several kinds need."""

from __future__ import annotations

from typing import Any

from troposphere import secretsmanager

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
