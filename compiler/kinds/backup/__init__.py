"""Backup plans: what AWS Backup keeps, in a vault of its own, and in a second region."""

from __future__ import annotations

from compiler.kind import Kind
from compiler.kinds.backup.checks import check
from compiler.kinds.backup.spec import BackupPlan
from compiler.kinds.backup.watching import alarms

KIND = Kind(
    name="backup",
    section="backups",
    spec=BackupPlan,
    layer="protection",
    summary="Backup plans, by name; every one has a vault of its own.",
    check=check,
    alarms=alarms,
)
