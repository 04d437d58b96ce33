"""Moving and renaming over HTTP: the emulator's refactors are checked as AWS checks them."""

import itertools
from collections.abc import Iterator

import pytest

from compiler.commands.reviewing import require_possible
from compiler.deploy import aws, destroy, execute, plan
from compiler.deploy.doors.refactor import Move, RefactorRequest
from compiler.deploy.errors import DeployError
from compiler.deploy.takeover import Imports
from compiler.deploy.wishes import Wishes
from compiler.emulator.server import Emulator, find_python, running
from compiler.review import approvals
from tests.specs import compiled

_accounts = (f"{number:012d}" for number in itertools.count(710000000000))

TOGETHER = "queues: {work: {}}\nstreams: {clicks: {}}\n"
ORDERS = """
resources:
  Orders:
    Type: AWS::DynamoDB::Table
    layer: data
    Properties:
      TableName: shop-production-orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
"""
APART = "queues: {jobs: {renamed_from: work}}\nstreams: {clicks: {stack: busy}}\n"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


@pytest.fixture
def door(emulator: Emulator) -> aws.Boto:
    """An account of its own, empty."""
    return aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, next(_accounts)))


def deploy(door: aws.Boto, body: str) -> None:
    list(execute.run(plan.make(compiled(body), door)))
    with plan.make(compiled(body), door) as again:
        assert not again.plan.has_changes


def physical(door: aws.Boto) -> dict[str, tuple[str, str]]:
    found = {
        each.logical_id: (s.name, each.physical_id) for s in door.stacks() for each in door.resources(s.name)
    }
    return {name: found[name] for name in found if name.endswith(("Queue", "Stream"))}


def test_a_stream_gets_its_own_stack_and_a_queue_another_name_and_both_stay_what_they_are(
    door: aws.Boto,
) -> None:
    deploy(door, TOGETHER)
    then = physical(door)
    deploy(door, APART)
    now = physical(door)
    assert now["ClicksStream"] == ("shop-dev-busy", then["ClicksStream"][1])
    assert now["JobsQueue"] == ("shop-dev-data", then["WorkQueue"][1])
    assert now["JobsQueue"][1].endswith("/shop-dev-work")
    assert "WorkQueue" not in now


def test_what_is_more_than_a_move_is_refused(door: aws.Boto) -> None:
    deploy(door, TOGETHER)
    text = door.template("shop-dev-data")
    move = Move("shop-dev-data", "WorkQueue", "shop-dev-data", "JobsQueue")

    def status(text: str) -> tuple[str, str]:
        made = door.create_refactor(RefactorRequest({"shop-dev-data": text}, [move], "test"))
        found = door.refactor(made)
        return found.status, found.reason

    renamed = text.replace('"WorkQueue"', '"JobsQueue"')
    assert status(renamed) == ("CREATE_COMPLETE", "")
    refused = status(renamed.replace('"QueueName": "shop-dev-work"', '"QueueName": "other"'))
    assert refused == ("CREATE_FAILED", "Stack Refactor does not support modifications to JobsQueue.")
    assert status(text)[0] == "CREATE_FAILED"
    with pytest.raises(DeployError, match="no such stack refactor"):
        door.refactor("none")


def test_what_a_destroyed_environment_kept_is_taken_over_by_the_next_one(door: aws.Boto) -> None:
    production = compiled(ORDERS, "production")
    list(execute.run(plan.make(production, door)))
    for stack in door.stacks():
        door.protect(stack.name, False)
    list(destroy.run(destroy.plan(production, door)))
    assert door.stack("shop-production-data") is None

    with plan.make(production, door, wishes=Wishes(Imports(ours=True))) as prepared:
        require_possible(prepared.plan)
        assert not approvals.needed(prepared.plan)
        list(execute.run(prepared))
    events = door.events("shop-production-data")
    assert "IMPORT_COMPLETE" in {each.status for each in events if each.logical_id == "Orders"}
    with plan.make(production, door) as again:
        assert not again.plan.has_changes
