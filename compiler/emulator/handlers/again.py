"""Names of what a stack makes that kept the like when it was deleted: others, as AWS's are by chance."""

import importlib
from typing import Any

_ENGINE = "ministack.services.cloudformation"


def install() -> None:
    """Let the emulator's names, which follow from stack and logical id, miss what is still there."""
    stacks = importlib.import_module(f"{_ENGINE}.stacks")
    provision = stacks._provision_resource

    def provisioned(resource_type: str, logical_id: str, properties: Any, stack: str, *rest: Any) -> Any:
        if kept := _kept(stack, logical_id):
            stacks._NAME_SEED.set(f"kept {kept}")  # the caller reads it, and takes it back
        return provision(resource_type, logical_id, properties, stack, *rest)

    stacks._provision_resource = provisioned


def _kept(stack: str, logical_id: str) -> int:
    """How often stacks of that name left such a resource behind."""
    events = importlib.import_module(_ENGINE)._stack_events
    return sum(
        event["ResourceStatus"] == "DELETE_SKIPPED"
        for told in events.values()
        for event in told
        if (event["StackName"], event["LogicalResourceId"]) == (stack, logical_id)
    )
