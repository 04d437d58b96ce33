"""The whole deployer against the embedded emulator, over HTTP: the same code that talks to AWS."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from compiler import pipeline
from compiler.assembly import Assembly, Asset, Stack, sha256
from compiler.deploy import aws, bootstrap, destroy, execute, live, plan
from compiler.deploy.clock import SystemClock
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import AssetUploaded, Deployed, Destroyed, Event, StackFailed, StackFinished
from compiler.deploy.status import State
from compiler.emulator.server import Emulator, find_python, running
from tests.fakes import a_stack, an_assembly, drain
from tests.specs import HEAD, document

_accounts = (f"{number:012d}" for number in itertools.count(700000000000))

KEYS = a_stack("shop-foundation", {"Key": {"DisplayName": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"DisplayName": {"Ref": "Key"}}},
    {"OrdersArn": {"Ref": "Orders"}},
    {"Key": "shop-foundation.KeyArn"},
)
SHOP = an_assembly(KEYS, DATA)


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "faults.json"


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


@pytest.fixture
def door(emulator: Emulator, faults: Path) -> aws.Boto:
    """An account of its own, empty, and no faults."""
    faults.write_text("[]")
    return aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, next(_accounts)))


def deploy(door: aws.Boto, assembly: Assembly) -> list[Event]:
    return list(execute.run(plan.make(assembly, door)))


def fail(door: aws.Boto, assembly: Assembly) -> tuple[list[Event], DeployError]:
    events: list[Event] = []
    prepared = plan.make(assembly, door)
    with pytest.raises(DeployError) as caught:
        drain(execute.run(prepared), events)
    return events, caught.value


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


def statuses(door: aws.Boto) -> dict[str, str]:
    return {stack.name: stack.status for stack in door.stacks()}


def strike(faults: Path, logical_id: str, operation: str, reason: str) -> None:
    faults.write_text(json.dumps([{"logical_id": logical_id, "operation": operation, "fail": reason}]))


def test_create_then_nothing_then_update(door: aws.Boto) -> None:
    first = deploy(door, SHOP)[-1]
    assert statuses(door) == {"shop-foundation": "CREATE_COMPLETE", "shop-data": "CREATE_COMPLETE"}
    assert isinstance(first, Deployed)
    assert first.outputs["shop-data"]["OrdersArn"].startswith("arn:aws:sns:us-east-1:")

    prepared = plan.make(SHOP, door)
    assert not prepared.plan.has_changes
    assert [type(event).__name__ for event in execute.run(prepared)] == ["PlanStarted", "Deployed"]

    deploy(door, an_assembly(changed(KEYS, "Key", DisplayName="two"), DATA))
    assert statuses(door) == {"shop-foundation": "UPDATE_COMPLETE", "shop-data": "CREATE_COMPLETE"}
    assert door.stack("shop-data") is not None
    assert [s.current for s in live.read(SHOP, door).stacks] == [False, True]


def test_a_declined_first_plan_leaves_nothing(door: aws.Boto) -> None:
    prepared = plan.make(SHOP, door)
    assert statuses(door) == {"shop-foundation": "REVIEW_IN_PROGRESS"}
    assert prepared.discard() == ()
    assert statuses(door) == {}


def test_a_declined_update_leaves_no_change_set(door: aws.Boto) -> None:
    deploy(door, SHOP)
    plan.make(an_assembly(changed(KEYS, "Key", DisplayName="two"), DATA), door).discard()
    left = [door.change_set(arn) for arn in door.change_sets("shop-foundation")]
    assert [found.execution for found in left if found] == ["EXECUTE_COMPLETE"]
    assert statuses(door) == {"shop-foundation": "CREATE_COMPLETE", "shop-data": "CREATE_COMPLETE"}


def test_a_failed_creation_tells_its_cause_and_a_second_run_converges(door: aws.Boto, faults: Path) -> None:
    strike(faults, "Orders", "create", "Topic orders already exists")
    events, error = fail(door, SHOP)
    failure = next(event for event in events if isinstance(event, StackFailed)).failure
    assert (failure.logical_id, failure.status) == ("Orders", "ROLLBACK_COMPLETE")
    assert "Topic orders already exists" in failure.reason
    assert str(failure.origin and failure.origin.position) == "shop.yaml:3:5"
    assert error.exit_code == 3
    (state,) = [s for s in live.read(SHOP, door).stacks if s.name == "shop-data"]
    assert state.state is State.FAILED_CREATE
    assert state.failure
    assert "already exists" in state.failure.reason

    faults.write_text("[]")
    done = [(e.stack, e.doing) for e in deploy(door, SHOP) if isinstance(e, StackFinished)]
    assert done == [("shop-data", "delete"), ("shop-data", "create")]
    assert set(statuses(door).values()) == {"CREATE_COMPLETE"}


def test_a_failed_update_rolls_back_and_can_be_run_again(door: aws.Boto, faults: Path) -> None:
    deploy(door, SHOP)
    strike(faults, "Key", "update", "Rate exceeded")
    renamed = an_assembly(changed(KEYS, "Key", DisplayName="two"), DATA)
    events, _ = fail(door, renamed)
    failure = next(event for event in events if isinstance(event, StackFailed)).failure
    assert (failure.logical_id, failure.status) == ("Key", "UPDATE_ROLLBACK_COMPLETE")
    assert "asked too often" in failure.advice
    faults.write_text("[]")
    deploy(door, renamed)
    assert statuses(door)["shop-foundation"] == "UPDATE_COMPLETE"


def test_slow_operations_are_followed_to_their_end(door: aws.Boto, faults: Path) -> None:
    faults.write_text(json.dumps([{"logical_id": "Key", "delay": 0.3}]))
    events = deploy(door, SHOP)
    assert "Waiting" in {type(event).__name__ for event in events}
    assert set(statuses(door).values()) == {"CREATE_COMPLETE"}


def test_a_stack_that_left_the_spec_is_removed(door: aws.Boto) -> None:
    deploy(door, SHOP)
    prepared = plan.make(an_assembly(KEYS), door)
    assert [(s.stack, s.action) for s in prepared.plan.stacks] == [
        ("shop-foundation", "none"),
        ("shop-data", "delete"),
    ]
    list(execute.run(prepared))
    assert statuses(door) == {"shop-foundation": "CREATE_COMPLETE"}


def test_destroy_takes_all_of_it_and_then_has_nothing_to_do(door: aws.Boto) -> None:
    deploy(door, SHOP)
    events = list(destroy.run(destroy.plan(SHOP, door)))
    assert [e.stack for e in events if isinstance(e, StackFinished)] == ["shop-data", "shop-foundation"]
    assert isinstance(events[-1], Destroyed)
    assert statuses(door) == {}
    with pytest.raises(RefusedError, match="nothing to destroy"):
        destroy.plan(SHOP, door)


def test_a_failed_deletion_tells_its_cause_and_can_be_run_again(door: aws.Boto, faults: Path) -> None:
    deploy(door, SHOP)
    strike(faults, "Orders", "delete", "The topic is not empty")
    events: list[Event] = []
    with pytest.raises(DeployError, match="shop-data could not be deleted"):
        drain(destroy.run(destroy.plan(SHOP, door, SystemClock())), events)
    failure = next(event for event in events if isinstance(event, StackFailed)).failure
    assert failure.logical_id == "Orders"
    assert "not empty" in failure.reason
    faults.write_text("[]")
    list(destroy.run(destroy.plan(SHOP, door)))
    assert statuses(door) == {}


def test_what_is_kept_on_purpose_is_told(door: aws.Boto) -> None:
    template = json.loads(KEYS.body)
    template["Resources"]["Key"]["DeletionPolicy"] = "Retain"
    kept = an_assembly(replace(KEYS, template=template))
    deploy(door, kept)
    last = list(destroy.run(destroy.plan(kept, door)))[-1]
    assert isinstance(last, Destroyed)
    assert [(r.stack, r.logical_id) for r in last.retained] == [("shop-foundation", "Key")]


def test_protected_stacks_of_production_are_not_destroyed(door: aws.Boto) -> None:
    production = an_assembly(replace(KEYS, stateful=("Key",)), profile="production")
    deploy(door, production)
    with pytest.raises(RefusedError, match="termination protection"):
        destroy.plan(production, door)


def test_assets_and_large_templates_travel_through_the_bootstrap_bucket(door: aws.Boto) -> None:
    code = b"some code"
    asset = Asset(f"{sha256(code)}.zip", code, "fn")
    stack = a_stack(
        "shop-compute",
        {"Fn": {"DisplayName": {"Ref": "Assets"}}} | {f"T{n}": {"DisplayName": "x" * 900} for n in range(60)},
        wires={"Assets": f"bootstrap.{bootstrap.BUCKET_OUTPUT}"},
    )
    assembly = an_assembly(stack, assets=(asset,))
    prepared = plan.make(assembly, door)
    assert [(s.stack, s.predicted) for s in prepared.plan.stacks] == [
        (bootstrap.STACK, False),
        ("shop-compute", True),
    ]
    events = list(execute.run(prepared))
    assert [e.uploaded for e in events if isinstance(e, AssetUploaded)] == [True]
    found = door.stack(bootstrap.STACK)
    assert found
    assert door.has_object(bootstrap.bucket(found) or "", asset.key)
    assert not plan.make(assembly, door).plan.has_changes
    list(destroy.run(destroy.plan(assembly, door)))
    assert list(statuses(door)) == [bootstrap.STACK]


def test_what_watches_a_platform_is_deployed_changed_and_destroyed(door: aws.Boto) -> None:
    head = HEAD.replace("eu-west-1", "us-east-1")
    channel = "{slack: {workspace: T0ABC, channel: C0ABC}}"
    body = f"""
        queues: {{work: {{alarms: {{dead-letters: {{severity: critical}}}}}}}}
        streams: {{clicks: {{}}}}
        secrets: {{token: {{rotation: {{every: 30d}}}}}}
        functions:
          reader:
            runtime: python3.13
            inline: "def handler(event, context): return {{}}"
            connections: {{clicks: consume}}
            stack: own
        tracing: {{}}
        observability: {{dashboard: {{enabled: true}}}}
        notifications: {{warning: [{channel}, {{https: "https://alerts.example.com"}}]}}
        """

    def assembly(rate: str) -> Assembly:
        changed = body.replace("tracing: {}", f"tracing: {{sampling: {{rate: {rate}}}}}")
        return pipeline.compile_spec(document(changed, head), "dev", lambda folder: {})

    deploy(door, assembly("5%"))
    assert set(statuses(door).values()) == {"CREATE_COMPLETE"}
    deploy(door, assembly("50%"))
    assert statuses(door)["shop-dev-observability"] == "UPDATE_COMPLETE"
    types = {
        resource["Type"]
        for stack in assembly("5%").stacks
        for resource in stack.template["Resources"].values()
    }
    assert "shop-dev-own-alarms" in statuses(door)
    assert {
        "AWS::CloudWatch::CompositeAlarm",
        "AWS::CloudWatch::Dashboard",
        "AWS::Events::Rule",
        "AWS::XRay::SamplingRule",
    } < types


def test_another_account_is_refused(door: aws.Boto) -> None:
    with pytest.raises(RefusedError, match="belongs in account 123456789012"):
        plan.make(an_assembly(KEYS, account="123456789012"), door)


def test_an_endpoint_that_is_gone_is_told_in_words() -> None:
    door = aws.connect(aws.Session(None, "us-east-1", "http://127.0.0.1:9", "700000000000"))
    with pytest.raises(DeployError, match=r"cannot reach http://127\.0\.0\.1:9") as caught:
        plan.make(SHOP, door)
    assert caught.value.exit_code == 3
