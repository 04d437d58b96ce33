"""A time -> AWS::Scheduler::Schedule, with a role that may start this one target and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import kms, sqs
from awacs.aws import Statement
from troposphere import GetAtt, Sub, scheduler

from compiler.blocks import iam
from compiler.blocks.schedule import Schedule
from compiler.model import Path
from compiler.scope import Scope

# The defaults would start a stale run for a day. Source: Scheduler API reference, "RetryPolicy".
RETRIES, OLDEST = 5, 3600
# The group of schedules that name none. The guide forbids a single schedule's ARN in the trust policy.
# Source: EventBridge Scheduler user guide, "Confused deputy prevention in EventBridge Scheduler".
GROUP = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default"


def schedule(
    scope: Scope,
    part: str,
    when: Schedule,
    *,
    target_arn: Any,
    statements: Sequence[Statement],
    dead_letters: Any,
    description: str,
    retries: int = RETRIES,
    path: Path = (),
    **target: Any,
) -> scheduler.Schedule:
    """Adds a schedule and its role; `target` are more properties of AWS::Scheduler::Schedule's Target.

    `statements` allow to start the target. `dead_letters` is the ARN of the queue for what could not be
    started.
    """
    role = iam.role(
        scope,
        f"{part}Role",
        "scheduler.amazonaws.com",
        [*iam.because("starts what the schedule is for", *statements), *_put_aside(scope, dead_letters)],
        source_arn=Sub(GROUP),
        description=f"What the schedule of {scope.component.name} may start",
    )
    return scope.add(
        scheduler.Schedule(
            scope.id(part),
            Description=description,
            FlexibleTimeWindow=scheduler.FlexibleTimeWindow(Mode="OFF"),
            ScheduleExpression=when.expression,
            ScheduleExpressionTimezone=when.timezone,
            State="ENABLED" if when.enabled else "DISABLED",
            Target=scheduler.Target(
                Arn=target_arn,
                RoleArn=GetAtt(role, "Arn"),
                RetryPolicy=scheduler.RetryPolicy(
                    MaximumEventAgeInSeconds=OLDEST, MaximumRetryAttempts=retries
                ),
                DeadLetterConfig=scheduler.DeadLetterConfig(Arn=dead_letters),
                **target,
            ),
        ),
        path=path,
    )


def _put_aside(scope: Scope, dead_letters: Any) -> tuple[Statement, ...]:
    send = iam.allow([sqs.SendMessage], dead_letters)
    use = iam.use_key(scope.key("data"), [kms.GenerateDataKey, kms.Decrypt], "sqs")
    return iam.because("keeps what could not be started in the dead-letter queue", send, *use)
