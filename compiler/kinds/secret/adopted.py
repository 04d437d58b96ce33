"""A secret that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.secret import Secret
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What a secret of our own offers too."""
    assert isinstance(component.spec, Secret)
    existing = component.spec.existing
    assert existing is not None
    return {
        "arn": Attribute(adopted.arn("secretsmanager", f"secret:{existing.name}")),
        **adopted.key_attribute(existing),
    }
