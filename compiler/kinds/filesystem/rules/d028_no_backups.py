"""D028: files of production that exist once."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.filesystem import Filesystem
from compiler.model import Component, Platform
from compiler.protection import taken_by
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D028"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production filesystem is not backed up"
WHY = "EFS keeps no versions: what a consumer overwrites or deletes is gone, unless AWS Backup has copied it."
FIX = "Write `automatic_backups: true`, or leave it out; or have a plan of `backups` take the filesystem."
SOURCE = "EFS user guide, 'Backing up EFS file systems', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """EFS's own backups, where no plan takes it."""
    assert isinstance(component.spec, Filesystem)
    if not component.spec.automatic_backups and not taken_by(component, platform):
        message = (
            "'automatic_backups: false' and no plan of `backups` leave one copy of the files; write true"
        )
        yield Hit(("automatic_backups",), message, Remedy("set", ("automatic_backups",), True))
