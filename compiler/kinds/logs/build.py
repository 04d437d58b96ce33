"""Logs -> constants that every log group takes; the archive, and the bucket for requests to buckets."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, Ref

from compiler import names
from compiler.blocks import buckets
from compiler.kinds.logs import Logs
from compiler.kinds.logs.access_logs import add_access_logs
from compiler.kinds.logs.archive import add_archive
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What log groups and buckets take: retention in days, and where to send what they receive."""
    spec = component.spec
    assert isinstance(spec, Logs)

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    found = {
        "retention_days": Attribute(int(spec.retention.removesuffix("d"))),
        "deletion_protection": Attribute(spec.deletion_protection),
        "archived": Attribute(spec.archive is not None),
    }
    if spec.archive:
        found["archive_stream_arn"] = Attribute(GetAtt(title("ArchiveStream"), "Arn"))
        found["archive_stream_name"] = Attribute(Ref(title("ArchiveStream")))
        found["archive_role_arn"] = Attribute(GetAtt(title("ArchiveRole"), "Arn"))
        found["archive_bucket"] = Attribute(Ref(title("Archive")), shown=True)
    if buckets.requests_recorded(platform):
        found["access_log_bucket"] = Attribute(Ref(title("AccessLogs")), shown=True)
    return found


def build(component: Component, scope: Scope) -> None:
    """Adds the buckets for logs, where there are any: each component makes its own log groups."""
    spec = component.spec
    assert isinstance(spec, Logs)
    if buckets.requests_recorded(scope.platform):
        add_access_logs(spec, scope)
    if spec.archive:
        add_archive(spec.archive, scope)
