"""What explaining a failure looks at -> what CI's role may read; nothing of types that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy.account import Read
from compiler.deploy.evidence import functions, hooks, served
from compiler.deploy.evidence.witness import MODULES
from compiler.permissions.authorization import forms
from compiler.permissions.execution import Allowed
from compiler.permissions.ground import Ground
from compiler.permissions.naming import MADE, NAMES, patterns

# Containers and functions write to groups whose names CloudFormation makes; none of the others is looked at.
_OF_LOGS = {("logs", "log-group"): MADE, ("logs", "log-stream"): MADE}
_NAMES = {**NAMES, **_OF_LOGS}


def statements(ground: Ground) -> Iterator[Allowed]:
    """One for what has the platform's names, one for what IAM offers nothing narrower for."""
    wanted = sorted({read.action for read in reads(ground)})
    narrow = [action for action in wanted if forms(action)]
    if narrow:
        found = {arn for action in narrow for arn in _resources(action, ground)}
        yield Allowed(tuple(narrow), tuple(sorted(found)), sid="WhyItFailed")
    broad = tuple(action for action in wanted if not forms(action))
    yield Allowed(broad, ("*",), sid="WhyItFailedNothingNarrower")


def reads(ground: Ground) -> set[Read]:
    """The calls that evidence of the platform's resource types takes; those of hooks for any."""
    found = {read for module in MODULES if set(module.TYPES) & set(ground.types) for read in module.READS}
    if any(served.is_custom(kind) for kind in ground.types):
        found |= set(functions.READS)
    return found | set(hooks.READS)


def _resources(action: str, ground: Ground) -> Iterator[str]:
    if action.startswith("ecs:"):
        yield from _in_clusters(ground)
        return
    for key, offered in forms(action).items():
        for form in offered:
            for arn in patterns(form, _NAMES[key], ground.prefixes):
                filled = arn.replace("${Partition}", "${AWS::Partition}")
                filled = filled.replace("${Account}", "${AWS::AccountId}")
                yield from (filled.replace("${Region}", region) for region in ground.regions)


def _in_clusters(ground: Ground) -> Iterator[str]:
    """Services, tasks and container instances by their cluster, in one ARN: a policy has little room.

    IAM lists the tasks of a cluster under its container instances, Fargate's too. Source: Service
    Authorization Reference, Amazon ECS, ListTasks and DescribeTasks, 2026.
    """
    for region in ground.regions:
        for prefix in ground.prefixes:
            yield f"arn:${{AWS::Partition}}:ecs:{region}:${{AWS::AccountId}}:*/{prefix}*"
    clusters = [arn for arn in ground.adopted if ":ecs:" in arn and ":cluster/" in arn]
    yield from (f"{arn.replace(':cluster/', ':*/')}/*" for arn in clusters)
