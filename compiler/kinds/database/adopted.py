"""A database that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Where the database is reached, and how it is called."""
    assert isinstance(component.spec, Database)
    existing = component.spec.existing
    assert existing is not None
    return {
        "identifier": Attribute(existing.identifier),
        "endpoint": Attribute(existing.endpoint),
        "reader_endpoint": Attribute(existing.reader_endpoint or existing.endpoint),
        "port": Attribute(str(existing.port)),
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("rds", f"cluster:{existing.identifier}")),
        "resource_id": Attribute(existing.resource_id),
        "security_group_id": Attribute(existing.security_group),
    }
