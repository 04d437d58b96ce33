"""Databases and caches: the latest events that RDS and ElastiCache keep of them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence.looks import Looks, Subject

RDS = Read("rds", "DescribeEvents", "Events")
ELASTICACHE = Read("elasticache", "DescribeEvents", "Events")
READS = (RDS, ELASTICACHE)
SHOWN = 10
MINUTES = 180  # how far back, when it is not known when the operation began

# Source: RDS and ElastiCache API references, DescribeEvents, SourceType, 2026-11.
_SOURCES = {
    "AWS::RDS::DBInstance": (RDS, "db-instance"),
    "AWS::RDS::DBCluster": (RDS, "db-cluster"),
    "AWS::RDS::DBProxy": (RDS, "db-proxy"),
    "AWS::ElastiCache::ReplicationGroup": (ELASTICACHE, "replication-group"),
    "AWS::ElastiCache::CacheCluster": (ELASTICACHE, "cache-cluster"),
    "AWS::ElastiCache::ServerlessCache": (ELASTICACHE, "serverless-cache"),
}
TYPES = tuple(_SOURCES)


def look(subject: Subject, looks: Looks) -> Iterator[Evidence]:
    """The latest events since the operation began."""
    read, kind = _SOURCES[subject.type]
    when = {"StartTime": subject.since} if subject.since else {"Duration": MINUTES}
    found = looks.find(read, SourceIdentifier=subject.physical_id, SourceType=kind, **when)
    events = sorted((e for e in found if "Date" in e), key=lambda event: event["Date"])
    lines = [f"{event['Date']:%H:%M:%S} {event.get('Message', '')}" for event in events[-SHOWN:]]
    return subject.evidence("events", f"events of {kind} {subject.physical_id}", lines)
