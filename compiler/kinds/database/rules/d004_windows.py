"""D004: windows in which RDS cannot do what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import windows
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "D004"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "a database's windows are too short, or meet"
WHY = "RDS takes no window of less than 30 minutes, and neither backs up nor patches while it does the other."
FIX = "Move one of the windows, or make it longer."
SOURCE = "RDS API reference, 'CreateDBCluster', PreferredBackupWindow and PreferredMaintenanceWindow, 2026"

SHORTEST = 30  # minutes


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The length of both windows, and whether they ever meet."""
    spec = component.spec
    assert isinstance(spec, Database)
    backup, maintenance = spec.backup.window, spec.maintenance_window
    for path, window in ((("backup", "window"), backup), (("maintenance_window",), maintenance)):
        if (minutes := windows.length(window)) < SHORTEST:
            yield Hit(path, f"a window of {minutes} minutes is too short; RDS wants {SHORTEST} or more")
    if windows.overlap(backup, maintenance):
        message = f"{maintenance} meets the backup window {backup}; move one of the two"
        yield Hit(("maintenance_window",), message)
