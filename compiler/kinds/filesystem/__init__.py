"""EFS filesystems: files that several components share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from compiler.alarm import Alarm, Metric
from compiler.kind import Backup, ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.filesystem.existing import ExistingFilesystem
from compiler.kinds.filesystem.use import FilesystemUsage
from compiler.model import Component, Platform
from compiler.protection import is_replicated

# Source: EFS API reference, "LifecyclePolicy", 2026.
Transition = Literal["never", "1d", "7d", "14d", "30d", "60d", "90d", "180d", "270d", "365d"]

# A bursting filesystem starts with 2.1 TiB of credits.
# Source: EFS user guide, "Amazon EFS performance", 2026.
FEW_BURST_CREDITS = 1024**4
LONG_LAG = 3600  # seconds; EFS aims at a quarter of it

# EFS takes four folders in a row. Source: EFS API reference, "RootDirectory", 2026.
FOLDER: dict[str, Any] = {
    "pattern": "^(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){1,4}$",
    "max_length": 100,
    "form": "a folder of the filesystem, one to four deep, such as /reports",
}
MOUNT: dict[str, Any] = {
    "pattern": "^(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$",
    "form": "an absolute path such as /mnt/files",
}


class Filesystem(ComponentSpec):
    """An EFS filesystem."""

    existing: Annotated[
        ExistingFilesystem | None,
        about(
            "The filesystem to use instead of making one.",
            examples=[{"id": "fs-0a1b2c3d4e5f60718", "security_group": "sg-0a1b2c3d4e5f60718"}],
        ),
    ] = None
    throughput: Annotated[
        Literal["elastic", "bursting"],
        about(
            "Whether throughput follows the use and is paid by it, or follows the size and comes with it.",
            examples=["elastic"],
        ),
    ] = "elastic"
    transition_to_ia: Annotated[
        Transition,
        about("How long after its last use a file becomes cheap to keep and dear to read.", examples=["30d"]),
    ] = "30d"
    transition_to_archive: Annotated[
        Transition,
        about(
            "How long after its last use a file becomes cheapest to keep; needs elastic throughput.",
            examples=["90d"],
        ),
    ] = "never"
    automatic_backups: Annotated[
        bool,
        about(
            "Whether AWS Backup copies the files every day and keeps them for five weeks; not where a plan "
            "of `backups` does so already.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    usage: Annotated[
        FilesystemUsage | None,
        about(
            "What the file system keeps and moves in a month, for the estimate of what it costs.",
            examples=[{"stored": "100GiB", "stored_ia": "400GiB"}],
        ),
    ] = None


class FilesystemMount(Record):
    """Where a consumer sees the files."""

    mount: Annotated[
        str,
        about(
            "Where the files appear; functions can only mount below /mnt.",
            examples=["/mnt/firmware"],
            **MOUNT,
        ),
    ]
    folder: Annotated[
        str,
        about(
            "Which folder of the filesystem appears there: who names the same folder sees the same files, "
            "and by default all do.",
            examples=["/reports"],
            **FOLDER,
        ),
    ] = "/shared"


def days(transition: Transition) -> int | None:
    """`30d` -> 30, `never` -> None."""
    return None if transition == "never" else int(transition.removesuffix("d"))


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Filesystem)
    ia, archive = days(spec.transition_to_ia), days(spec.transition_to_archive)
    where = ("transition_to_archive",)
    if archive is not None and spec.throughput != "elastic":
        message = f"the archive needs elastic throughput, not '{spec.throughput}'; remove one of the two"
        yield Problem(where, "E210", message)
    if archive is not None and ia is not None and archive < ia:
        yield Problem(
            where,
            "E210",
            f"files cannot be archived after {archive}d when they become infrequently used after {ia}d; "
            f"write {ia}d or more, or 'transition_to_ia: never'",
        )


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Filesystem)

    def metric(name: str, statistic: str) -> Metric:
        return Metric("AWS/EFS", name, {"FileSystemId": "id"}, statistic)

    yield Alarm(
        "io-limit",
        "The filesystem is close to the most operations it can do; its users wait.",
        90,
        metric("PercentIOLimit", "Maximum"),
    )
    # Functions connect when they are called; a service does as long as it runs.
    if any(platform.components[use.consumer].kind == "service" for use in platform.users_of(component.name)):
        yield Alarm(
            "no-clients",
            "Nobody is connected, although a service should be: its files are not there.",
            1,
            metric("ClientConnections", "Sum"),
            comparison="<",
            missing="breaching",
        )
    if spec.throughput == "bursting":
        yield Alarm(
            "burst-credits",
            "The filesystem will soon be slow: it is used more than its size allows.",
            FEW_BURST_CREDITS,
            metric("BurstCreditBalance", "Minimum"),
            comparison="<",
        )
    if is_replicated(component, platform):
        dimensions = {"FileSystemId": "id", "DestinationFileSystemId": "recovery_id"}
        yield Alarm(
            "replication-lag",
            "The second region is more than an hour behind.",
            LONG_LAG,
            Metric("AWS/EFS", "TimeSinceLastSync", dimensions, "Maximum"),
        )


def _verb(summary: str) -> Verb:
    return Verb(summary, environment={"PATH": "option:mount"}, options=FilesystemMount, network=True)


KIND = Kind(
    name="filesystem",
    section="filesystems",
    spec=Filesystem,
    layer="data",
    summary="EFS filesystems, by name.",
    verbs={"read": _verb("mount a folder to read"), "write": _verb("mount a folder to read and write")},
    needs=lambda spec: ("network",),
    check=_check,
    backup=Backup(cold=True),
    alarms=_alarms,
    availability=lambda component, platform: ("existing",) if component.adopted else ("efs_regional",),
)
