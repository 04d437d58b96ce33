"""The schedule that starts a task, and what it may do for that."""

from __future__ import annotations

from typing import Any

from awacs import ecs as act
from awacs import iam as act_iam
from awacs.aws import ArnEquals, Condition, Statement, StringEquals
from troposphere import GetAtt, Ref, Sub, scheduler

from compiler.blocks import iam, messages
from compiler.blocks.fargate.placing import addresses, capacity
from compiler.blocks.scheduler import schedule as add_schedule
from compiler.kinds.task.spec import Task, TaskSchedule
from compiler.scope import Scope

FAMILY = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/%s:*"
TASKS = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/${cluster}/*"
DAYS_14 = 14 * 86400  # the longest that SQS keeps a message


def start(scope: Scope, spec: Task, schedule: TaskSchedule, group: Any, paths: list[str]) -> None:
    """Adds the schedule with its role, and the queue for starts that it gave up."""
    messages.queue(scope.at("data"), "DeadLetterQueue", path=("schedule",), MessageRetentionPeriod=DAYS_14)
    made = add_schedule(
        scope,
        "Schedule",
        schedule,
        retries=schedule.retries,
        target_arn=scope.value("cluster", "arn"),
        statements=_may_run(scope),
        dead_letters=scope.value(scope.component.name, "dead_letter_arn"),
        description=f"Starts {scope.component.name}",
        path=("schedule",),
        EcsParameters=_parameters(scope, spec, group),
    )
    made.DependsOn = sorted(paths)


def _parameters(scope: Scope, spec: Task, group: Any) -> scheduler.EcsParameters:
    return scheduler.EcsParameters(
        TaskDefinitionArn=Ref(scope.id("Task")),
        TaskCount=1,
        CapacityProviderStrategy=[scheduler.CapacityProviderStrategyItem(**item) for item in capacity(spec)],
        NetworkConfiguration=scheduler.NetworkConfiguration(
            AwsvpcConfiguration=scheduler.AwsVpcConfiguration(**addresses(scope, group))
        ),
        EnableECSManagedTags=True,
        EnableExecuteCommand=spec.exec,
        PropagateTags="TASK_DEFINITION",
    )


def _may_run(scope: Scope) -> list[Statement]:
    """To run this family in this cluster, with its two roles and its tags."""
    family = Sub(FAMILY % scope.physical(limit=255))
    in_cluster = Condition(ArnEquals({"ecs:cluster": scope.value("cluster", "arn")}))
    roles = [GetAtt(scope.id(part), "Arn") for part in ("ExecutionRole", "TaskRole")]
    to_tasks = Condition(StringEquals({"iam:PassedToService": "ecs-tasks.amazonaws.com"}))
    tasks = Sub(TASKS, cluster=scope.value("cluster", "name"))
    when_run = Condition(StringEquals({"ecs:CreateAction": "RunTask"}))
    return [
        iam.allow([act.RunTask], family, in_cluster),
        iam.allow([act_iam.PassRole], roles, to_tasks),
        iam.allow([act.TagResource], tasks, when_run),
    ]
