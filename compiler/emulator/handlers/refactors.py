"""Stack refactors, which the emulator lacks: checked as AWS does, then resources really change their stack.

Source: CloudFormation API reference, CreateStackRefactor and its siblings, and user guide, "Stack
refactoring", considerations, 2026.
"""

import copy
import importlib
import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

_ENGINE = "ministack.services.cloudformation"
_MOST_STACKS = 5
_FROZEN = ("Parameters", "Conditions", "Mappings")

Refactor = dict[str, Any]
Place = tuple[str, str]  # stack, logical id
_REFACTORS: dict[str, Refactor] = {}  # they do not outlive the emulator, and need not


class UnfitError(Exception):
    """Why a refactor cannot be; the text becomes its status reason."""


def amend(actions: dict[str, Any]) -> None:
    """Add the calls to the emulator's table of API actions in place."""
    actions["CreateStackRefactor"] = _create
    actions["DescribeStackRefactor"] = _describe
    actions["ListStackRefactorActions"] = _actions
    actions["ExecuteStackRefactor"] = _execute


def _module(name: str) -> Any:
    return importlib.import_module(f"{_ENGINE}.{name}" if name else _ENGINE)


def _answer(operation: str, inner: str) -> Any:
    return _module("helpers")._xml(
        200, f"{operation}Response", f"<{operation}Result>{inner}</{operation}Result>"
    )


def _given(params: Any, key: str) -> str:
    return str(_module("helpers")._p(params, key))


def _create(params: Any) -> Any:
    made: Refactor = {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "Reason": "", "moves": {}}
    try:
        made["templates"] = _definitions(params)
        made["moves"] = _mappings(params)
        _check(made)
    except UnfitError as error:
        made |= {"Status": "CREATE_FAILED", "ExecutionStatus": "UNAVAILABLE", "Reason": str(error)}
    refactor = str(uuid.uuid4())
    _REFACTORS[refactor] = made
    return _answer("CreateStackRefactor", f"<StackRefactorId>{refactor}</StackRefactorId>")


