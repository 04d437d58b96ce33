"""What users may write of a cache."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from compiler import windows
from compiler.kind import ComponentSpec, Record, SecurityGroupId, about
from compiler.kinds.cache.engine import MOST_NODES, VERSIONS, Engine
from compiler.kinds.cache.use import CacheUsage

# ElastiCache counts whole days and gigabytes.
# Source: ElastiCache API reference, "CreateReplicationGroup" and "CacheUsageLimits", 2026.
DAYS: dict[str, Any] = {"pattern": "^(?:0|[1-9][0-9]?)d$", "form": "a number of days such as 7d"}
GIBIBYTES: dict[str, Any] = {
    "pattern": "^[1-9][0-9]{0,3}GiB$",
    "form": "a whole number of gigabytes such as 10GiB",
}


class CacheSnapshots(Record):
    """The daily copies that the cache can be restored from."""

    retention: Annotated[
        str,
        about(
            "How long snapshots are kept; `0d` for no snapshots.",
            examples=["7d"],
            profiles={"production": "7d"},
            minimum="0d",
            maximum="35d",
            **DAYS,
        ),
    ] = "0d"
    window: Annotated[
        str,
        about(
            "When the snapshot is taken, in UTC; a serverless cache takes it when the window begins.",
            examples=["03:00-04:00"],
            **windows.DAILY,
        ),
    ] = "03:00-04:00"


class CacheLimits(Record):
    """What a serverless cache may grow to, and the bill with it."""

    storage: Annotated[
        str,
        about("The most data it holds.", examples=["10GiB"], minimum="1GiB", maximum="5000GiB", **GIBIBYTES),
    ] = "5GiB"
    ecpu_per_second: Annotated[
        int,
        about(
            "The most ElastiCache processing units (ECPU) in a second; a simple command on 1 KiB is one.",
            examples=[5000],
            ge=1000,
            le=15_000_000,
        ),
    ] = 5000


class ExistingCache(Record, kw_only=True):
    """A cache of the platform's account and region with TLS, and its two users that log in through IAM."""

    id: Annotated[
        str,
        about(
            "The name of the replication group or of the serverless cache.",
            examples=["sessions"],
            pattern="^[a-z](?:-?[a-z0-9])*$",
            form="the name of a cache in lower case",
        ),
    ]
    mode: Annotated[
        Literal["nodes", "serverless"], about("Which sort of cache it is.", examples=["serverless"])
    ] = "nodes"
    endpoint: Annotated[
        str,
        about("The host name of the primary.", examples=["master.sessions.abc123.use1.cache.amazonaws.com"]),
    ]
    reader_endpoint: (
        Annotated[
            str,
            about(
                "The host name of the readers; without it readers use the primary.",
                examples=["replica.sessions.abc123.use1.cache.amazonaws.com"],
            ),
        ]
        | None
    ) = None
    security_group: SecurityGroupId
    read_user: Annotated[str, about("The user that may read only.", examples=["sessions-read"])]
    write_user: Annotated[str, about("The user that may write.", examples=["sessions-write"])]


