"""Logs -> a constant that every log group takes; no resources of its own."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.kinds.logs import Logs
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The retention in days."""
    assert isinstance(component.spec, Logs)
    return {"retention_days": Attribute(int(component.spec.retention.removesuffix("d")))}


def build(component: Component, scope: Scope) -> None:
    """Adds nothing: each component makes its own log groups."""
