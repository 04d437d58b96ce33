"""The default alarms of a backup plan."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.backup.spec import BackupPlan
from compiler.model import Component, Platform

HOUR, DAY = 3600, 86400  # seconds


def alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """Jobs that failed or never began, and, for daily plans, that there is no backup at all."""
    spec = component.spec
    assert isinstance(spec, BackupPlan)
    yield _alarm("backup-failed", "A backup failed.", "NumberOfBackupJobsFailed")
    yield _alarm(
        "backup-expired",
        "A backup did not begin in time: others of the same data were under way.",
        "NumberOfBackupJobsExpired",
    )
    if spec.copy_to:
        failed = "A backup was not copied to the second region."
        yield _alarm("copy-failed", failed, "NumberOfCopyJobsFailed")
    if spec.every == "day":
        yield Alarm(
            "no-backup",
            "For two days nothing was backed up.",
            1,
            _metric("NumberOfBackupJobsCompleted", DAY),
            comparison="<",
            datapoints=2,
            periods=2,
            severity="critical",
            missing="breaching",
        )


def _alarm(name: str, summary: str, metric: str) -> Alarm:
    return Alarm(name, summary, 0, _metric(metric, HOUR), datapoints=1, periods=1, severity="critical")


def _metric(name: str, period: int) -> Metric:
    # Source: AWS Backup developer guide, "AWS Backup metrics with Amazon CloudWatch", 2026.
    return Metric("AWS/Backup", name, {"BackupVaultName": "vault_name"}, period=period)
