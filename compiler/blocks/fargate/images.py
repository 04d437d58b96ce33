"""What users may write of an image, and what that says: its registry, and whether its name can move."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from compiler.kind import Record, about

PRIVATE_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
)

LATEST = "latest"  # what a location without a tag means
# Tags that builds put on each new image.
MOVING = frozenset(
    (LATEST, "canary", "current", "dev", "develop", "edge", "head", "lts", "main", "master", "mainline",
     "next", "nightly", "prod", "production", "release", "rolling", "snapshot", "stable", "staging", "test",
     "trunk", "unstable")
)  # fmt: skip


class ContainerImage(Record):
    """A container image: in a repository of this account, or anywhere else by its whole location."""

    repository: (
        Annotated[
            str,
            about(
                "An ECR repository of the platform's own account and region.",
                examples=["iot/ingest"],
                pattern="^[a-z0-9]+(?:[._/-][a-z0-9]+)*$",
                max_length=256,
                form="the name of an ECR repository",
            ),
        ]
        | None
    ) = None
    tag: (
        Annotated[
            str,
            about(
                "The tag of the image in the repository.",
                examples=["1.4.2"],
                pattern="^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$",
                form="an image tag, in quotes if it looks like a number",
            ),
        ]
        | None
    ) = None
    digest: (
        Annotated[
            str,
            about(
                "The digest of the image in the repository, instead of a tag.",
                examples=["sha256:" + "0123456789abcdef" * 4],
                pattern="^sha256:[0-9a-f]{64}$",
                form="an image digest, sha256: and 64 hexadecimal digits",
            ),
        ]
        | None
    ) = None
    location: (
        Annotated[
            str,
            about(
                "A whole image reference, when it is not in a repository of this account.",
                examples=["public.ecr.aws/nginx/nginx:1.27"],
                pattern=r"^[^\s]+$",
                form="an image reference such as public.ecr.aws/nginx/nginx:1.27",
            ),
        ]
        | None
    ) = None


class Registry(NamedTuple):
    """A private ECR repository; empty account and region are the platform's own."""

    account: str
    region: str
    repository: str


def registry(image: ContainerImage) -> Registry | None:
    """The private repository the image is pulled from, or None when it comes from elsewhere."""
    if image.repository:
        return Registry("", "", image.repository)
    found = PRIVATE_ECR.match(image.location or "")
    return Registry(**found.groupdict()) if found else None


def moving(image: ContainerImage) -> str | None:
    """The tag that can mean another image tomorrow, or None when the image is one and the same for ever."""
    if image.location is None:
        return image.tag if image.tag in MOVING else None
    if "@sha256:" in image.location:
        return None
    _, _, tag = image.location.rpartition("/")[2].partition(":")
    return (tag or LATEST) if (tag or LATEST) in MOVING else None
