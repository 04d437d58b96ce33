"""What users may write of a backup plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from compiler import windows
from compiler.kind import REGION, ComponentSpec, Record, about
from compiler.kinds.backup.use import BackupPlanUsage

# AWS Backup counts whole days. Source: AWS Backup API reference, "Lifecycle", 2026.
DAYS: dict[str, Any] = {"pattern": "^[1-9][0-9]{0,4}d$", "form": "a number of days such as 35d"}
MOST = "36500d"

Every = Literal["day", "week", "month"]


class BackupLock(Record):
    """What keeps backups from being deleted before their time."""

    min: Annotated[
        str,
        about("No backup in the vault may be kept shorter.", examples=["7d"], maximum=MOST, **DAYS),
    ]
    mode: Annotated[
        Literal["governance", "compliance"],
        about(
            "Whether roles with the permission can remove the lock, or nobody can, not even AWS.",
            examples=["governance"],
        ),
    ] = "governance"
    max: (
        Annotated[
            str, about("No backup in the vault may be kept longer.", examples=["365d"], maximum=MOST, **DAYS)
        ]
        | None
    ) = None
    grace: Annotated[
        str,
        about(
            "How long a lock of mode compliance can still be removed.",
            examples=["7d"],
            minimum="3d",  # Source: AWS Backup API reference, "PutBackupVaultLockConfiguration", 2026
            maximum=MOST,
            **DAYS,
        ),
    ] = "7d"
    i_understand: (
        Annotated[
            Literal["nobody_can_delete"],
            about(
                "For `compliance`: after the grace nobody can delete a backup before its time, nor the "
                "vault, not even AWS, and everything is paid for until then.",
                examples=["nobody_can_delete"],
            ),
        ]
        | None
    ) = None


class BackupPlan(ComponentSpec, kw_only=True):
    """When components are backed up, for how long, and where to."""

    at: Annotated[
        str,
        about(
            "When backups start, in UTC; they do within the hour after it.",
            examples=["04:00"],
            pattern=f"^{windows.TIME}$",
            form="a time of day in UTC such as 04:00",
        ),
    ]
    every: Annotated[
        Every,
        about("How often: daily, on Sundays, or on the first of the month.", examples=["day"]),
    ] = "day"
    retention: Annotated[str, about("How long backups are kept.", examples=["35d"], maximum=MOST, **DAYS)] = (
        "35d"
    )
    cold_after: (
        Annotated[
            str,
            about(
                "When backups move to cold storage, cheap to keep and slow to restore; they stay there for "
                "90 days at least. Only some kinds can.",
                examples=["30d"],
                maximum=MOST,
                **DAYS,
            ),
        ]
        | None
    ) = None
    continuous: Annotated[
        bool,
        about(
            "Whether databases and buckets can be restored to any second of the last 35 days at most; others "
            "are backed up as without it. Copies are not continuous.",
            examples=[True],
        ),
    ] = False
    copy_to: (
        Annotated[str, about("A second region that gets a copy of each.", examples=["us-west-2"], **REGION)]
        | None
    ) = None
    copy_retention: (
        Annotated[
            str,
            about(
                "How long copies are kept; without it, as long as the backups.",
                examples=["90d"],
                maximum=MOST,
                **DAYS,
            ),
        ]
        | None
    ) = None
    components: Annotated[
        Literal["all"] | list[str],
        about(
            "What is backed up: every component that AWS Backup can take, or those named.",
            examples=["all", ["registry"]],
        ),
    ] = "all"
    lock: Annotated[
        BackupLock | None,
        about(
            "What keeps backups and copies from being deleted early.",
            examples=[{"mode": "governance", "min": "7d"}],
        ),
    ] = None
    usage: Annotated[
        BackupPlanUsage | None,
        about(
            "What the backups take, in each of the vaults, for the estimate of what it costs.",
            examples=[{"stored": "500GiB", "stored_cold": "2000GiB"}],
        ),
    ] = None


def days(text: str) -> int:
    """`35d` -> 35."""
    return int(text.removesuffix("d"))
