"""Topics for alarms that exist already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.notifications import Notifications
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The topics' ARNs, and whether alarms use them."""
    assert isinstance(component.spec, Notifications)
    existing = component.spec.existing
    assert existing is not None
    topics = {"critical": existing.critical, "warning": existing.warning}
    return {
        "actions_enabled": Attribute(existing.enabled),
        **{f"{severity}_topic_arn": Attribute(adopted.arn("sns", name)) for severity, name in topics.items()},
    }
