"""Update change sets without resource changes: executable as on AWS, unless they change nothing at all."""

import json
from typing import Any

import pytest

from tests.test_emulator import BASE, Account, account, att, emulator, faults, needed, ref

__all__ = ["account", "emulator", "faults"]  # fixtures

_NAMES = {"StackName": "room", "ChangeSetName": "only"}
_PARAMETERS = {"Word": {"Type": "String", "Default": "one"}, "Unused": {"Type": "String", "Default": "x"}}


def _template(**outputs: Any) -> dict[str, Any]:
    shown = {name: {"Value": value} for name, value in outputs.items()}
    return {"Parameters": _PARAMETERS, "Resources": {"Logs": BASE["Logs"]}, "Outputs": shown}


def _described(account: Account, template: dict[str, Any], **given: Any) -> dict[str, Any]:
    body = json.dumps(template)
    account.cloudformation.create_change_set(**_NAMES, ChangeSetType="UPDATE", TemplateBody=body, **given)
    described: dict[str, Any] = account.cloudformation.describe_change_set(**_NAMES)
    return described


def _executed(account: Account, template: dict[str, Any], **given: Any) -> dict[str, str]:
    """The outputs after a change set that changes no resource."""
    described = _described(account, template, **given)
    assert described["Changes"] == []
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert not described.get("StatusReason")
    account.cloudformation.execute_change_set(**_NAMES)
    account.wait("stack_update_complete", StackName="room")
    assert account.status() == "UPDATE_COMPLETE"
    executed = account.cloudformation.describe_change_set(**_NAMES)
    assert executed["ExecutionStatus"] == "EXECUTE_COMPLETE"
    account.cloudformation.delete_change_set(**_NAMES)
    return account.outputs()


def _refused(account: Account, template: dict[str, Any], **given: Any) -> None:
    described = _described(account, template, **given)
    assert described["Changes"] == []
    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert described["StatusReason"] == (
        "The submitted information didn't contain changes. "
        "Submit different information to create a change set."
    )
    account.cloudformation.delete_change_set(**_NAMES)


def test_an_output_alone_is_added_changed_and_removed(account: Account) -> None:
    name = account.deploy(_template(Name=ref("Logs")))["Name"]
    added = _executed(account, _template(Name=ref("Logs"), Arn=att("Logs", "Arn")))
    assert added.keys() == {"Name", "Arn"}
    assert f":log-group:{name}" in added["Arn"]
    changed = _executed(account, _template(Name=ref("Logs"), Arn={"Fn::Sub": "to ${Logs}"}))
    assert changed == {"Name": name, "Arn": f"to {name}"}
    assert _executed(account, _template(Name=ref("Logs"))) == {"Name": name}
    assert _executed(account, _template()) == {}
    account.delete()


def test_an_export_alone_is_a_change(account: Account) -> None:
    account.deploy(_template(Name=ref("Logs")))
    exporting = _template(Name=ref("Logs"))
    exporting["Outputs"]["Name"]["Export"] = {"Name": "logs"}
    outputs = _executed(account, exporting)
    exports = account.cloudformation.list_exports()["Exports"]
    assert [(item["Name"], item["Value"]) for item in exports] == [("logs", outputs["Name"])]
    _refused(account, exporting)


def test_an_output_behind_a_condition_comes_and_goes_with_it(account: Account) -> None:
    conditional = _template(Name=ref("Logs"), Word=ref("Word"))
    conditional["Conditions"] = {"Told": {"Fn::Equals": [ref("Word"), "two"]}}
    conditional["Outputs"]["Word"]["Condition"] = "Told"
    account.deploy(conditional)
    assert "Word" not in account.outputs()
    _refused(account, conditional)
    assert _executed(account, conditional, Parameters=_word("two"))["Word"] == "two"


def test_a_parameter_alone_is_a_change(account: Account) -> None:
    wanted = _template(Word=ref("Word"))
    assert account.deploy(wanted) == {"Word": "one"}
    assert _executed(account, wanted, Parameters=_word("two")) == {"Word": "two"}
    kept = [{"ParameterKey": "Word", "UsePreviousValue": True}]
    _refused(account, wanted, Parameters=kept)
    unused = [*kept, {"ParameterKey": "Unused", "ParameterValue": "y"}]
    assert _executed(account, wanted, Parameters=unused) == {"Word": "two"}


def test_a_tag_alone_is_a_change(account: Account) -> None:
    # A type that takes no tags, or the tag would change the resource.
    wanted = {"Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
    account.deploy(wanted)
    _executed(account, wanted, Tags=[{"Key": "owner", "Value": "us"}])
    _refused(account, wanted, Tags=[{"Key": "owner", "Value": "us"}])


@pytest.mark.parametrize("section", ["Description", "Metadata", "Mappings", "Parameters"])
def test_what_is_neither_output_nor_parameter_nor_tag_is_no_change(account: Account, section: str) -> None:
    wanted = _template(Name=ref("Logs"))
    account.deploy(wanted)
    _refused(account, wanted)
    other = {"Description": "other", "Metadata": {"a": "b"}, "Mappings": {"A": {"b": {"c": "d"}}}}
    changed = other.get(section) or {**_PARAMETERS, "More": {"Type": "String", "Default": "z"}}
    _refused(account, {**wanted, section: changed})
    assert account.status() == "CREATE_COMPLETE"


def test_a_resource_change_still_shows_as_one(account: Account) -> None:
    account.deploy(_template())
    wanted = _template(Name=ref("Logs"))
    wanted["Resources"] = {"Logs": {**BASE["Logs"], "Properties": {"RetentionInDays": 14}}}
    described = _described(account, wanted)
    assert [item["ResourceChange"]["LogicalResourceId"] for item in described["Changes"]] == ["Logs"]


def _word(value: str) -> list[dict[str, str]]:
    return [{"ParameterKey": "Word", "ParameterValue": value}]


_RECREATION = [
    # Known from the schema, by the emulator itself, by an added handler.
    ("Logs", {"RetentionInDays": 14}, "False"),
    ("Logs", {"LogGroupName": "other"}, "True"),
    ("Service", {"DesiredCount": 2}, "False"),
    ("Service", {"LaunchType": "FARGATE"}, "Conditional"),
    ("Tasks", {"Cpu": "512"}, "True"),
    ("Function", {"Timeout": 20}, "False"),
    ("Target", {"MaxCapacity": 4}, "False"),
]


@pytest.mark.parametrize(("name", "change", "replacement"), _RECREATION)
def test_a_change_set_says_what_is_replaced(
    account: Account, name: str, change: dict[str, Any], replacement: str
) -> None:
    used = {other: BASE[other] for other in needed(BASE[name])} | {name: BASE[name]}
    account.deploy({"Resources": used})
    changed = {**BASE[name], "Properties": {**BASE[name]["Properties"], **change}}
    changes = _described(account, {"Resources": {**used, name: changed}})["Changes"]
    said = {item["ResourceChange"]["LogicalResourceId"]: item["ResourceChange"] for item in changes}
    assert said[name]["Replacement"] == replacement
