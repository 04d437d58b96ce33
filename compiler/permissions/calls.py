"""What the deployer itself calls -> what CI's role may do: the calls of `deploy/doors/`, and its looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.deploy import checks, execution_role, imports, readiness
from compiler.deploy.account import Read
from compiler.deploy.bootstrap import STACK
from compiler.permissions import looking
from compiler.permissions.execution import ASSETS, Allowed
from compiler.permissions.ground import Ground
from compiler.permissions.naming import MADE
from compiler.star_actions import takes_no_resource

ARN = "arn:${AWS::Partition}"
# Call of the SDK -> IAM actions. Those of a stack, those of all stacks, those of the bucket for packages.
# Source: Service Authorization Reference; CloudFormation API reference, DescribeStacks (`ListStacks` as well
# when no stack is named); S3 API reference, HeadObject (without `s3:ListBucket`, what is missing reads as
# forbidden), 2026.
OF_STACKS = {
    "cancel_update_stack": ("cloudformation:CancelUpdateStack",),
    "delete_change_set": ("cloudformation:DeleteChangeSet",),
    "describe_change_set": ("cloudformation:DescribeChangeSet",),
    "describe_change_set_hooks": ("cloudformation:DescribeChangeSetHooks",),
    "describe_events": ("cloudformation:DescribeEvents",),
    "describe_stack_events": ("cloudformation:DescribeStackEvents",),
    "describe_stack_resource_drifts": ("cloudformation:DescribeStackResourceDrifts",),
    "detect_stack_drift": ("cloudformation:DetectStackDrift", "cloudformation:DetectStackResourceDrift"),
    "execute_change_set": ("cloudformation:ExecuteChangeSet",),
    "get_stack_policy": ("cloudformation:GetStackPolicy",),
    "get_template": ("cloudformation:GetTemplate",),
    "list_change_sets": ("cloudformation:ListChangeSets",),
    "list_stack_resources": ("cloudformation:ListStackResources",),
    "set_stack_policy": ("cloudformation:SetStackPolicy",),
    "update_termination_protection": ("cloudformation:UpdateTerminationProtection",),
}
# With the execution role, and no other.
WITH_ROLE = {
    "continue_update_rollback": ("cloudformation:ContinueUpdateRollback",),
    "create_change_set": ("cloudformation:CreateChangeSet",),
    "delete_stack": ("cloudformation:DeleteStack",),
    "rollback_stack": ("cloudformation:RollbackStack",),
}
# Change sets bring tags. Source: Service Authorization Reference, CloudFormation, TagResource.
TAGGING = ("cloudformation:TagResource", "cloudformation:UntagResource")
OF_ALL = {
    "create_stack_refactor": ("cloudformation:CreateStackRefactor",),
    "describe_stack_drift_detection_status": ("cloudformation:DescribeStackDriftDetectionStatus",),
    "describe_stack_refactor": ("cloudformation:DescribeStackRefactor",),
    "describe_stacks": ("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
    "execute_stack_refactor": ("cloudformation:ExecuteStackRefactor",),
    "list_stack_refactor_actions": ("cloudformation:ListStackRefactorActions",),
}
# CloudFormation reads a large template with the permissions of who names its URL.
OF_BUCKET = {"head_object": ("s3:ListBucket",), "list_objects_v2": ("s3:ListBucket",)}
OF_OBJECTS = {
    "get_object": ("s3:GetObject",),
    "head_object": ("s3:GetObject",),
    "put_object": ("s3:PutObject",),
}
# What was done stays on record: only assemblies that are too old to go back to are ever deleted.
OF_OLD = {"delete_object": ("s3:DeleteObject",)}
OF_FUNCTIONS = {"invoke": ("lambda:InvokeFunction",)}
FREE = ("get_caller_identity",)  # needs no permission. Source: STS API reference, GetCallerIdentity

# How much of a logical id a made name keeps, however it is shortened; as for `naming.MADE`.
KEPT = 20


def statements(ground: Ground, role: str) -> tuple[Allowed, ...]:
    """All that CI may do; `role` is the ARN of the execution role, as a text for Sub."""
    stacks = tuple(sorted(_stacks(ground)))
    with_it = {"StringEquals": {"cloudformation:RoleArn": (role,)}}
    passed = {"StringEquals": {"iam:PassedToService": ("cloudformation.amazonaws.com",)}}
    bucket = f"{ARN}:s3:::{ASSETS}*"
    return (
        Allowed(_actions(OF_STACKS, TAGGING), stacks, sid="StacksOfThePlatform"),
        Allowed(_actions(WITH_ROLE), stacks, with_it, "OnlyWithTheExecutionRole"),
        Allowed(_actions(OF_ALL), ("*",), sid="NothingNarrower"),
        Allowed(_actions(OF_BUCKET), (bucket,), sid="Packages"),
        Allowed(_actions(OF_OBJECTS), tuple(_objects(ground, bucket)), sid="PackagesInside"),
        Allowed(_actions(OF_OLD), (_kept(ground, bucket),), sid="OldAssemblies"),
        *_looks(ground),
        Allowed((imports.TAGGED.action,), ("*",), sid="WhatIsOursAlready"),
        Allowed(("iam:PassRole",), (role,), passed, "PassTheExecutionRole"),
        Allowed((execution_role.GET.action,), (role,), sid="WhetherTheExecutionRoleIsThere"),
        *_migrations(ground),
        *looking.statements(ground),
    )


def _actions(calls: Mapping[str, tuple[str, ...]], more: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(sorted({*more, *(action for actions in calls.values() for action in actions)}))


def _objects(ground: Ground, bucket: str) -> Iterator[str]:
    """What a deployment reads and writes: of what is an environment's own, nobody else's."""
    own = f"{ground.platform}/{ground.environment or '*'}"
    yield from (f"{bucket}/*.zip", f"{bucket}/templates/*", _kept(ground, bucket))
    yield from (f"{bucket}/audit/{own}/*", f"{bucket}/locks/{own}.json")


def _kept(ground: Ground, bucket: str) -> str:
    return f"{bucket}/assemblies/{ground.platform}/{ground.environment or '*'}/*"


def _looks(ground: Ground) -> Iterator[Allowed]:
    """To wait for what is only configured, and for checks: in the platform's regions, if IAM can say so."""
    probes = (probe.read for probe in readiness.PROBES.values())
    actions = sorted({read.action for read in (*probes, Read(*checks.ALARMS))})
    narrow = tuple(action for action in actions if not takes_no_resource(action))
    services = sorted({action.partition(":")[0] for action in narrow})
    there = (f"{ARN}:{s}:{region}:${{AWS::AccountId}}:*" for s in services for region in ground.regions)
    yield Allowed(narrow, tuple(there), sid="WhetherItIsReady")
    wide = tuple(action for action in actions if takes_no_resource(action))
    yield Allowed(wide, ("*",), sid="WhetherItIsReadyAnywhere")


def _stacks(ground: Ground) -> Iterator[str]:
    """The platform's stacks with their change sets, and the one that holds the bucket for packages."""
    for region in ground.regions:
        where = f"{ARN}:cloudformation:{region}:${{AWS::AccountId}}"
        yield from (f"{where}:stack/{prefix}*/*" for prefix in ground.prefixes)
        yield f"{where}:stack/{STACK}*/*"
        yield f"{where}:changeSet/formwork-*/*"


def _migrations(ground: Ground) -> Iterator[Allowed]:
    """The functions that apply migrations; CloudFormation makes their names of stack and logical id."""
    found = [
        f"{ARN}:lambda:{region}:${{AWS::AccountId}}:function:{prefix[: MADE.sure]}*{logical_id[:KEPT]}*"
        for region in ground.regions
        for prefix in ground.prefixes
        for logical_id in ground.migrators
    ]
    if found:
        yield Allowed(_actions(OF_FUNCTIONS), tuple(sorted(found)), sid="Migrations")