def _definitions(params: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    helpers = _module("helpers")
    while name := _given(params, f"StackDefinitions.member.{len(found) + 1}.StackName"):
        prefix = f"StackDefinitions.member.{len(found) + 1}."
        one = {key.removeprefix(prefix): value for key, value in params.items() if key.startswith(prefix)}
        text, problem = helpers._resolve_template(one)
        if problem or not text:
            raise UnfitError(f"the template of stack {name} cannot be read")
        found[name] = _module("engine")._parse_template(text)
    if len(found) > _MOST_STACKS:
        raise UnfitError(f"A stack refactor can have at most {_MOST_STACKS} stacks.")
    return found


def _mappings(params: Any) -> dict[Place, Place]:
    found: dict[Place, Place] = {}
    while True:
        prefix = f"ResourceMappings.member.{len(found) + 1}."
        source, target = (
            (
                _given(params, f"{prefix}{side}.StackName"),
                _given(params, f"{prefix}{side}.LogicalResourceId"),
            )
            for side in ("Source", "Destination")
        )
        if not all((*source, *target)):
            return found
        found[source] = target


def _stack(name: str) -> Any:
    stack = _module("")._stacks.get(name)
    if not stack or not stack["StackStatus"].endswith("_COMPLETE") or "DELETE" in stack["StackStatus"]:
        raise UnfitError(f"Stack {name} does not exist or is busy.")
    return stack


def _check(made: Refactor) -> None:
    """UnfitError unless the templates have just the resources there are, in their new places, unchanged."""
    wanted = {
        (name, logical_id): definition
        for name, template in made["templates"].items()
        for logical_id, definition in template.get("Resources", {}).items()
    }
    homes = {}
    for name, template in made["templates"].items():
        stack = _stack(name)
        if stack.get("_stack_policy"):
            raise UnfitError(f"Stack {name} has a stack policy.")
        if not template.get("Resources"):
            raise UnfitError(f"{stack['StackId']}: A stack must have at least one resource.")
        for section in _FROZEN:
            if template.get(section, {}) != stack["_template"].get(section, {}):
                raise UnfitError(f"{stack['StackId']}: {section} cannot change in a stack refactor.")
        homes |= {(name, logical_id): (name, logical_id) for logical_id in stack["_resources"]}
    homes |= {place: made["moves"][place] for place in made["moves"] if place in homes}
    if sorted(homes.values()) != sorted(wanted) or not made["moves"].keys() <= homes.keys():
        raise UnfitError("Stack Refactor does not support creating or deleting resources.")
    for (name, logical_id), home in homes.items():
        record = _stack(name)["_resources"][logical_id]
        _check_same(record, wanted[home], home, made)


def _check_same(record: Any, definition: Any, home: Place, made: Refactor) -> None:
    if definition["Type"] != record["ResourceType"]:
        raise UnfitError(f"Stack Refactor does not support changing the type of {home[1]}.")
    properties = _resolved(definition.get("Properties", {}), made["templates"][home[0]], home[0], made)
    if _plain(properties) != _plain(record.get("Properties", {})):
        raise UnfitError(f"Stack Refactor does not support modifications to {home[1]}.")


def _resolved(value: Any, template: Any, name: str, made: Refactor) -> Any:
    engine, stack = _module("engine"), _stack(name)
    values = stack["_resolved_params"]
    return engine._resolve_refs(
        copy.deepcopy(value),
        _records(name, made),
        values,
        engine._evaluate_conditions(template, values),
        template.get("Mappings", {}),
        name,
        stack["StackId"],
    )


def _records(name: str, made: Refactor) -> dict[str, Any]:
    """The resources of a stack after the moves."""
    found = {}
    for other in made["templates"]:
        for logical_id, record in _stack(other)["_resources"].items():
            home = made["moves"].get((other, logical_id), (other, logical_id))
            if home[0] == name:
                found[home[1]] = {**record, "LogicalResourceId": home[1]}
    return found


def _plain(properties: Any) -> Any:
    nothing = _module("engine")._NO_VALUE
    if isinstance(properties, dict):
        return {key: _plain(value) for key, value in properties.items() if value is not nothing}
    if isinstance(properties, list):
        return [_plain(value) for value in properties if value is not nothing]
    return properties


def _known(params: Any) -> Refactor | None:
    return _REFACTORS.get(_given(params, "StackRefactorId"))


def _missing() -> Any:
    return _module("helpers")._error("StackRefactorNotFoundException", "no such stack refactor", 404)


def _describe(params: Any) -> Any:
    found = _known(params)
    if found is None:
        return _missing()
    return _answer(
        "DescribeStackRefactor",
        f"<StackRefactorId>{_given(params, 'StackRefactorId')}</StackRefactorId>"
        f"<Status>{found['Status']}</Status><StatusReason>{escape(found['Reason'])}</StatusReason>"
        f"<ExecutionStatus>{found['ExecutionStatus']}</ExecutionStatus>",
    )


def _actions(params: Any) -> Any:
    found = _known(params)
    if found is None:
        return _missing()
    members = "".join(
        f"<member><ResourceMapping>{_place('Source', source)}{_place('Destination', target)}"
        "</ResourceMapping><Action>MOVE</Action><Entity>RESOURCE</Entity>"
        "<Description>No configuration changes detected.</Description><Detection>MANUAL</Detection></member>"
        for source, target in sorted(found["moves"].items())
    )
    return _answer("ListStackRefactorActions", f"<StackRefactorActions>{members}</StackRefactorActions>")


def _place(side: str, place: Place) -> str:
    stack, logical_id = place
    return (
        f"<{side}><StackName>{stack}</StackName><LogicalResourceId>{logical_id}</LogicalResourceId></{side}>"
    )


def _execute(params: Any) -> Any:
    found = _known(params)
    if found is None:
        return _missing()
    if found["ExecutionStatus"] != "AVAILABLE":
        return _module("helpers")._error("ValidationError", "the stack refactor is not AVAILABLE")
    after = {name: _after(name, template, found) for name, template in found["templates"].items()}
    for name, parts in after.items():
        stack = _stack(name)
        stack.update(parts)
        _module("stacks")._add_event(
            stack["StackId"],
            name,
            name,
            "AWS::CloudFormation::Stack",
            "UPDATE_COMPLETE",
            "",
            stack["StackId"],
        )
    found["ExecutionStatus"] = "EXECUTE_COMPLETE"
    return _module("helpers")._xml(200, "ExecuteStackRefactorResponse", "")


def _after(name: str, template: Any, made: Refactor) -> dict[str, Any]:
    engine, stack = _module("engine"), _stack(name)
    values, records = stack["_resolved_params"], _records(name, made)
    conditions = engine._evaluate_conditions(template, values)
    outputs, _exports = _module("stacks")._resolve_stack_outputs(
        template.get("Outputs", {}),
        conditions,
        records,
        values,
        template.get("Mappings", {}),
        name,
        stack["StackId"],
    )
    return {
        "_resources": records,
        "_template": template,
        "_template_body": json.dumps(template),
        "_conditions": conditions,
        "Outputs": outputs,
        "StackStatus": "UPDATE_COMPLETE",
        "StackStatusReason": "",
        "LastUpdatedTime": _module("stacks").now_iso(),
    }
