"""Rules of the class data-loss: what holds data goes, or what protects it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Rule, policy
from compiler.review.paths import MISSING, scalar
from compiler.review.rules import plans
from compiler.review.rules.guards import (
    Guard,
    findings,
    gone,
    is_known,
    shortened,
    turned_off,
    turned_on,
)

_FATES = {
    "delete": "its data is deleted",
    "snapshot": "a final snapshot is kept, the data leaves the platform",
    "retain": "it is kept, but no stack manages it any more",
}
_ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy")

_FOREVER = float("inf")  # what no retention, and no expiry, means
_QUEUE_DEFAULT = 345_600  # seconds; the default in the schema of AWS::SQS::Queue
_KEPT_ASIDE = r"(.*\.)?(DeadLetterConfig\.(Arn|TargetArn)|DestinationConfig\.OnFailure\.Destination)"
_KEY_WINDOW = 30  # days; the default in the schema of AWS::KMS::Key


def _evicts_more(before: Any, after: Any) -> bool:
    """Whether keys may go that were safe: by `noeviction` none may, by `volatile-...` those that expire."""
    return is_known(after) and (is_known(before) or before is MISSING) and _evicted(after) > _evicted(before)


def _evicted(policy: Any) -> int:
    # `volatile-lru` without any. Source: ElastiCache user guide, "Valkey and Redis OSS parameters", 2026.
    return 0 if policy == "noeviction" else 2 if str(policy).startswith("allkeys") else 1


_BACKUPS = (
    Guard(r"RDS|DocDB|Neptune", r"BackupRetentionPeriod", shortened),
    Guard(r"ElastiCache|MemoryDB", r"SnapshotRetentionLimit", shortened),
    Guard(r"EFS::FileSystem", r"BackupPolicy\.Status", turned_off),
    Guard(r"DynamoDB", r".*PointInTimeRecoveryEnabled", turned_off),
    Guard(r"DynamoDB", r".*RecoveryPeriodInDays", shortened, of_item=True),
    Guard(r"S3::Bucket", r"VersioningConfiguration\.Status", turned_off),
    Guard(r"S3::Bucket", r"ReplicationConfiguration\.Role", turned_off),
    Guard(r"RDS", r"DeleteAutomatedBackups", turned_on),
    # A second region is a backup too.
    Guard(r"SecretsManager::Secret", r"ReplicaRegions\[.*\]\.Region", gone),
    Guard(r"EFS::FileSystem", r"ReplicationConfiguration\.Destinations\[.*\]\..*", gone),
    Guard(r"DynamoDB::GlobalTable", r"Replicas\[.*\]\.Region", gone),
)
_PROTECTIONS = (
    Guard(r".*", r"DeletionProtection(Enabled)?", turned_off),
    Guard(r"ElasticLoadBalancingV2", r".*\[deletion_protection\.enabled\]\.Value", turned_off),
    Guard(r"S3::Bucket", r"ObjectLock.*", turned_off),
    Guard(r"S3::Bucket", r"ObjectLock.*\.(Days|Years)", shortened),
    # The other limit, MaxRetentionDays, keeps nothing.
    Guard(r"Backup::BackupVault", r"LockConfiguration\.MinRetentionDays", shortened),
    Guard(r"KMS::Key", r"PendingWindowInDays", lambda old, new: shortened(old, new, _KEY_WINDOW)),
    Guard(r"EFS::FileSystem", r"FileSystemProtection\..*", turned_off),
    Guard(r"ECR::Repository", r"EmptyOnDelete", turned_on),
)
_EXPIRIES = (
    Guard(r"Kinesis::Stream", r"RetentionPeriodHours", shortened),
    Guard(r"SQS::Queue", r"MessageRetentionPeriod", lambda old, new: shortened(old, new, _QUEUE_DEFAULT)),
    Guard(r"Logs::LogGroup", r"RetentionInDays", lambda old, new: shortened(old, new, _FOREVER)),
    Guard(r"Events::Archive", r"RetentionDays", lambda old, new: shortened(old, new, _FOREVER)),
    Guard(
        r"S3::Bucket",
        r"LifecycleConfiguration\.Rules\[.*\]\.(NoncurrentVersionExpiration.*|ExpirationInDays)",
        lambda old, new: shortened(old, new, _FOREVER),
    ),
    # What cannot be worked on is no longer kept aside.
    Guard(r"SQS::Queue|SNS::Subscription", r"RedrivePolicy\.deadLetterTargetArn", gone),
    Guard(r"Lambda::.*|Events::Rule|Scheduler::Schedule", _KEPT_ASIDE, gone, of_item=True),
    Guard(r"DynamoDB", r"TimeToLiveSpecification\.Enabled", turned_on),
    Guard(r"ElastiCache", r"Properties\.maxmemory-policy", _evicts_more),
    # What is over it is evicted. Source: ElastiCache user guide, "Scaling ElastiCache Serverless", 2026.
    Guard(
        r"ElastiCache::ServerlessCache",
        r"CacheUsageLimits\.DataStorage\.Maximum",
        lambda old, new: shortened(old, new, _FOREVER),
    ),
)


def _removed(case: Case) -> Iterator[str]:
    if case.stateful and case.action == "remove":
        yield f"holds data and is removed; {_FATES[case.fate]}"


def _replaced(case: Case) -> Iterator[str]:
    if case.stateful and case.action == "replace":
        yield f"holds data and is replaced by an empty one; {_FATES[case.fate]}"
    elif case.stateful and case.action == "may-replace":
        yield f"holds data and may be replaced by an empty one; then {_FATES[case.fate]}"


def _policy_weakened(case: Case) -> Iterator[str]:
    if not (case.stateful and case.persists):
        return
    for attribute in _ATTRIBUTES:
        before, after = policy(case.before, attribute), policy(case.after, attribute)
        if after == "delete" and before != "delete":
            yield f"{attribute} no longer keeps the data ({before} before)"


def _backups(case: Case) -> Iterator[str]:
    yield from findings(case, _BACKUPS, "backups are kept shorter, or not made any more")
    yield from plans.weakened(case)


def _protections(case: Case) -> Iterator[str]:
    yield from findings(case, _PROTECTIONS, "no longer protected against deletion")


def _expiries(case: Case) -> Iterator[str]:
    yield from findings(case, _EXPIRIES, "data expires sooner, or is not kept aside any more")


# What KMS never changes of a key, and what it is when nobody writes it. CloudFormation refuses it, lest
# a key be lost by accident. Source: schema of AWS::KMS::Key, 2026-10-20, texts of these properties.
_FIXED = {
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": "false",
    "Origin": "AWS_KMS",
}


def _fixed_key(case: Case) -> Iterator[str]:
    if case.type != "AWS::KMS::Key" or not case.persists:
        return
    for name, default in _FIXED.items():
        was, now = (scalar(default if value is None else value) for value in (case.old(name), case.new(name)))
        if was != now and _is_text(case.old(name)) and _is_text(case.new(name)):
            kept = f"`encryption: {{replicable: {was}}}`" if name == "MultiRegion" else f"{name}: {was}"
            yield (
                f"KMS never changes {name} of a key that exists, so the deployment fails; "
                f"write {kept} to leave the key as it is"
            )


def _is_text(value: Any) -> bool:
    """Whether the value is known, or there is none."""
    return value is None or isinstance(value, (str, bool))


def _global_database(case: Case) -> Iterator[str]:
    """The first cluster is changed before the second one goes, and RDS refuses that of a global database's.

    Source: Aurora user guide, "Limitations for Secrets Manager integration" and "Removing a cluster from an
    Aurora global database", 2026.
    """
    if case.type == "AWS::RDS::GlobalCluster" and case.action == "remove":
        yield (
            "RDS neither deletes a global database with clusters in it nor keeps their master password: the "
            "deployment fails; take the clusters out before: docs/recovery.md"
        )


RULES = (
    Rule("R101", "data-loss", "a resource that holds data is removed", _removed),
    Rule("R102", "data-loss", "a resource that holds data is, or may be, replaced", _replaced),
    Rule("R103", "data-loss", "a deletion or replacement policy no longer keeps the data", _policy_weakened),
    Rule("R104", "data-loss", "versions, snapshots or replicas are weakened", _backups),
    Rule("R105", "data-loss", "protection against deletion is turned off", _protections),
    Rule("R106", "data-loss", "data expires sooner, or is not kept aside", _expiries),
    Rule("R107", "data-loss", "a key is to become what no key can become", _fixed_key, refuses=True),
    Rule("R108", "data-loss", "a database is to leave its second region", _global_database),
)
