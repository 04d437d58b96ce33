"""Bucket -> what sends its objects to the twin in the second region: a rule, and the role of S3."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs import s3 as act
from awacs.aws import Condition, Statement, StringEquals
from troposphere import GetAtt, Join, Ref, Sub, s3
from troposphere import iam as roles

from compiler.blocks import iam
from compiler.kinds.bucket import Bucket
from compiler.protection import is_replicated
from compiler.scope import Scope

# Source: S3 user guide, "Setting up permissions for live replication", 2026.
READ = (act.GetObjectVersionForReplication, act.GetObjectVersionAcl, act.GetObjectVersionTagging)
# Of a bucket with a lock S3 copies nothing without them.
# Source: S3 user guide, "Object Lock considerations", section on replication, 2026.
READ_LOCKS = (act.GetObjectLegalHold, act.GetObjectRetention)
WRITE = (act.ReplicateObject, act.ReplicateDelete, act.ReplicateTags)


def replication(scope: Scope) -> dict[str, Any]:
    """The bucket's properties that send its objects on, where the platform wants that; adds the role."""
    if not is_replicated(scope.component, scope.platform):
        return {}
    role = scope.add(
        roles.Role(
            scope.id("ReplicationRole"),
            AssumeRolePolicyDocument=iam.trust("s3.amazonaws.com"),
            Description=f"Lets S3 copy {scope.component.name} to the second region",
        )
    )
    # Not inline: the policy names the bucket, which names the role.
    scope.add(
        roles.PolicyType(
            scope.id("ReplicationPolicy"),
            PolicyName="replication",
            PolicyDocument=iam.document(_statements(scope)),
            Roles=[Ref(role)],
        )
    )
    return {"ReplicationConfiguration": _configuration(scope, role)}


def _configuration(scope: Scope, role: Any) -> s3.ReplicationConfiguration:
    """Every object, with the markers of those that are deleted: the twin must not bring them back."""
    key = scope.value("encryption", "recovery_data_key_arn")
    destination = s3.ReplicationConfigurationRulesDestination(
        Bucket=scope.value(scope.component.name, "recovery_arn"),
        EncryptionConfiguration=s3.EncryptionConfiguration(ReplicaKmsKeyID=key),
    )
    rule = s3.ReplicationConfigurationRules(
        Id="second-region",
        Status="Enabled",
        Priority=1,
        Filter=s3.ReplicationRuleFilter(Prefix=""),
        DeleteMarkerReplication=s3.DeleteMarkerReplication(Status="Enabled"),
        SourceSelectionCriteria=s3.SourceSelectionCriteria(
            SseKmsEncryptedObjects=s3.SseKmsEncryptedObjects(Status="Enabled")
        ),
        Destination=destination,
    )
    return s3.ReplicationConfiguration(Role=GetAtt(role, "Arn"), Rules=[rule])


def _statements(scope: Scope) -> list[Statement]:
    bucket = GetAtt(scope.id("Bucket"), "Arn")
    twin = scope.value(scope.component.name, "recovery_arn")
    spec = scope.component.spec
    assert isinstance(spec, Bucket)
    reading = (*READ, *(READ_LOCKS if spec.object_lock else ()))
    return [
        iam.allow([act.GetReplicationConfiguration, act.ListBucket], bucket),
        iam.allow(reading, Join("", [bucket, "/*"])),
        iam.allow(WRITE, Join("", [twin, "/*"])),
        *iam.use_key(scope.key("data"), [kms.Decrypt], "s3"),
        _encrypt_there(scope),
    ]


def _encrypt_there(scope: Scope) -> Statement:
    service = Sub("s3.${Region}.${AWS::URLSuffix}", Region=scope.value("recovery", "region"))
    return iam.allow(
        [kms.Encrypt, kms.GenerateDataKey],
        scope.value("encryption", "recovery_data_key_arn"),
        Condition(StringEquals({"kms:ViaService": service})),
    )
