"""Keys and secrets."""

from __future__ import annotations

from compiler.cost.charge import Charges, monthly, used
from compiler.cost.estimate import Range
from compiler.cost.subject import Resource

TEN_THOUSAND = 1e4
# Rotations of a key that are billed, each like a key. Source: KMS pricing page, 2026.
BILLED_ROTATIONS = 2


def key(resource: Resource) -> Charges:
    """A key; expected is one that was not rotated yet, at most two rotations are billed as well."""
    rotates = str(resource.get("EnableKeyRotation", default="false")).lower() == "true"
    yield monthly("key", "kms.key", Range(1, 1, 1 + BILLED_ROTATIONS * rotates))
    yield used("requests", "kms.requests", resource.share("requests"), "requests", TEN_THOUSAND)


def replica(resource: Resource) -> Charges:
    """A key in another region is billed like one of its own; it rotates with its primary."""
    yield monthly("replica key", "kms.key", Range(1, 1, 1 + BILLED_ROTATIONS))


def secret(resource: Resource) -> Charges:
    """A secret and each of its replicas."""
    replicas = len(resource.get("ReplicaRegions", default=()))
    yield monthly("secret and replicas" if replicas else "secret", "secret", 1 + replicas)
    yield used("requests", "secret.requests", resource.share("reads"), "reads", TEN_THOUSAND)


PRICERS = {
    "AWS::KMS::Key": key,
    "AWS::KMS::ReplicaKey": replica,
    "AWS::SecretsManager::Secret": secret,
}
