"""Tags on everything that takes them, in whatever form each resource type wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import AWSObject, Tags

# Types whose tags are not called `Tags`.
PROPERTY = {
    "AWS::Backup::BackupPlan": "BackupPlanTags",
    "AWS::Backup::BackupVault": "BackupVaultTags",
    "AWS::EFS::AccessPoint": "AccessPointTags",
    "AWS::EFS::FileSystem": "FileSystemTags",
}


def tag(resource: AWSObject, tags: Mapping[str, str], name: str) -> None:
    """Adds the tags to a resource; EC2 resources also get a Name, which the console shows."""
    key = PROPERTY.get(resource.resource_type, "Tags")
    if key not in resource.props:
        return
    if resource.resource_type.startswith("AWS::EC2::"):
        tags = {"Name": name, **tags}
    setattr(resource, key, _in_form(resource.props[key][0], dict(sorted(tags.items()))))


def _in_form(expected: Any, tags: dict[str, str]) -> Any:
    return tags if expected is dict else Tags(**tags)
