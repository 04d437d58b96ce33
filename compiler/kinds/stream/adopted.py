"""A stream that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.stream import Stream
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a stream of our own offers too."""
    assert isinstance(component.spec, Stream)
    existing = component.spec.existing
    assert existing is not None
    return {
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("kinesis", f"stream/{existing.name}")),
        **adopted.key_attribute(existing),
    }
