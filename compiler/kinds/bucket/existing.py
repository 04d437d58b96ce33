"""How the spec names a bucket that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Existing, about


class ExistingBucket(Existing, kw_only=True):
    """A bucket of the platform's account and region, which its owner has closed to everybody else."""

    name: Annotated[
        str,
        about(
            "The bucket's name.",
            examples=["acme-reports"],
            pattern="^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
            form="the name of an S3 bucket",
        ),
    ]
