"""What of a month's use of a filesystem its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about


class FilesystemUsage(Usage):
    """What the file system keeps, and what is read and written in a month."""

    stored: (
        Annotated[
            str, about("What it keeps in the standard class, on average.", examples=["100GiB"], **AMOUNT)
        ]
        | None
    ) = None
    stored_ia: (
        Annotated[
            str, about("What it keeps in the class for infrequent access.", examples=["400GiB"], **AMOUNT)
        ]
        | None
    ) = None
    stored_archive: (
        Annotated[str, about("What it keeps in the archive class.", examples=["1000GiB"], **AMOUNT)] | None
    ) = None
    read: Annotated[str, about("What is read in a month.", examples=["50GiB"], **AMOUNT)] | None = None
    written: Annotated[str, about("What is written in a month.", examples=["10GiB"], **AMOUNT)] | None = None
