"""Answers of the SDK -> our records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from compiler.deploy.records import (
    ChangeSet,
    ChangeSetSummary,
    Hook,
    LiveResource,
    LiveStack,
    OperationEvent,
    StackEvent,
    Validation,
)

Answer = Mapping[str, Any]


def stack(answer: Answer) -> LiveStack:
    """A member of DescribeStacks."""
    return LiveStack(
        id=answer["StackId"],
        name=answer["StackName"],
        status=answer["StackStatus"],
        reason=answer.get("StackStatusReason", ""),
        outputs={output["OutputKey"]: output["OutputValue"] for output in answer.get("Outputs", ())},
        tags={tag["Key"]: tag["Value"] for tag in answer.get("Tags", ())},
        protected=answer.get("EnableTerminationProtection", False),
        created=answer.get("CreationTime"),
        updated=answer.get("LastUpdatedTime"),
        parameters={
            each["ParameterKey"]: each.get("ParameterValue", "") for each in answer.get("Parameters", ())
        },
        detail=answer.get("DetailedStatus", ""),
        express=answer.get("DeploymentConfig", {}).get("Mode") == "EXPRESS",
        operations=tuple(
            f"{each.get('OperationType', '')} {each['OperationId']}"
            for each in answer.get("LastOperations", ())
        ),
        role_arn=answer.get("RoleARN", ""),
        drift=answer.get("DriftInformation", {}).get("StackDriftStatus", ""),
        drift_checked=answer.get("DriftInformation", {}).get("LastCheckTimestamp"),
    )


def change_set(pages: Sequence[Answer]) -> ChangeSet:
    """All pages of DescribeChangeSet."""
    first = pages[0]
    return ChangeSet(
        arn=first["ChangeSetId"],
        name=first["ChangeSetName"],
        stack_id=first["StackId"],
        status=first["Status"],
        reason=first.get("StatusReason", ""),
        execution=first.get("ExecutionStatus", ""),
        pages=tuple(pages),
    )


def event(answer: Answer) -> StackEvent:
    """A member of DescribeStackEvents."""
    return StackEvent(
        id=answer["EventId"],
        stack_id=answer["StackId"],
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        type=answer.get("ResourceType", ""),
        status=answer.get("ResourceStatus", ""),
        reason=answer.get("ResourceStatusReason", ""),
        time=answer["Timestamp"],
        token=answer.get("ClientRequestToken"),
        hook=answer.get("HookInvocationId", ""),
    )


def resource(answer: Answer) -> LiveResource:
    """A member of ListStackResources."""
    return LiveResource(
        logical_id=answer["LogicalResourceId"],
        physical_id=answer.get("PhysicalResourceId", ""),
        type=answer["ResourceType"],
        status=answer["ResourceStatus"],
        reason=answer.get("ResourceStatusReason", ""),
    )


def validation(answer: Answer) -> Validation:
    """A member of DescribeEvents whose type is VALIDATION_ERROR."""
    return Validation(
        logical_id=answer.get("LogicalResourceId", ""),
        name=answer.get("ValidationName", ""),
        mode=answer.get("ValidationFailureMode", "FAIL"),
        path=answer.get("ValidationPath", ""),
        reason=answer.get("ValidationStatusReason", ""),
    )


def hook(answer: Answer) -> Hook:
    """A member of DescribeChangeSetHooks."""
    target = answer.get("TargetDetails", {}).get("ResourceTargetDetails", {})
    return Hook(
        name=answer.get("TypeName", ""),
        mode=answer.get("FailureMode", "FAIL"),
        logical_id=target.get("LogicalResourceId", ""),
        type=target.get("ResourceType", ""),
        action=target.get("ResourceAction", ""),
    )


def operation_event(answer: Answer) -> OperationEvent:
    """A member of DescribeEvents."""
    reasons = ("ResourceStatusReason", "ValidationStatusReason", "HookStatusReason")
    return OperationEvent(
        id=answer["EventId"],
        operation=answer.get("OperationId", ""),
        operation_type=answer.get("OperationType", ""),
        kind=answer.get("EventType", ""),
        logical_id=answer.get("LogicalResourceId", ""),
        physical_id=answer.get("PhysicalResourceId", ""),
        type=answer.get("ResourceType", ""),
        status=answer.get("ResourceStatus", ""),
        reason=next((answer[name] for name in reasons if answer.get(name)), ""),
        time=answer["Timestamp"],
        token=answer.get("ClientRequestToken"),
        name=answer.get("ValidationName") or answer.get("HookType", ""),
        mode=answer.get("ValidationFailureMode") or answer.get("HookFailureMode", ""),
        path=answer.get("ValidationPath", ""),
    )


def template(body: Any) -> str:
    """GetTemplate's body as text: the SDK parses it when it was JSON."""
    return body if isinstance(body, str) else json.dumps(body)


def change_set_summary(answer: Answer) -> ChangeSetSummary:
    """A member of ListChangeSets."""
    return ChangeSetSummary(
        answer["ChangeSetId"],
        answer.get("ChangeSetName", ""),
        answer.get("Status", ""),
        answer.get("ExecutionStatus", ""),
        answer.get("CreationTime"),
    )
