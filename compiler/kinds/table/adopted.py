"""A table that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.table.spec import Table
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a table of our own offers too; the stream where the spec names it."""
    assert isinstance(component.spec, Table)
    existing = component.spec.existing
    assert existing is not None
    stream = f"table/{existing.name}/stream/{existing.stream}"
    streams = {"stream_arn": Attribute(adopted.arn("dynamodb", stream))} if existing.stream else {}
    return {
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("dynamodb", f"table/{existing.name}")),
        **streams,
        **adopted.key_attribute(existing),
    }
