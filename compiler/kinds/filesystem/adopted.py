"""A filesystem that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.filesystem import Filesystem
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a filesystem of our own offers too."""
    assert isinstance(component.spec, Filesystem)
    existing = component.spec.existing
    assert existing is not None
    return {
        "id": Attribute(existing.id),
        "arn": Attribute(adopted.arn("elasticfilesystem", f"file-system/{existing.id}")),
        "security_group_id": Attribute(existing.security_group),
    }