class Cache(ComponentSpec):
    """An ElastiCache cache, reached over TLS only, by users that IAM knows."""

    existing: Annotated[
        ExistingCache | None,
        about(
            "The cache to use instead of making one.",
            examples=[
                {
                    "id": "sessions",
                    "endpoint": "master.sessions.abc123.use1.cache.amazonaws.com",
                    "security_group": "sg-0a1b2c3d4e5f60718",
                    "read_user": "sessions-read",
                    "write_user": "sessions-write",
                }
            ],
        ),
    ] = None
    engine: Annotated[Engine, about("The cache engine.", examples=["valkey"])] = "valkey"
    version: (
        Annotated[
            str,
            about(
                "The engine version; without it the default of the engine.",
                examples=["8.2"],
                pattern="^[1-9][0-9]*[.][0-9]+$",
                form="a version such as 8.2",
            ),
        ]
        | None
    ) = None
    mode: Annotated[
        Literal["nodes", "serverless"],
        about(
            "Whether the cache has nodes of a chosen size, or grows and shrinks by itself. Clients of a "
            "serverless cache must speak the cluster protocol.",
            examples=["nodes"],
        ),
    ] = "nodes"
    node_type: Annotated[
        str,
        about(
            "The size of each node.",
            examples=["cache.t4g.small"],
            profiles={"production": "cache.t4g.small"},
            pattern="^cache[.][a-z0-9]+[.][a-z0-9]+$",
            form="a node type such as cache.t4g.small",
        ),
    ] = "cache.t4g.micro"
    nodes: Annotated[
        int,
        about(
            "How many nodes: one primary, and replicas in other zones. From two on, a replica takes over "
            "when the primary fails. With `shards`, so many in each.",
            examples=[2],
            profiles={"production": 2},
            ge=1,
            le=6,
        ),
    ] = 1
    shards: (
        Annotated[
            int,
            about(
                "Over how many shards the keys are spread; clients must speak the cluster protocol then. The "
                "number can change while clients work, but a cache cannot come to have shards, or lose them.",
                examples=[3],
                ge=1,
                le=MOST_NODES,
            ),
        ]
        | None
    ) = None
    eviction: Annotated[
        Literal[
            "volatile-lru", "allkeys-lru", "volatile-lfu", "allkeys-lfu",
            "volatile-random", "allkeys-random", "volatile-ttl", "noeviction",
        ],
        about(
            "Which keys go when the memory is full: of those that expire (volatile) or of all, the least "
            "recently or frequently used, any, or the first to expire; or none, and writes fail.",
            examples=["allkeys-lru"],
        ),
    ] = "volatile-lru"  # fmt: skip
    snapshots: Annotated[
        CacheSnapshots,
        about("The daily copies.", examples=[{"window": "03:00-04:00", "retention": "7d"}]),
    ] = CacheSnapshots()
    maintenance_window: Annotated[
        str,
        about(
            "When AWS may patch, in UTC; not while snapshots are taken.",
            examples=["sun:05:00-sun:06:00"],
            **windows.WEEKLY,
        ),
    ] = "sun:05:00-sun:06:00"
    minor_upgrades: Annotated[
        bool,
        about(
            "Whether AWS may move to a newer minor version in the maintenance window.",
            examples=[True],
        ),
    ] = True
    limits: Annotated[
        CacheLimits,
        about(
            "What a serverless cache may grow to.", examples=[{"storage": "10GiB", "ecpu_per_second": 5000}]
        ),
    ] = CacheLimits()
    usage: Annotated[
        CacheUsage | None,
        about(
            "What the cache keeps, and how often it is asked in a month, for the estimate of what it costs.",
            examples=[{"stored": "2GiB", "ecpus": 1000000000}],
        ),
    ] = None


def version(spec: Cache) -> str:
    """The engine version."""
    return spec.version or VERSIONS[spec.engine][0]


def snapshot_days(spec: Cache) -> int:
    """For how many days snapshots are kept; 0 when there are none."""
    return int(spec.snapshots.retention.removesuffix("d"))


def serverless(spec: Cache) -> bool:
    """Whether the cache, made or taken over, has no nodes."""
    return (spec.existing or spec).mode == "serverless"


def node_ids(spec: Cache) -> dict[str, str]:
    """Attribute -> how the id of that node ends, after the group's; the first node of all comes first.

    Source: ElastiCache user guide, "Dimensions for ElastiCache metrics".
    """
    each = range(1, spec.nodes + 1)
    if spec.shards is None:
        return {f"node_{node}_id": f"{node:03}" for node in each}
    shards = range(1, spec.shards + 1)
    return {f"node_{shard}_{node}_id": f"{shard:04}-{node:03}" for shard in shards for node in each}
