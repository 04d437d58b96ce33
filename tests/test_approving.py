"""Approvals: how a change is named, and a file of them that is read strictly."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from compiler.commands.approving import Approval, read_approvals, require_approval
from compiler.deploy.errors import RefusedError
from compiler.exits import UserError
from compiler.review.changes import Change, ChangePlan, StackChanges

TOPIC = "AWS::SNS::Topic"
LOSS = Change("Orders", TOPIC, "remove", "data-loss")
PLAN = ChangePlan(
    "shop",
    "dev",
    (
        StackChanges("shop-data", "data", "update", (LOSS, Change("Key", TOPIC, "replace", "identity"))),
        StackChanges("shop-edge", "edge", "update", (Change("Key", TOPIC, "modify", "exposure"),)),
        StackChanges("shop-logs", "logs", "update", (Change("Log", TOPIC, "modify", "interrupting"),)),
    ),
)


def approve(*names: str) -> None:
    require_approval(PLAN, [Approval(name, "--approve") for name in names], ask=False)


def test_a_logical_id_is_enough_where_one_stack_has_it() -> None:
    approve("Orders", "shop-data/Key", "shop-edge/Key")
    approve("shop-data/Orders", "shop-data/Key", "shop-edge/Key", "Log")


def test_one_change_does_not_approve_its_namesake_in_another_stack() -> None:
    with pytest.raises(RefusedError, match=r"need approval by name: shop-edge/Key \(exposure\); if you mean"):
        approve("Orders", "shop-data/Key")


def test_a_name_that_could_be_two_changes_is_refused() -> None:
    with pytest.raises(
        RefusedError, match="'Key', which --approve names, is in 2 stacks; say which: shop-data/Key"
    ):
        approve("Orders", "Key")


@pytest.mark.parametrize("name", ["shop-data/Order", "Order", "shop-edge/Orders", ""])
def test_a_name_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match=f"this plan changes no {name}, which --approve names") as caught:
        approve(name)
    assert caught.value.exit_code == 4
    assert not name or "did you mean" in str(caught.value)


class Typing(io.StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_each_risky_change_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Typing("Orders\nKey\nKey\n"))
    require_approval(PLAN, [], ask=True)
    first, second, third = capsys.readouterr().out.split(" to go on: ")[:3]
    assert first == "Approve shop-data/Orders (data-loss: remove AWS::SNS::Topic)? Type 'Orders'"
    assert second == "Approve shop-data/Key (identity: replace AWS::SNS::Topic)? Type 'Key'"
    assert third == "Approve shop-edge/Key (exposure: modify AWS::SNS::Topic)? Type 'Key'"


@pytest.mark.parametrize("typed", ["", "yes\n", "Orders\nyes\n", "Orders\nKey\n", "Orders\nKey\nkey\n"])
def test_any_other_answer_approves_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr(sys, "stdin", Typing(typed))
    with pytest.raises(RefusedError, match="not confirmed; nothing was changed"):
        require_approval(PLAN, [], ask=True)


def test_what_is_approved_is_not_asked_for_and_nobody_is_asked_who_said_yes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = [Approval("Orders", "--approve"), Approval("shop-data/Key", "--approve")]
    monkeypatch.setattr(sys, "stdin", Typing("Key\n"))
    require_approval(PLAN, given, ask=True)
    with pytest.raises(RefusedError, match=r"by name: shop-edge/Key \(exposure\); if you mean them"):
        require_approval(PLAN, given, ask=False)


def read(folder: Path, text: str) -> tuple[Approval, ...]:
    file = folder / "approvals.yaml"
    file.write_text(text)
    return read_approvals(str(file))


@pytest.mark.parametrize(
    "text",
    [
        "approvals:\n  - {change: shop-data/Orders, reason: unused, by: Ann}\n",
        '{"approvals":\n  [ {"change": "shop-data/Orders", "reason": "unused", "by": "Ann"}]}',
    ],
)
def test_a_file_may_be_yaml_or_json(tmp_path: Path, text: str) -> None:
    (found,) = read(tmp_path, text)
    assert (found.change, found.reason, found.by) == ("shop-data/Orders", "unused", "Ann")
    assert found.where.startswith(f"{tmp_path}/approvals.yaml:2:")


def test_an_empty_list_approves_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "approvals: []\n") == ()


def test_where_a_wrong_approval_stands_is_told(tmp_path: Path) -> None:
    given = read(tmp_path, "approvals:\n  - {change: Nope, reason: unused, by: Ann}\n")
    with pytest.raises(RefusedError, match=r"changes no Nope, which .*approvals\.yaml:2:14 names"):
        require_approval(PLAN, given, ask=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1:1 holds no approvals"),
        ("[]\n", ":1:1 holds no approvals"),
        ("approval: []\n", ":1:1 'approval' is not a key here; did you mean 'approvals'?"),
        ("{}\n", ":1:1 `approvals` is missing"),
        ("approvals: {}\n", ":1:1 `approvals` is not a list"),
        ("approvals: [x]\n", ":1:13 an approval is a mapping, not 'x'"),
        ("approvals: [{change: a, reason: b}]\n", ":1:13 `by` is missing"),
        ("approvals: [{change: a, reason: b, by: }]\n", ":1:40 `by` is a text, not nothing"),
        ("approvals: [{change: a, reason: '', by: c}]\n", ":1:33 `reason` is a text, not an empty one"),
        ("approvals: [{change: 3, reason: b, by: c}]\n", ":1:22 `change` is a text, not 3"),
        ("approvals: [{change: a, reason: b, by: c, on: d}]\n", ":1:43 'on' is not a key here"),
        ("approvals: [\n", "not valid YAML"),
        ("approvals: []\napprovals: []\n", ":2:1"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2
