"""What of a month's use of a backup its price depends on."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import AMOUNT, Usage, about


class BackupPlanUsage(Usage):
    """What the backups take, in each of the vaults."""

    stored: Annotated[str, about("Warm backups, on average.", examples=["500GiB"], **AMOUNT)] | None = None
    stored_cold: (
        Annotated[str, about("Backups in cold storage, on average.", examples=["2000GiB"], **AMOUNT)] | None
    ) = None
