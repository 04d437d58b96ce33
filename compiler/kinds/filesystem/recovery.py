"""Filesystem -> its twin in the second region, which EFS keeps up to date and nobody else may write."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import Ref, efs

from compiler import names
from compiler.blocks import reach
from compiler.kinds.filesystem import Filesystem
from compiler.kinds.filesystem.build import add_file_system, add_mount_targets
from compiler.model import Component, Platform
from compiler.protection import Outlook, is_replicated
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The id of the twin."""
    if not is_replicated(component, platform):
        return {}
    title = names.recovery_id(component.name, "FileSystem")
    return {"recovery_id": Attribute(Ref(title), layer="recovery-storage", shown=True)}


def build(component: Component, scope: Scope) -> None:
    """Adds the twin, ready to receive and to be mounted."""
    spec = component.spec
    assert isinstance(spec, Filesystem)
    if not is_replicated(component, scope.platform):
        return
    there = scope.at("recovery-storage")
    # Only what is not protected from being overwritten can be replicated to; it is read-only from then on.
    unprotected = efs.FileSystemProtection(ReplicationOverwriteProtection="DISABLED")
    add_file_system(spec, there, backed_up=False, FileSystemProtection=unprotected)
    group = reach.closed_group(there, "filesystem", there.value("network", "recovery_vpc_id"))
    add_mount_targets(there, group, there.value("network", "recovery_isolated_subnet_ids"))


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """EFS copies all the time; the twin becomes writable when the replication is deleted."""
    if not is_replicated(component, platform):
        return None
    return Outlook(
        "15 minutes for most filesystems; the metric TimeSinceLastSync tells",
        "minutes: delete the replication, then mount the twin",
        "EFS replication",
        "EFS user guide, 'Replicating EFS file systems', 2026",
    )
