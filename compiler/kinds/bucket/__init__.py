"""S3 buckets."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Any

from compiler.kind import Backup, ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.bucket.existing import ExistingBucket
from compiler.kinds.bucket.use import BucketUsage
from compiler.model import Component, Platform
from compiler.object_lock import ObjectLock, lock_problems
from compiler.protection import is_replicated

# S3 counts whole days only.
DAYS: dict[str, Any] = {"pattern": "^[1-9][0-9]{0,3}d$", "form": "a number of days such as 30d"}
# No wildcards: a prefix becomes part of an IAM policy.
PREFIX: dict[str, Any] = {
    "pattern": "^(?:[A-Za-z0-9_][A-Za-z0-9_.=-]*/)*$",
    "max_length": 200,
    "form": "the start of a key, up to and with a slash, such as reports/",
}
# No wildcards here either: it becomes part of an event pattern, and of an IAM policy.
SUFFIX: dict[str, Any] = {
    "pattern": "^[A-Za-z0-9_.=-]*$",
    "max_length": 100,
    "form": "the end of a key, such as .csv",
}


# From dear to cheap. Source: S3 user guide, "Transitioning objects using Amazon S3 Lifecycle", 2026.
TRANSITIONS = (
    *("transition_to_ia", "transition_to_glacier_ir", "transition_to_archive", "transition_to_deep_archive"),
)
LEAST_IN_IA = 30  # days; same source


class BucketLifecycle(Record):
    """What becomes of objects as they age."""

    transition_to_ia: (
        Annotated[
            str,
            about(
                "When an object becomes cheap to keep and dear to read.",
                examples=["30d"],
                minimum="30d",  # Source: S3 user guide, "Lifecycle: constraints for transitions", 2026
                **DAYS,
            ),
        ]
        | None
    ) = None
    transition_to_glacier_ir: (
        Annotated[
            str,
            about(
                "When an object becomes cheaper still to keep, and dearer to read; at once when it is read.",
                examples=["90d"],
                **DAYS,
            ),
        ]
        | None
    ) = None
    transition_to_archive: (
        Annotated[
            str,
            about(
                "When an object goes to the archive, from where it is fetched within minutes to hours.",
                examples=["180d"],
                **DAYS,
            ),
        ]
        | None
    ) = None
    transition_to_deep_archive: (
        Annotated[
            str,
            about(
                "When an object goes to the deep archive, from where it is fetched within a day or two.",
                examples=["365d"],
                **DAYS,
            ),
        ]
        | None
    ) = None
    expire: Annotated[str, about("When an object is deleted.", examples=["365d"], **DAYS)] | None = None
    expire_noncurrent: Annotated[
        str, about("When a version is deleted that was overwritten or deleted.", examples=["30d"], **DAYS)
    ] = "30d"
    abort_uploads: Annotated[
        str, about("When the parts of an unfinished upload are thrown away.", examples=["7d"], **DAYS)
    ] = "7d"


class Bucket(ComponentSpec):
    """An S3 bucket, closed to the public."""

    existing: Annotated[
        ExistingBucket | None,
        about("The bucket to use instead of making one.", examples=[{"name": "acme-reports"}]),
    ] = None
    versioning: Annotated[
        bool,
        about(
            "Whether overwritten and deleted objects can be brought back for a while.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    lifecycle: Annotated[
        BucketLifecycle,
        about(
            "What becomes of objects as they age.",
            examples=[{"transition_to_ia": "30d", "expire": "365d"}],
        ),
    ] = BucketLifecycle()
    object_lock: Annotated[
        ObjectLock | None,
        about(
            "Keeps what is written from being deleted or overwritten for a while. It switches versioning on, "
            "and can never be switched off.",
            examples=[{"mode": "governance", "retention": "30d"}],
        ),
    ] = None
    access_logs: Annotated[
        bool,
        about(
            "Whether requests are recorded, in a platform that records them (`access_logs` of `logs`).",
            examples=[False],
        ),
    ] = True
    usage: Annotated[
        BucketUsage | None,
        about(
            "What the bucket keeps, and how often it is used in a month, for the estimate of what it costs.",
            examples=[{"stored": "500GiB", "stored_ia": "2000GiB"}],
        ),
    ] = None


Prefix = Annotated[str, about("Limits the use to keys that start so.", examples=["reports/"], **PREFIX)]
Suffix = Annotated[str, about("Limits the use to keys that end so.", examples=[".csv"], **SUFFIX)]


class BucketRead(Record):
    """What a consumer may read."""

    prefix: Prefix = ""


class BucketWrite(Record):
    """What a consumer may write, and what else it may do there."""

    prefix: Prefix = ""
    read: Annotated[bool, about("Whether it may list and read objects too.", examples=[True])] = False
    delete: Annotated[bool, about("Whether it may delete objects too.", examples=[True])] = False


class BucketOnCreate(Record):
    """Which new objects start a function, and whether it may read them."""

    prefix: Prefix = ""
    suffix: Suffix = ""
    read: Annotated[bool, about("Whether it may list and read objects too.", examples=[True])] = True


class BucketOnDelete(Record):
    """Which objects that go start a function."""

    prefix: Prefix = ""
    suffix: Suffix = ""


def days(text: str) -> int:
    """`30d` -> 30."""
    return int(text.removesuffix("d"))


def transitions(spec: BucketLifecycle) -> dict[str, int]:
    """The days after which objects move, by the property that says so, from dear to cheap."""
    written = {name: getattr(spec, name) for name in TRANSITIONS}
    return {name: days(after) for name, after in written.items() if after}


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Bucket)
    if is_replicated(component, platform) and not _is_versioned(spec):
        message = (
            "only buckets with `versioning: true` can be in a second region too; write that, or name the "
            "bucket in `excluded` of `disaster_recovery`"
        )
        yield Problem(("versioning",), "E210", message)
    yield from _order(transitions(spec.lifecycle))
    yield from _expiry(spec.lifecycle)
    if spec.object_lock:
        yield from lock_problems(spec.object_lock, ("object_lock",))


def _order(moves: dict[str, int]) -> Iterable[Problem]:
    """S3 moves objects downwards only, and out of infrequent access after a while only."""
    for (above, before), (name, after) in pairwise(moves.items()):
        least = before + (LEAST_IN_IA if above == "transition_to_ia" else 1)
        if after < least:
            yield Problem(
                ("lifecycle", name),
                "E210",
                f"objects move after {after}d, which is too soon after '{above}: {before}d'; "
                f"write {least}d or more",
            )


def _expiry(spec: BucketLifecycle) -> Iterable[Problem]:
    last = max(transitions(spec).items(), key=lambda move: move[1], default=None)
    if last and spec.expire and days(spec.expire) <= last[1]:
        yield Problem(
            ("lifecycle", "expire"),
            "E210",
            f"objects expire after {spec.expire}, so they cannot move after {last[1]}d; "
            f"write more than {last[1]}d, or remove '{last[0]}'",
        )


def _unfit(spec: Any) -> str:
    assert isinstance(spec, Bucket)
    return "" if _is_versioned(spec) else "AWS Backup takes buckets with `versioning: true` only"


def _is_versioned(spec: Bucket) -> bool:
    """A lock switches versioning on."""
    return spec.versioning or spec.object_lock is not None


def _verb(summary: str, options: type[Record], starts: str = "") -> Verb:
    variables = {"BUCKET": "name", "PREFIX": "option:prefix"}
    return Verb(
        summary,
        environment=variables,
        options=options,
        calls=("s3",),
        starts=starts,
        only_starts=bool(starts),
    )


KIND = Kind(
    name="bucket",
    section="buckets",
    spec=Bucket,
    layer="data",
    summary="S3 buckets, by name.",
    verbs={
        "read": _verb("list and read objects", BucketRead),
        "write": _verb("write objects", BucketWrite),
        "on_create": _verb("be called with the key of each new object", BucketOnCreate, "bucket"),
        "on_delete": _verb("be called with the key of each deleted object", BucketOnDelete, "bucket"),
    },
    check=_check,
    backup=Backup(
        continuous=True,
        policies=("AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore"),
        unfit=_unfit,
    ),
    availability=lambda component, platform: ("s3",),
)
