"""Keys that exist already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.encryption import Encryption
from compiler.model import Component, Platform
from compiler.scope import PURPOSES, Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """`<purpose>_key_arn` for each purpose that has a key."""
    assert isinstance(component.spec, Encryption)
    existing = component.spec.existing
    assert existing is not None
    ids = {purpose: getattr(existing, purpose) for purpose in PURPOSES}
    return {
        f"{purpose}_key_arn": Attribute(adopted.arn("kms", f"key/{key}"))
        for purpose, key in ids.items()
        if key is not None
    }
