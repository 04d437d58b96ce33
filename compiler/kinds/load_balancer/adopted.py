"""A load balancer that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its name in metrics, its listener, and the group in front of it."""
    assert isinstance(component.spec, LoadBalancer)
    existing = component.spec.existing
    assert existing is not None
    full_name = f"app/{existing.name}/{existing.id}"
    listener = adopted.arn("elasticloadbalancing", f"listener/{full_name}/{existing.listener}")
    return {
        "full_name": Attribute(full_name),
        "listener_arn": Attribute(listener),
        "listener_port": Attribute(existing.port or (443 if existing.https else 80)),
        "server_name": Attribute((existing.https and existing.domain) or ""),
        "scheme": Attribute(existing.scheme),
        "security_group_id": Attribute(existing.security_group),
    }
