"""The two roles of a task: one that starts it, one that its code runs with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import ecr, kms, logs, ssmmessages
from awacs.aws import Statement
from troposphere import GetAtt, Sub

from compiler.blocks import iam
from compiler.blocks.fargate.beside import WRITE_LOGS, allowed
from compiler.blocks.fargate.helpers import helpers
from compiler.blocks.fargate.images import Registry, registry
from compiler.blocks.fargate.spec import Container
from compiler.blocks.workload import Workload
from compiler.scope import Scope

PULL = (ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer)
# Source: ECS developer guide, "Using ECS Exec: IAM permissions". These four take no resource but `*`.
SESSION = (
    ssmmessages.CreateControlChannel,
    ssmmessages.CreateDataChannel,
    ssmmessages.OpenControlChannel,
    ssmmessages.OpenDataChannel,
)
EVERY_GROUP = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"
ECS = "ecs-tasks.amazonaws.com"
TASKS = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"


def add_roles(scope: Scope, spec: Container, gathered: Workload) -> tuple[Any, Any]:
    """Adds both; returns the ARNs of the execution role and of the task role."""
    name = scope.component.name
    logs_arn = GetAtt(scope.id("Logs"), "Arn")
    lines = iam.because("writes the containers' log lines", iam.allow(WRITE_LOGS, logs_arn))
    starts = [*_pull(spec), *lines, *gathered.execution_statements]
    runs = [*gathered.statements, *(_exec(scope) if spec.exec else ()), *allowed(scope, spec)]
    roles = (
        iam.role(
            scope, "ExecutionRole", ECS, starts, source_arn=Sub(TASKS), description=f"Starts tasks of {name}"
        ),
        iam.role(scope, "TaskRole", ECS, runs, source_arn=Sub(TASKS), description=f"What {name} may do"),
    )
    return GetAtt(roles[0].title, "Arn"), GetAtt(roles[1].title, "Arn")


def _pull(spec: Container) -> Sequence[Statement]:
    """Pulling from the images' own repositories, and from no other; a public image takes no permission."""
    images = (spec.image, *(helper.image for helper in helpers(spec)))
    sources = {found: None for image in images if (found := registry(image))}
    if not sources:
        return []
    repositories = [_repository(source) for source in sources]
    token = iam.allow([ecr.GetAuthorizationToken], "*")
    return iam.because("pulls the images of the task", token, iam.allow(PULL, repositories))


def _repository(source: Registry) -> Sub:
    region, account = source.region or "${AWS::Region}", source.account or "${AWS::AccountId}"
    return Sub(f"arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{source.repository}")


def _exec(scope: Scope) -> Sequence[Statement]:
    """What the agent inside the container needs for an interactive session, and for the record of it."""
    cluster = scope.platform.components["cluster"]
    key = scope.key("logs", cluster)
    return iam.because(
        "people may open a session inside the container (`exec`), and what they do is recorded",
        iam.allow(SESSION, "*"),
        *(_record(scope) if scope.offers("cluster", "exec_log_group_arn") else ()),
        *([iam.allow([kms.Decrypt], key)] if key is not None else []),
    )


def _record(scope: Scope) -> list[Statement]:
    """Not every cluster that exists already says where it records them."""
    return [
        iam.allow([logs.DescribeLogGroups], Sub(EVERY_GROUP)),
        iam.allow([*WRITE_LOGS, logs.DescribeLogStreams], scope.value("cluster", "exec_log_group_arn")),
    ]
