"""Observability -> composite alarms, one for each path, and a dashboard."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.kinds.observability import Observability
from compiler.kinds.observability.composites import add_composites
from compiler.kinds.observability.dashboard import add_dashboards
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """None: nothing is built on top of it."""
    return {}


def build(component: Component, scope: Scope) -> None:
    """Adds what watches all components together; the alarms of each are added with it."""
    spec = component.spec
    assert isinstance(spec, Observability)
    composites = add_composites(scope)
    if spec.dashboard.enabled:
        add_dashboards(composites, scope)
