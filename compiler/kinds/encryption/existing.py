"""How the spec names keys that exist already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import KEY_ID, Record, about


class ExistingKeys(Record, kw_only=True):
    """Keys of the platform's account and region; one may be named for several purposes.

    Their owner lets the services that use them in, as the policies of keys that are made here do.
    """

    data: Annotated[
        str,
        about(
            "The id of the key for data.",
            examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
            **KEY_ID,
        ),
    ]
    logs: (
        Annotated[
            str,
            about(
                "The id of the key for log groups and alarm topics; without it AWS's own encrypts them.",
                examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
                **KEY_ID,
            ),
        ]
        | None
    ) = None
    secrets: Annotated[
        str,
        about(
            "The id of the key for secrets.",
            examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
            **KEY_ID,
        ),
    ]
