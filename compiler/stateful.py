"""Which resource types hold data, and what keeps it when they are deleted or replaced."""

from __future__ import annotations

from typing import NamedTuple


class Policies(NamedTuple):
    """A resource's DeletionPolicy and UpdateReplacePolicy."""

    deletion: str
    update_replace: str


SNAPSHOT = Policies("Snapshot", "Snapshot")
# A create that fails must clean up after itself, or its names block the next try.
RETAIN = Policies("RetainExceptOnCreate", "Retain")
DELETE = Policies("Delete", "Delete")

# Source: CloudFormation user guide, "DeletionPolicy attribute": the types that support snapshots.
STATEFUL = {
    "AWS::Backup::BackupVault": RETAIN,
    "AWS::DynamoDB::Table": RETAIN,
    "AWS::EFS::FileSystem": RETAIN,
    "AWS::ElastiCache::ReplicationGroup": SNAPSHOT,
    "AWS::ElastiCache::ServerlessCache": RETAIN,
    "AWS::Events::Archive": RETAIN,
    "AWS::KMS::Key": RETAIN,
    "AWS::KMS::ReplicaKey": RETAIN,
    "AWS::Kinesis::Stream": RETAIN,
    "AWS::Logs::LogGroup": RETAIN,
    "AWS::RDS::DBCluster": SNAPSHOT,
    "AWS::S3::Bucket": RETAIN,
    "AWS::SQS::Queue": RETAIN,
    "AWS::SecretsManager::Secret": RETAIN,
}


def policies(resource_type: str, profile: str) -> Policies | None:
    """What a resource of this type gets; outside production nothing outlives its stack."""
    if resource_type not in STATEFUL:
        return None
    return STATEFUL[resource_type] if profile == "production" else DELETE
