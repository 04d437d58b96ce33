"""Log groups: always with a retention, with the key the platform chose, and made before the writer."""

from __future__ import annotations

from typing import Any

from troposphere import logs

from compiler.scope import (
    Scope,
)


def log_group(scope: Scope, part: str, name: Any = None, **properties: Any) -> logs.LogGroup:
    """Adds a log group; `name` only where another system decides how the group is called."""
    optional = {"LogGroupName": name, "KmsKeyId": scope.key("logs")}
    return scope.add(
        logs.LogGroup(
            scope.id(part),
            RetentionInDays=scope.value("logs", "retention_days"),
            **{key: value for key, value in optional.items() if value is not None},
            **properties,
        )
    )
