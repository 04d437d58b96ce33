"""A topic that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.topic import Topic
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a topic of our own offers too."""
    assert isinstance(component.spec, Topic)
    existing = component.spec.existing
    assert existing is not None
    return {
        "arn": Attribute(adopted.arn("sns", existing.name)),
        "name": Attribute(existing.name),
        **adopted.key_attribute(existing),
    }
