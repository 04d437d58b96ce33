"""Update change sets without resource changes: AWS executes those that change outputs, parameters or tags."""

import importlib
import re
from typing import Any

_ENGINE = "ministack.services.cloudformation"
_NO_CHANGES = "The submitted information didn't contain changes."

Stack = dict[str, Any]
ChangeSet = dict[str, Any]


def amend(actions: dict[str, Any]) -> None:
    """Correct the CreateChangeSet entry of the emulator's table of API actions in place."""
    create = actions["CreateChangeSet"]

    def created(params: Any) -> Any:
        answer = create(params)
        _accept(_made(answer))
        return answer

    actions["CreateChangeSet"] = created


def _made(answer: Any) -> ChangeSet:
    """The change set this answer reports, or an empty one for an error."""
    status, _headers, body = answer
    text = body.decode() if isinstance(body, bytes) else body
    told = re.search("<Id>(.*?)</Id>", text) if status == 200 else None
    made = importlib.import_module(_ENGINE)._change_sets.get(told[1]) if told else None
    return made or {}


def _accept(made: ChangeSet) -> None:
    """Make a change set executable that the emulator failed because it looks at resources only."""
    if made.get("ChangeSetType") != "UPDATE" or not made["StatusReason"].startswith(_NO_CHANGES):
        return
    stack = importlib.import_module(_ENGINE)._stacks[made["StackName"]]
    if _parameters_differ(made, stack) or _tags_differ(made, stack) or _outputs_differ(made, stack):
        made.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")


def _parameters_differ(made: ChangeSet, stack: Stack) -> bool:
    # A parameter that is merely declared, renamed or dropped is no change to AWS.
    old, new = stack["_resolved_params"], made["_resolved_params"]
    return any(old[name]["Value"] != new[name]["Value"] for name in old.keys() & new.keys())


def _tags_differ(made: ChangeSet, stack: Stack) -> bool:
    changesets = importlib.import_module(f"{_ENGINE}.changesets")
    return bool(changesets._stack_tags_changed(stack, made["Tags"], made["_tags_given"]))


def _outputs_differ(made: ChangeSet, stack: Stack) -> bool:
    old = _outputs(stack["_template"], stack["_resolved_params"], stack)
    return old != _outputs(made["_template"], made["_resolved_params"], stack)


def _outputs(template: dict[str, Any], values: dict[str, Any], stack: Stack) -> dict[str, Any]:
    """The outputs in force, as far as they resolve before anything is executed."""
    changesets = importlib.import_module(f"{_ENGINE}.changesets")
    conditions = changesets._evaluate_conditions(template, values)
    # Dressed up as resources, because that is what the emulator resolves for its own comparison.
    shown = {
        name: {"Properties": output}
        for name, output in template.get("Outputs", {}).items()
        if conditions.get(output.get("Condition"), True)
    }
    dressed = {**template, "Resources": shown}
    resolved = changesets._resolve_props_for_diff(dressed, values, stack["StackName"], stack["StackId"])
    return {name: output["Properties"] for name, output in resolved["Resources"].items()}
