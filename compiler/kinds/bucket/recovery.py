"""Bucket -> its twin in the second region, to which S3 copies every new object."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, Ref

from compiler import names
from compiler.kinds.bucket import Bucket
from compiler.kinds.bucket.build import add_bucket
from compiler.model import Component, Platform
from compiler.protection import Outlook, is_replicated
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """The twin's name and ARN."""
    if not is_replicated(component, platform):
        return {}
    title = names.recovery_id(component.name, "Bucket")
    return {
        "recovery_name": Attribute(Ref(title), layer="recovery-storage", shown=True),
        "recovery_arn": Attribute(GetAtt(title, "Arn"), layer="recovery-storage"),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the twin, with the lifecycle of the original: S3 copies objects, not that they expired."""
    spec = component.spec
    assert isinstance(spec, Bucket)
    if is_replicated(component, scope.platform):
        # Requests are recorded in the region of the bucket that records them.
        add_bucket(spec, scope.at("recovery-storage"), recorded=False)


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """S3 copies each object soon after it was written; the twin is an ordinary bucket all the time."""
    if not is_replicated(component, platform):
        return None
    return Outlook(
        "15 minutes for most objects, none promised; those from before replication are not there",
        "none: the twin can be used at once",
        "S3 replication",
        "S3 user guide, 'Replicating objects within and across Regions', 2026",
    )
