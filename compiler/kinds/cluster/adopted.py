"""A cluster that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.cluster import Cluster
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its name and ARN, and where interactive sessions are logged, if they are."""
    assert isinstance(component.spec, Cluster)
    existing = component.spec.existing
    assert existing is not None
    group = f"log-group:{existing.exec_log_group}:*"
    logs = {"exec_log_group_arn": Attribute(adopted.arn("logs", group))} if existing.exec_log_group else {}
    return {
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("ecs", f"cluster/{existing.name}")),
        **logs,
        **adopted.key_attribute(existing),
    }
