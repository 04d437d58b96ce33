"""Rules of the class interrupting, about values: by which somebody waits, is refused, or cannot go back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.review.case import Case, Rule
from compiler.review.rules.guards import (
    Guard,
    another,
    became,
    findings,
    gone,
    is_known,
    newly_given,
    shortened,
    turned_off,
)


def _checked(before: Any, after: Any) -> bool:
    """Anyone was let in before, by what is written or by default; only some are after."""
    return (before == "NONE" or newly_given(before, after)) and is_known(after) and after != "NONE"


_SERVICES = r"ServiceConnectConfiguration\.Services\[.*\]"
_LIMITS = (
    # A replica that goes drops its connections.
    Guard(r"ElastiCache::ReplicationGroup", r"NumCacheClusters|ReplicasPerNodeGroup", shortened),
    # Larger ones are refused.
    Guard(r"SQS::Queue", r"MaximumMessageSize", lambda old, new: shortened(old, new, 1_048_576)),
    Guard(r"Kinesis::Stream", r"MaxRecordSizeInKiB", lambda old, new: shortened(old, new, 1024)),
    # Zero stops every invocation. Source: Lambda developer guide, "Reserved concurrency", 2026.
    Guard(r"Lambda::Function", r"ReservedConcurrentExecutions", lambda old, new: str(new) == "0"),
    # Who sends no signature or token is refused.
    Guard(r"ApiGateway(V2)?::(Route|Method)", r"AuthorizationType", _checked),
    # Who has not been deployed again calls the old one.
    Guard(r"ECS::Service", rf"{_SERVICES}\.ClientAliases\[.*\]\.(Port|DnsName)", another),
    Guard(r"ECS::Service", rf"{_SERVICES}\.(PortName|DiscoveryName)", another),
    Guard(r"ECS::Service", r"ServiceConnectConfiguration\.Namespace", another),
)
# Another view is another stream, with an ARN of its own. Source: DynamoDB developer guide, "Change data
# capture for DynamoDB Streams", 2026.
_STREAMS = (
    Guard(r"DynamoDB::Table", r"StreamSpecification\.StreamViewType", another),
    Guard(r"DynamoDB::Table", r"StreamSpecification\.StreamViewType", gone),
)
_SILENCE = (
    Guard(
        r"CloudWatch::(Alarm|CompositeAlarm)", r"ActionsEnabled", lambda old, new: turned_off(_on(old), new)
    ),
    Guard(r"Scheduler::Schedule", r"State", became("DISABLED")),
)
# Kept with each record or object, so that readers need the old key until the last of them is gone.
_KEYS = (
    Guard(r"Kinesis::Stream", r"StreamEncryption\.KeyId", another),
    Guard(r"S3::Bucket", r"BucketEncryption\..*KMSMasterKeyID", another),
    Guard(r"SQS::Queue", r"KmsMasterKeyId", another),
    Guard(r"Logs::LogGroup", r"KmsKeyId", another),
)
_COLD = {"GLACIER", "DEEP_ARCHIVE"}  # not GLACIER_IR, which answers at once


def _refused(case: Case) -> Iterator[str]:
    yield from findings(case, _LIMITS, "some of those who use it are cut off or refused")
    yield from findings(case, _STREAMS, "the stream ends, or is another one; its readers lose their place")
    yield from findings(case, _SILENCE, "what it starts or tells stops")


def _another_key(case: Case) -> Iterator[str]:
    yield from findings(case, _KEYS, "what was written before still needs the old key, and readers both")


def _archived(case: Case) -> Iterator[str]:
    """Source: S3 user guide, "Restoring an archived object", 2026."""
    if case.type == "AWS::S3::Bucket" and case.persists:
        old, new = _cold(case.old("LifecycleConfiguration")), _cold(case.new("LifecycleConfiguration"))
        for name in sorted(new):
            if new[name] < old.get(name, float("inf")):
                yield f"the rule {name} archives after {new[name]:g} days; a read then waits for a restore"


def _cold(lifecycle: Any) -> dict[str, float]:
    """After how many days the objects of a rule, by its id, can no longer be read at once."""
    found: dict[str, float] = {}
    for rule in (lifecycle.get("Rules") or ()) if isinstance(lifecycle, Mapping) else ():
        days = [
            float(each.get("TransitionInDays", 0))
            for each in rule.get("Transitions") or ()
            if each.get("StorageClass") in _COLD
        ]
        if days:
            found[str(rule.get("Id"))] = min(days)
    return found


def _locked(case: Case) -> Iterator[str]:
    """Sources: S3 user guide, "Object Lock"; AWS Backup developer guide, "Vault Lock"; 2026."""
    if not (case.joins or case.persists):
        return
    old, new = (_mode(side("ObjectLockConfiguration")) for side in (case.old, case.new))
    if new == "COMPLIANCE" != old:
        yield "nobody can delete what is written from now on before its time, not even the root user"
    old, new = (_grace(side("LockConfiguration")) for side in (case.old, case.new))
    if case.type == "AWS::Backup::BackupVault" and new is not None and old is None:
        yield f"after {new} days nobody can take the lock away, and nobody can delete what it holds"


def _mode(lock: Any) -> Any:
    for step in ("Rule", "DefaultRetention", "Mode"):
        lock = lock.get(step) if isinstance(lock, Mapping) else None
    return lock


def _grace(lock: Any) -> Any:
    return lock.get("ChangeableForDays") if isinstance(lock, Mapping) else None


def _on(value: Any) -> Any:
    """Alarms act unless they are told not to."""
    return True if gone(True, value) else value


RULES = (
    Rule("R137", "interrupting", "some of those who use it are cut off, refused or not told", _refused),
    Rule("R138", "interrupting", "objects must be restored before they can be read", _archived),
    Rule("R139", "interrupting", "a lock that nobody can take away", _locked),
    Rule("R140", "interrupting", "what was encrypted before needs the old key", _another_key),
)
