"""What users may write of a database."""

from __future__ import annotations

from typing import Annotated, Literal

from compiler import names, windows
from compiler.blocks.rotation import Rotation
from compiler.kind import ComponentSpec, Record, about
from compiler.kinds.database.engine import PORT, Engine, Version
from compiler.kinds.database.existing import ExistingDatabase
from compiler.kinds.database.reader_scaling import ReaderScaling
from compiler.kinds.database.use import DatabaseUsage
from compiler.model import Component
from compiler.units import DURATION, WHOLE_DAYS


class DatabaseCapacity(Record):
    """Between which sizes each instance scales, in Aurora capacity units (ACU) of 2 GiB of memory."""

    min: Annotated[
        float,
        about(
            "The least capacity, in steps of 0.5; with 0 an idle database pauses.",
            examples=[0.5],
            profiles={"dev": 0.0, "production": 1.0},
            ge=0,
            le=256,
            multiple_of=0.5,
        ),
    ] = 0.5
    max: Annotated[
        float,
        about(
            "The most capacity, in steps of 0.5.",
            examples=[4],
            profiles={"production": 4.0},
            ge=1,
            le=256,
            multiple_of=0.5,
        ),
    ] = 2.0
    pause_after: (
        Annotated[
            str,
            about(
                "How long the database must be idle before it pauses; only with `min: 0`. The first "
                "connection afterwards takes about 15 seconds.",
                examples=["10m"],
                minimum="5m",
                maximum="24h",
                **DURATION,
            ),
        ]
        | None
    ) = None


class DatabaseBackup(Record):
    """The backups that Aurora makes itself; within the retention, any second can be restored."""

    retention: Annotated[
        str,
        about(
            "How long backups are kept.",
            examples=["14d"],
            profiles={"production": "14d"},
            minimum="1d",
            maximum="35d",
            **WHOLE_DAYS,
        ),
    ] = "1d"
    window: Annotated[
        str, about("When the daily backup is made, in UTC.", examples=["02:00-03:00"], **windows.DAILY)
    ] = "02:00-03:00"


class Database(ComponentSpec):
    """An Aurora Serverless v2 PostgreSQL cluster."""

    existing: Annotated[
        ExistingDatabase | None,
        about(
            "The database to use instead of making one.",
            examples=[
                {
                    "identifier": "registry",
                    "resource_id": "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                    "endpoint": "registry.cluster-abc123.eu-west-1.rds.amazonaws.com",
                    "name": "registry",
                    "security_group": "sg-0a1b2c3d4e5f60718",
                }
            ],
        ),
    ] = None
    engine: Annotated[Engine, about("The database engine.", examples=["aurora-postgresql"])] = (
        "aurora-postgresql"
    )
    version: Annotated[
        Version,
        about("The engine version. A new major version needs an upgrade by hand.", examples=["17.9"]),
    ] = "17.9"
    name: (
        Annotated[
            str,
            about(
                "The database inside the cluster; without it, the component's name in snake_case. It can "
                "never be changed.",
                examples=["registry"],
                pattern="^[a-z_][a-z0-9_]{0,62}$",
                form="a database name of lower-case letters, digits and underscores, such as registry",
            ),
        ]
        | None
    ) = None
    capacity: Annotated[
        DatabaseCapacity,
        about("Between which sizes each instance scales.", examples=[{"min": 0.5, "max": 4}]),
    ] = DatabaseCapacity()
    readers: Annotated[
        int,
        about(
            "How many instances serve reads beside the one that writes; one takes over when that fails.",
            examples=[1],
            profiles={"synthetic": 1, "production": 1},
            ge=0,
            le=15,
        ),
    ] = 0
    reader_scaling: Annotated[
        ReaderScaling | None,
        about(
            "Adds readers while those there are busy.",
            examples=[{"max": 4, "cpu_percentage": 60}],
        ),
    ] = None
    proxy: Annotated[
        bool,
        about(
            "Whether consumers connect through an RDS proxy, which shares few connections among many; for "
            "functions above all. A database with a proxy never pauses.",
            examples=[True],
        ),
    ] = False
    backup: Annotated[
        DatabaseBackup, about("The backups that Aurora makes itself.", examples=[{"retention": "14d"}])
    ] = DatabaseBackup()
    maintenance_window: Annotated[
        str,
        about(
            "When AWS may patch, in UTC; not while backups are made.",
            examples=["sun:04:00-sun:05:00"],
            **windows.WEEKLY,
        ),
    ] = "sun:04:00-sun:05:00"
    minor_upgrades: Annotated[
        bool,
        about(
            "Whether AWS may move to a newer minor version in the maintenance window.",
            examples=[True],
        ),
    ] = True
    storage: Annotated[
        Literal["standard", "io_optimized"],
        about(
            "How storage is billed: by use, or at a higher price with all I/O in it, which pays when I/O is "
            "more than a quarter of the bill.",
            examples=["standard"],
        ),
    ] = "standard"
    insights: Annotated[
        Literal["standard", "advanced"],
        about(
            "How much Database Insights shows, and for how long: a week, or 15 months.",
            examples=["advanced"],
            profiles={"production": "advanced"},
        ),
    ] = "standard"
    os_metrics: Annotated[
        Literal["never", "1s", "5s", "10s", "15s", "30s", "60s"],
        about(
            "How often metrics of the operating system are taken; they are billed as logs.",
            examples=["60s"],
            profiles={"production": "60s"},
        ),
    ] = "never"
    slow_query: Annotated[
        str,
        about(
            "From which duration on a statement is logged.",
            examples=["1s"],
            minimum="1s",
            maximum="1h",
            **DURATION,
        ),
    ] = "1s"
    data_api: Annotated[
        bool,
        about(
            "Whether statements can be run over HTTPS with IAM, from outside of the VPC; without migrations "
            "the way to make the users that components log in as; see docs/databases.md.",
            examples=[False],
        ),
    ] = True
    rotation: Annotated[
        Rotation,
        about(
            "How often the passwords of components that log in by password are replaced.",
            examples=[{"every": "30d"}],
        ),
    ] = Rotation()
    migrations: (
        Annotated[
            str,
            about(
                "The folder of SQL files, seen from the spec: V001__machines.sql, V002__names.sql. Each runs "
                "once, between the data and the compute stacks; the users that components log in as are made "
                "then too; see docs/databases.md.",
                examples=["../db/registry"],
                min_length=1,
            ),
        ]
        | None
    ) = None
    deletion_protection: Annotated[
        bool,
        about(
            "Whether AWS refuses to delete the database.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    usage: Annotated[
        DatabaseUsage | None,
        about(
            "What the database keeps, and how busy it is, for the estimate of what it costs.",
            examples=[{"stored": "100GiB", "backup_stored": "50GiB"}],
        ),
    ] = None


def database_name(component: Component) -> str:
    """The database inside the cluster."""
    assert isinstance(component.spec, Database)
    return component.spec.name or names.snake(component.name)


def port(component: Component) -> int:
    """The port that it is reached on."""
    assert isinstance(component.spec, Database)
    return component.spec.existing.port if component.spec.existing else PORT
