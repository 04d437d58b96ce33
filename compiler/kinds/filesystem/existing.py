"""How the spec names a filesystem that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Record, SecurityGroupId, about


class ExistingFilesystem(Record, kw_only=True):
    """A filesystem of the platform's account and region, with a mount target in each zone in use.

    Consumers get access points of their own; its owner's policy must let in roles of the account.
    """

    id: Annotated[
        str,
        about(
            "The filesystem's id.",
            examples=["fs-0a1b2c3d4e5f60718"],
            pattern="^fs-([0-9a-f]{8}|[0-9a-f]{17})$",
            form="the id of a filesystem, such as fs-0a1b2c3d4e5f60718",
        ),
    ]
    security_group: SecurityGroupId
