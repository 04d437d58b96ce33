"""What users may write of a table."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from compiler.kind import ComponentSpec, Record, about
from compiler.kinds.table.existing import ExistingTable
from compiler.kinds.table.use import TableUsage
from compiler.units import DURATION, PERCENT

# Source: DynamoDB developer guide, "Quotas in Amazon DynamoDB", 2026.
MOST_INDEXES = 20
MOST_PROJECTED = 100  # attributes named in all `projection` lists of a table together
MOST_UNITS = 40_000  # for one table or index, unless AWS raises the quota

AttributeName = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
IndexName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9_.-]{2,254}$",
        extra_json_schema={
            "x-form": "3 to 255 letters, digits or _.-, such as by-owner, starting with a letter or digit"
        },
    ),
]


class TableKey(Record):
    """One attribute of a key."""

    name: Annotated[str, about("The attribute's name.", examples=["device_id"], min_length=1, max_length=255)]
    type: Annotated[
        Literal["string", "number", "binary"], about("What its values are.", examples=["string"])
    ] = "string"


class TableThroughput(Record):
    """How much may be read or written in a second, by load."""

    min: Annotated[int, about("The least number of units.", examples=[5], ge=1, le=MOST_UNITS)]
    max: Annotated[int, about("The greatest number of units.", examples=[100], ge=1, le=MOST_UNITS)]
    # Source: DynamoDB developer guide, "Managing throughput capacity automatically": 20 to 90 percent.
    utilization: Annotated[
        str,
        about("The use to keep to.", examples=["70%"], minimum="20%", maximum="90%", **PERCENT),
    ] = "70%"


class TableCapacity(Record):
    """Capacity that is paid for whether it is used or not, between limits."""

    read: Annotated[TableThroughput, about("For reads.", examples=[{"min": 5, "max": 100}])]
    write: Annotated[TableThroughput, about("For writes.", examples=[{"min": 5, "max": 50}])]


class TableIndex(Record):
    """A global secondary index: the same items by another key."""

    partition_key: Annotated[
        TableKey, about("What items are found by.", examples=[{"name": "owner", "type": "string"}])
    ]
    sort_key: Annotated[
        TableKey | None,
        about("What items of one partition are sorted by.", examples=[{"name": "sent", "type": "number"}]),
    ] = None
    projection: Annotated[
        Literal["all", "keys"] | list[AttributeName],
        about(
            "Which attributes it holds: all, the keys, or the keys and those named.",
            examples=["all", "keys", ["status"]],
        ),
    ] = "all"
    capacity: Annotated[
        TableCapacity | None,
        about(
            "Its own capacity, where that differs from the table's.",
            examples=[{"read": {"min": 1, "max": 10}, "write": {"min": 5, "max": 50}}],
        ),
    ] = None


class Table(ComponentSpec, kw_only=True):
    """A DynamoDB table; its keys can never be changed, but indexes come and go, one in a deployment."""

    existing: Annotated[
        ExistingTable | None,
        about(
            "The table to use instead of making one.",
            examples=[{"name": "orders", "stream": "2026-01-31T08:15:30.123"}],
        ),
    ] = None
    partition_key: Annotated[
        TableKey | None,
        about(
            "What items are found by; no table is made without it.",
            examples=[{"name": "device_id", "type": "string"}],
        ),
    ] = None
    sort_key: Annotated[
        TableKey | None,
        about(
            "What items of one partition are sorted by.", examples=[{"name": "issued_at", "type": "number"}]
        ),
    ] = None
    indexes: Annotated[
        dict[IndexName, TableIndex],
        about(
            "Global secondary indexes, by name.",
            examples=[{"by-owner": {"partition_key": {"name": "owner"}}}],
            max_length=MOST_INDEXES,
        ),
    ] = {}
    ttl: (
        Annotated[
            str,
            about(
                "The attribute that says when an item expires, in seconds since 1970.",
                examples=["expires_at"],
                min_length=1,
                max_length=255,
            ),
        ]
        | None
    ) = None
    capacity: Annotated[
        Literal["on_demand"] | TableCapacity,
        about(
            "Paid by request, or set in units that follow the load between limits.",
            examples=["on_demand", {"read": {"min": 5, "max": 100}, "write": {"min": 5, "max": 50}}],
        ),
    ] = "on_demand"
    recovery: Annotated[
        str,
        about(
            "How far back the table can be restored to any second; `0d` for no such backups.",
            examples=["35d"],
            profiles={"production": "35d"},
            minimum="0d",
            maximum="35d",
            **DURATION,
        ),
    ] = "0d"
    deletion_protection: Annotated[
        bool,
        about("Whether AWS refuses to delete it.", examples=[True], profiles={"production": True}),
    ] = False
    stream: (
        Annotated[
            Literal["keys_only", "new_image", "old_image", "new_and_old_images"],
            about(
                "What of a changed item functions are told that `consume` the changes.",
                examples=["new_and_old_images"],
            ),
        ]
        | None
    ) = None
    table_class: Annotated[
        Literal["standard", "infrequent_access"],
        about("Cheap to use, or cheap to keep.", examples=["infrequent_access"]),
    ] = "standard"
    contributor_insights: Annotated[
        Literal["none", "throttled_keys", "all_keys"],
        about(
            "Which busy keys CloudWatch names; each event is billed.",
            examples=["throttled_keys"],
            profiles={"production": "throttled_keys"},
        ),
    ] = "none"
    usage: Annotated[
        TableUsage | None,
        about(
            "What the table keeps, and how often it is used in a month, for the estimate of what it costs.",
            examples=[{"reads": 100000000, "writes": 20000000}],
        ),
    ] = None


class TableUse(Record):
    """What a consumer may do beside using items whose key it knows."""

    scan: Annotated[
        bool, about("Whether it may read the whole table, without knowing a key.", examples=[True])
    ] = False


class TableConsumeOptions(Record):
    """How a function takes the changes of the table."""

    batch_size: Annotated[int, about("The most records in one call.", examples=[100], ge=1, le=10000)] = 100
    parallelization: Annotated[
        int, about("Concurrent batches for each shard.", examples=[1], ge=1, le=10)
    ] = 1


def capacities(spec: Table) -> dict[str, TableCapacity]:
    """The provisioned capacity of the table (its name is "") and of each index; none when it is on demand."""
    if isinstance(spec.capacity, str):
        return {}
    return {"": spec.capacity} | {
        name: index.capacity or spec.capacity for name, index in sorted(spec.indexes.items())
    }
