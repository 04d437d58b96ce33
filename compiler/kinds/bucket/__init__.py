"""S3 buckets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from compiler.kind import ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.model import Component, Platform

# S3 counts whole days only.
DAYS: dict[str, Any] = {"pattern": "^[1-9][0-9]{0,3}d$", "form": "a number of days such as 30d"}
# No wildcards: a prefix becomes part of an IAM policy.
PREFIX: dict[str, Any] = {
    "pattern": "^(?:[A-Za-z0-9_][A-Za-z0-9_.=-]*/)*$",
    "max_length": 200,
    "form": "the start of a key, up to and with a slash, such as reports/",
}


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
    expire: Annotated[str, about("When an object is deleted.", examples=["365d"], **DAYS)] | None = None
    expire_noncurrent: Annotated[
        str, about("When a version is deleted that was overwritten or deleted.", examples=["30d"], **DAYS)
    ] = "30d"
    abort_uploads: Annotated[
        str, about("When the parts of an unfinished upload are thrown away.", examples=["7d"], **DAYS)
    ] = "7d"


class Bucket(ComponentSpec):
    """An S3 bucket, closed to the public."""

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


Prefix = Annotated[str, about("Limits the use to keys that start so.", examples=["reports/"], **PREFIX)]


class BucketRead(Record):
    """What a consumer may read."""

    prefix: Prefix = ""


class BucketWrite(Record):
    """What a consumer may write, and what else it may do there."""

    prefix: Prefix = ""
    read: Annotated[bool, about("Whether it may list and read objects too.", examples=[True])] = False
    delete: Annotated[bool, about("Whether it may delete objects too.", examples=[True])] = False


def days(text: str) -> int:
    """`30d` -> 30."""
    return int(text.removesuffix("d"))


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Bucket)
    transition, expire = spec.lifecycle.transition_to_ia, spec.lifecycle.expire
    if transition and expire and days(expire) <= days(transition):
        yield Problem(
            ("lifecycle", "expire"),
            "E210",
            f"objects expire after {expire}, so they cannot become infrequently used after {transition}; "
            f"write more than {transition}, or remove 'transition_to_ia'",
        )


def _verb(summary: str, options: type[Record]) -> Verb:
    variables = {"BUCKET": "name", "PREFIX": "option:prefix"}
    return Verb(summary, environment=variables, options=options, calls=("s3",))


KIND = Kind(
    name="bucket",
    section="buckets",
    spec=Bucket,
    layer="data",
    summary="S3 buckets, by name.",
    verbs={
        "read": _verb("list and read objects", BucketRead),
        "write": _verb("write objects", BucketWrite),
    },
    check=_check,
)
