"""What holds for every log of the platform: how long it is kept, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.alarm import Alarm, Metric
from compiler.kind import ComponentSpec, Kind, Problem, Record, about
from compiler.kinds.logs.use import LogsUsage
from compiler.model import Component, Platform
from compiler.object_lock import ObjectLock, lock_problems
from compiler.units import DURATION, not_whole, seconds

# What CloudWatch Logs takes, in days. Source: provider schema AWS::Logs::LogGroup, 2026-10-20.
Retention = Literal[
    "1d", "3d", "5d", "7d", "14d", "30d", "60d", "90d", "120d", "150d", "180d", "365d", "400d", "545d",
    "731d", "1096d", "1827d", "2192d", "2557d", "2922d", "3288d", "3653d",
]  # fmt: skip
LATE = 900  # seconds that events may wait for their delivery; Firehose itself waits for 300


class LogArchive(Record):
    """A bucket that keeps what every log group receives."""

    bucket_retention: Annotated[
        str,
        about(
            "How long the archive keeps log events, in whole days.",
            examples=["365d"],
            minimum="1d",
            maximum="36500d",
            **DURATION,
        ),
    ] = "365d"
    object_lock: Annotated[
        bool | ObjectLock,
        about(
            "Keeps what is archived from being deleted early; `true` locks it in governance mode for as long "
            "as it is kept.",
            examples=[True, {"mode": "governance", "retention": "90d"}],
        ),
    ] = False


class Logs(ComponentSpec):
    """What holds for every log of the platform."""

    retention: Annotated[
        Retention,
        about("How long log events are kept.", examples=["90d"], profiles={"production": "90d"}),
    ] = "7d"
    deletion_protection: Annotated[
        bool, about("Whether AWS refuses to delete log groups.", examples=[True])
    ] = False
    archive: Annotated[
        LogArchive | None,
        about(
            "Keeps what every log group receives in a bucket too, for longer and for less.",
            examples=[{"bucket_retention": "365d", "object_lock": False}],
        ),
    ] = None
    access_logs: Annotated[
        bool,
        about(
            "Whether requests to the platform's buckets are recorded, in a bucket that they share.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    access_log_retention: Annotated[
        str,
        about(
            "How long those records are kept, in whole days.",
            examples=["365d"],
            minimum="1d",
            maximum="3650d",
            **DURATION,
        ),
    ] = "90d"
    usage: Annotated[
        LogsUsage | None,
        about(
            "What all log groups of the platform take in and keep, for the estimate of what it costs.",
            examples=[{"ingested": "10GiB", "kept": "30GiB"}],
        ),
    ] = None


def lock(archive: LogArchive) -> ObjectLock | None:
    """How the archive is locked, or None."""
    if isinstance(archive.object_lock, ObjectLock):
        return archive.object_lock
    return ObjectLock(retention=archive.bucket_retention) if archive.object_lock else None


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Logs)
    if message := not_whole(spec.access_log_retention, "d"):
        yield Problem(("access_log_retention",), "E105", message)
    if spec.archive is None:
        return
    if message := not_whole(spec.archive.bucket_retention, "d"):
        yield Problem(("archive", "bucket_retention"), "E105", message)
    elif isinstance(spec.archive.object_lock, ObjectLock):
        yield from _locked(spec.archive.object_lock, spec.archive.bucket_retention)


def _locked(written: ObjectLock, kept: str) -> Iterable[Problem]:
    path = ("archive", "object_lock")
    yield from lock_problems(written, path)
    if seconds(written.retention) > seconds(kept):
        message = (
            f"what is archived expires after {kept} and is locked for {written.retention}; "
            f"lock it for {kept} at most"
        )
        yield Problem((*path, "retention"), "E210", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Logs)
    if spec.archive is None:
        return
    yield Alarm(
        "archive-late",
        f"Log events wait for more than {LATE}s to be archived.",
        LATE,
        _metric("DeliveryToS3.DataFreshness", "Maximum"),
    )
    yield Alarm(
        "archive-failures",
        "Log events could not be written to the archive.",
        1,
        _metric("DeliveryToS3.Success", "Average"),
        comparison="<",
    )


def _metric(name: str, statistic: str) -> Metric:
    return Metric("AWS/Firehose", name, {"DeliveryStreamName": "archive_stream_name"}, statistic)


KIND = Kind(
    name="logs",
    section="logs",
    spec=Logs,
    layer="foundation",
    summary="How long logs are kept, and where.",
    singleton=True,
    always=True,
    check=_check,
    alarms=_alarms,
)
