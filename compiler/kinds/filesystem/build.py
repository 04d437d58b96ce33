"""Filesystem -> AWS::EFS::FileSystem with a mount target in every zone, and what its verbs grant.

One rule decides who sees what: consumers that name the same folder see the same files, and without a name all
name the same one. Every consumer has an access point of its own, so that it can be shut out alone, but all of
them act as one user, so that what one writes another can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import elasticfilesystem as act
from awacs.aws import Allow, Bool, Condition, Deny, Null, PolicyDocument, Principal, Statement, StringEquals
from troposphere import GetAtt, Ref, Select, Sub, efs

from compiler import names
from compiler.blocks import iam, reach
from compiler.kinds.filesystem import Filesystem, days
from compiler.model import Component, Connection, Platform
from compiler.protection import is_replicated, taken_by
from compiler.scope import Attribute, Grant, Mount, Port, Scope

NFS = 2049
# Any user but root will do, as long as it is the same for all.
USER = "1000"
CLIENT = (act.ClientMount, act.ClientRootAccess, act.ClientWrite)


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The filesystem's id and ARN, and the group in front of its mount targets."""
    title = names.logical_id(component.name, "FileSystem")
    return {
        "id": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "Arn")),
        "security_group_id": reach.security_group_attribute(component),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the filesystem, and a mount target in the isolated subnet of each zone."""
    spec = component.spec
    assert isinstance(spec, Filesystem)
    add_file_system(spec, scope, backed_up=_backs_up_itself(spec, scope), **_replication(scope))
    group = reach.security_group(scope, "filesystem")
    add_mount_targets(scope, group, scope.value("network", "isolated_subnet_ids"))


def add_file_system(spec: Filesystem, scope: Scope, *, backed_up: bool, **properties: Any) -> None:
    """Adds the filesystem itself."""
    key = scope.key("data")
    scope.add(
        efs.FileSystem(
            scope.id("FileSystem"),
            Encrypted=True,
            PerformanceMode="generalPurpose",
            ThroughputMode=spec.throughput,
            LifecyclePolicies=_lifecycle(spec),
            BackupPolicy=efs.BackupPolicy(Status="ENABLED" if backed_up else "DISABLED"),
            FileSystemPolicy=_policy().JSONrepr(),  # troposphere takes a dict here, unlike elsewhere
            **({"KmsKeyId": key} if key is not None else {}),
            **properties,
        )
    )


def add_mount_targets(scope: Scope, group: Any, subnets: Any) -> None:
    """Adds a mount target in each zone's subnet, behind the security group."""
    for zone in range(scope.value("network", "availability_zones")):
        scope.add(
            efs.MountTarget(
                scope.id(f"MountTarget{chr(ord('A') + zone)}"),
                FileSystemId=Ref(scope.id("FileSystem")),
                SubnetId=Select(zone, subnets),
                SecurityGroups=[group],
            )
        )


def _replication(scope: Scope) -> dict[str, Any]:
    """What sends the files to the twin in the second region, where the platform wants that."""
    if not is_replicated(scope.component, scope.platform):
        return {}
    twin = efs.ReplicationDestination(
        FileSystemId=scope.value(scope.component.name, "recovery_id"),
        Region=scope.value("recovery", "region"),
    )
    return {"ReplicationConfiguration": efs.ReplicationConfiguration(Destinations=[twin])}


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """Both verbs mount a folder through the consumer's own access point; only `write` may change files."""
    system, arn = scope.value(component.name, "id"), scope.value(component.name, "arn")
    point = _access_point(connection, system, scope)
    actions = CLIENT[:1] if connection.verb == "read" else (act.ClientMount, act.ClientWrite)
    through = Condition(StringEquals({"elasticfilesystem:AccessPointArn": GetAtt(point, "Arn")}))
    return Grant(
        (iam.allow(actions, arn, through),),
        ports=(Port(scope.value(component.name, "security_group_id"), NFS),),
        mount=Mount(
            file_system_id=system,
            access_point_id=Ref(point),
            access_point_arn=GetAtt(point, "Arn"),
            path=connection.options["mount"],
            read_only=connection.verb == "read",
        ),
    )


def _backs_up_itself(spec: Filesystem, scope: Scope) -> bool:
    """Not when a plan takes it: the files would be kept, and paid, twice."""
    return spec.automatic_backups and not taken_by(scope.component, scope.platform)


def _access_point(connection: Connection, system: object, scope: Scope) -> efs.AccessPoint:
    owner = efs.CreationInfo(OwnerUid=USER, OwnerGid=USER, Permissions="0750")
    return scope.add(
        efs.AccessPoint(
            scope.id(f"{names.pascal(connection.target)}AccessPoint"),
            FileSystemId=system,
            PosixUser=efs.PosixUser(Uid=USER, Gid=USER),
            RootDirectory=efs.RootDirectory(Path=connection.options["folder"], CreationInfo=owner),
        ),
        path=("connections", connection.target),
    )


def _lifecycle(spec: Filesystem) -> list[efs.LifecyclePolicy]:
    """The transitions asked for, each an item of its own, as EFS wants them."""
    asked = {
        "TransitionToIA": days(spec.transition_to_ia),
        "TransitionToArchive": days(spec.transition_to_archive),
    }
    found = [
        efs.LifecyclePolicy(**{name: f"AFTER_{after}_DAY{'S' if after > 1 else ''}"})
        for name, after in asked.items()
        if after is not None
    ]
    return [*found, efs.LifecyclePolicy(TransitionToPrimaryStorageClass="AFTER_1_ACCESS")] if found else []


def _policy() -> PolicyDocument:
    """Roles of this account that IAM allows in, through an access point and over TLS; nobody else.

    Statements name no resource: a filesystem's own policy can only mean the filesystem.
    """
    account = Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    inside = Condition(Bool({"elasticfilesystem:AccessedViaMountTarget": True}))
    return iam.document(
        [
            Statement(
                Sid="ThisAccount",
                Effect=Allow,
                Principal=account,
                Action=[act.ClientMount, act.ClientWrite],
                Condition=inside,
            ),
            _never("TlsOnly", Condition(Bool({"aws:SecureTransport": False}))),
            _never("AccessPointsOnly", Condition(Null({"elasticfilesystem:AccessPointArn": True}))),
        ]
    )


def _never(sid: str, condition: Condition) -> Statement:
    return Statement(
        Sid=sid, Effect=Deny, Principal=Principal("AWS", "*"), Action=list(CLIENT), Condition=condition
    )
