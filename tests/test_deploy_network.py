"""When the way to AWS breaks: what is tried again, what is never done twice, what is said when it ends."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.deploy import execute, explain, plan
from compiler.deploy.errors import DeployError, RefusedError, Trouble
from compiler.deploy.events import Event, StackFinished
from compiler.deploy.explain import STALE, AwsError
from tests.aws_answers import DENIED, Answers, refusal
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain
from tests.test_deploy_parallel import Outage, broken

ONE = a_stack("shop-one", {"T": {}}, {"T": {"Ref": "T"}})
TWO = a_stack("shop-two", {"T": {}}, wires={"T": "shop-one.T"})
SHOP = an_assembly(ONE, TWO)


class Lost(FakeAws):
    """Executes change sets, and then answers with an error."""

    def __init__(self, *errors: DeployError, polls: int = 2) -> None:
        super().__init__(polls)
        self.errors = list(errors)

    def execute_change_set(self, arn: str, token: str, **modes: Any) -> None:
        super().execute_change_set(arn, token, **modes)
        if self.errors:
            raise self.errors.pop(0)


@pytest.mark.parametrize("error", [broken(), RefusedError(*STALE)], ids=["no answer", "the SDK's second try"])
def test_what_began_although_its_answer_got_lost_is_followed(error: DeployError) -> None:
    """Hand-made: AWS refuses the second try with InvalidChangeSetStatus, because of the first."""
    account = Lost(error)
    events = list(execute.run(plan.make(SHOP, account, FakeClock())))
    assert [event.stack for event in events if isinstance(event, StackFinished)] == ["shop-one", "shop-two"]
    assert account.acts("execute_change_set") == ["shop-one", "shop-two"]


def test_what_may_not_be_looked_at_any_more_is_told_to_go_on() -> None:
    account = Outage(polls=3)
    error = AwsError("access denied", "ask for it", "AccessDenied", missing=False)
    account.error = lambda: error
    prepared, events = plan.make(SHOP, account, FakeClock()), list[Event]()
    account.unreached = {"stack": 10**6}
    with pytest.raises(DeployError) as caught:
        drain(execute.run(prepared), events)
    told = "access denied; under way, and goes on in AWS by itself: shop-one; not begun: shop-two"
    assert caught.value.message == told
    assert prepared.clock.now() < 10


def test_a_plan_that_the_network_ends_says_what_it_could_not_take_away() -> None:
    account = Outage()
    account.unreached = {"change_set": 1, "delete_change_set": 10**6}
    with pytest.raises(DeployError, match="broke; nothing was changed; left behind") as caught:
        plan.make(an_assembly(ONE, a_stack("shop-other", {"T": {}})), account, FakeClock())
    assert "of stack shop-one" in caught.value.message
    # Nobody waits for each of them in turn to find out that nobody answers.
    assert account.unreached["delete_change_set"] == 10**6 - 1


@pytest.mark.parametrize(
    ("code", "http", "trouble"),
    [
        ("Throttling", 400, Trouble.NETWORK),
        ("SlowDown", 503, Trouble.NETWORK),
        ("InternalFailure", 500, Trouble.NETWORK),
        ("503", 503, Trouble.NETWORK),
        ("ExpiredToken", 400, Trouble.SIGN_IN),
        ("InvalidClientTokenId", 403, Trouble.SIGN_IN),
        ("ValidationError", 400, None),
    ],
)
def test_an_answer_tells_whether_asking_again_may_help(code: str, http: int, trouble: Trouble | None) -> None:
    """Hand-made refusals, as botocore raises them."""
    client = (
        Answers().say("cloudformation.DescribeStacks", refusal(code, "no", http)).client("cloudformation")
    )
    assert _failure(client).trouble is trouble


def test_a_missing_permission_is_neither_the_network_nor_the_sign_in() -> None:
    client = Answers().say("cloudformation.DescribeStacks", DENIED).client("cloudformation")
    assert _failure(client).trouble is None


def _failure(client: Any) -> DeployError:
    try:
        client.describe_stacks()
    except Exception as error:
        return explain.failure(error, "cloudformation describe_stacks", "eu-west-1")
    raise AssertionError("it did not fail")
