"""A function that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.function import Function
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its name and ARN, which is what callers need."""
    assert isinstance(component.spec, Function)
    existing = component.spec.existing
    assert existing is not None
    name = Attribute(existing.name)
    arn = adopted.arn("lambda", f"function:{existing.name}")
    return {"name": name, "call_as": name, "arn": Attribute(arn)}
