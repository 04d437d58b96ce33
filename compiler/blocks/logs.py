"""Log groups: always with a retention, with the key the platform chose, and made before the writer."""

from __future__ import annotations

from typing import Any

from awacs import logs as act
from awacs.aws import Allow, Principal, Statement
from troposphere import Ref, Sub, logs

from compiler.blocks import iam
from compiler.kind import RECOVERY_LAYERS
from compiler.scope import Scope


def log_group(
    scope: Scope, part: str, name: Any = None, *, archived: bool = True, **properties: Any
) -> logs.LogGroup:
    """Adds a log group, which the archive gets too where there is one, unless it is not to be `archived`.

    `name` only where another system decides how the group is called.
    """
    optional = {
        "DeletionProtectionEnabled": scope.value("logs", "deletion_protection") or None,
        "LogGroupName": name,
        "KmsKeyId": scope.key("logs"),
    }
    group = scope.add(
        logs.LogGroup(
            scope.id(part),
            RetentionInDays=scope.value("logs", "retention_days"),
            **{key: value for key, value in optional.items() if value is not None},
            **properties,
        )
    )
    # The archive takes what is written in its own region.
    here = scope.layer not in RECOVERY_LAYERS
    if archived and here and scope.value("logs", "archived"):
        _subscribe(scope, part, group)
    return group


def _subscribe(scope: Scope, part: str, group: logs.LogGroup) -> None:
    """Adds the filter that sends everything to the archive, beside its group; a group may have two.

    Stream and role are in an earlier stack: CloudWatch Logs tries them when the filter is made.
    """
    scope.add(
        logs.SubscriptionFilter(
            scope.id(f"{part}ToArchive"),
            LogGroupName=Ref(group),
            FilterPattern="",
            DestinationArn=scope.value("logs", "archive_stream_arn"),
            RoleArn=scope.value("logs", "archive_role_arn"),
        )
    )


def delivered(scope: Scope, part: str, name: str) -> logs.LogGroup:
    """Adds a log group that AWS itself delivers to, with the permission for that on the group.

    Otherwise AWS adds to one policy of the whole account, until that is full. `name` begins with
    `/aws/vendedlogs/`, or as the service wants it (`aws-waf-logs-`). Source: CloudWatch Logs user guide,
    "Enable logging from AWS services".
    """
    source = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")
    statement = Statement(
        Effect=Allow,
        Principal=Principal("Service", "delivery.logs.amazonaws.com"),
        Action=[act.CreateLogStream, act.PutLogEvents],
        Resource=[Sub(group_arn(f"{name}:*"))],
        Condition=iam.ours(source),
    )
    return log_group(scope, part, name, ResourcePolicyDocument=iam.document([statement]).JSONrepr())


def group_arn(name: str) -> str:
    """The ARN of a log group, as a text for Sub."""
    return f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{name}"
