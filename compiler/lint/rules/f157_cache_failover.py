"""F157: a replication group that promises what its nodes cannot keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.lint.subject import Hit, Subject, is_true, number

ID = "F157"
SEVERITY = "error"
SUMMARY = "a cache's failover, zones or authentication contradict its other settings"
WHY = "ElastiCache refuses the group."
FIX = "Have two nodes for failover, failover for several zones, and TLS for authentication."
SOURCE = "ElastiCache API reference, CreateReplicationGroup"


def check(subject: Subject) -> Iterator[Hit]:
    """Each contradiction."""
    for resource in subject.of("AWS::ElastiCache::ReplicationGroup"):
        for name, message in _faults(resource.properties):
            yield resource.hit(message, name)


def _faults(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    failover = is_true(found.get("AutomaticFailoverEnabled"))
    if failover and number(found.get("NumCacheClusters")) == 1:
        yield "AutomaticFailoverEnabled", "failover needs two nodes, NumCacheClusters is 1"
    if is_true(found.get("MultiAZEnabled")) and not failover:
        yield "MultiAZEnabled", "several zones need AutomaticFailoverEnabled"
    signing = [name for name in ("AuthToken", "UserGroupIds") if found.get(name)]
    if signing and not is_true(found.get("TransitEncryptionEnabled")):
        yield signing[0], f"{signing[0]} needs TransitEncryptionEnabled"
