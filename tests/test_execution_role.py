"""The role that CloudFormation acts with: written in the spec, looked for, told in the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler import manifest, pipeline
from compiler.deploy import execution_role, plan
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.errors import DeployError
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly
from tests.specs import HEAD, document, problems
from tests.test_cli import run
from tests.test_local import LOCAL, SPEC, folder, said

__all__ = ["folder"]

ROLE = "arn:aws:iam::111122223333:role/shop/execution"
OTHER = "arn:aws:iam::111122223333:role/other"


def head(role: str) -> str:
    return HEAD.replace("profile: dev}", f"profile: dev, execution_role: '{role}'}}")


class Roles:
    """An account with one role, or one that must not be looked at."""

    def __init__(self, arn: str = "", error: UnseenError | None = None) -> None:
        self.arn, self.error = arn, error

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        if self.error:
            raise self.error
        assert (read.operation, options) == ("GetRole", {"RoleName": "execution"})
        return ({"Arn": self.arn},) if self.arn else ()


def test_an_environment_names_the_role_and_the_assembly_knows_it() -> None:
    read = document("queues: {work: {}}", head(ROLE))
    made = pipeline.compile_spec(read, "dev", lambda folder: {})
    assert made.execution_role == ROLE
    assert manifest.read(made.files()).execution_role == ROLE
    assert pipeline.compile_spec(read, "production", lambda folder: {}).execution_role is None


def test_what_is_no_role_is_refused_with_its_line() -> None:
    (told,) = problems("queues: {work: {}}", head("arn:aws:iam::1:user/ann"))
    assert "the ARN of a role such as arn:aws:iam::123456789012:role/name" in told


def test_a_role_that_is_missing_is_told_before_anything_is_done() -> None:
    execution_role.check(ROLE, Roles(ROLE))
    for there in ("", OTHER.replace("other", "execution")):
        with pytest.raises(DeployError, match=f"does not exist: {ROLE}"):
            execution_role.check(ROLE, Roles(there))


def test_a_role_that_may_not_be_looked_at_is_left_to_cloudformation() -> None:
    execution_role.check(ROLE, Roles(error=UnseenError("no iam:GetRole", "AccessDenied")))


@pytest.mark.parametrize(
    ("wanted", "kept", "changes", "told"),
    [
        ("", "", True, ""),
        (ROLE, ROLE, True, f"CloudFormation acts with {ROLE}"),
        (ROLE, ROLE, False, ""),
        (ROLE, "", True, f"CloudFormation acts with {ROLE}"),
        (ROLE, OTHER, True, f"CloudFormation acts with {ROLE} from now on, no longer with {OTHER}"),
        (ROLE, OTHER, False, f"it keeps {OTHER} until something in it changes, and then gets {ROLE}"),
        (ROLE, "", False, f"it keeps no role until something in it changes, and then gets {ROLE}"),
        (
            "",
            OTHER,
            True,
            f"CloudFormation acts with {OTHER}, which the stack keeps; `execution_role` would name another",
        ),
    ],
)
def test_each_stack_says_which_role_acts(wanted: str, kept: str, changes: bool, told: str) -> None:
    assert execution_role.note(wanted, kept, changes=changes) == told


def test_a_plan_tells_the_role_that_a_stack_keeps() -> None:
    aws, assembly = FakeAws(), an_assembly(a_stack("shop-data", {"Orders": {}}))
    aws.role_arn = ROLE
    with plan.make(assembly, aws, FakeClock()) as prepared:
        assert prepared.plan.stacks[0].notes == (f"CloudFormation acts with {ROLE}",)


def test_the_command_takes_the_role_of_the_spec_unless_another_is_given(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "spec.yaml").write_text(
        SPEC.replace("profile: dev}", f"profile: dev, execution_role: '{ROLE}'}}")
    )
    assert run("plan", *LOCAL) == 0
    assert f"CloudFormation acts with {ROLE}" in said(capsys)
    assert run("deploy", *LOCAL, "--yes", "--role-arn", OTHER) == 0
    assert f"CloudFormation acts with {OTHER}" in said(capsys)
    assert run("deploy", *LOCAL, "--yes", "--role-arn", "nonsense") == 2
    assert run("audit", *LOCAL) == 0
    assert f"CloudFormation acted as {OTHER}" in said(capsys)


def test_a_wrong_time_to_wait_is_told_before_aws_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("deploy", *LOCAL, "--yes", "--wait-for-lock", "soon") == 2
    assert "--wait-for-lock 'soon' is no time to wait; give one such as 90s or 30m" in said(capsys)
