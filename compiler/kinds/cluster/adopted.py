"""A cluster that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.cluster import Cluster
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its name and ARN; where sessions are logged and where services find each other, if the spec says so."""
    assert isinstance(component.spec, Cluster)
    existing = component.spec.existing
    assert existing is not None
    optional = {
        "exec_log_group_arn": ("logs", "log-group:{}:*", existing.exec_log_group),
        "namespace_arn": ("servicediscovery", "namespace/{}", existing.namespace),
    }
    return {
        "name": Attribute(existing.name),
        "arn": Attribute(adopted.arn("ecs", f"cluster/{existing.name}")),
        **{
            attribute: Attribute(adopted.arn(service, resource.format(name)))
            for attribute, (service, resource, name) in optional.items()
            if name
        },
        **adopted.key_attribute(existing),
    }
