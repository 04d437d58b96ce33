"""Destroying an environment: in reverse order, all of it, and only it; and telling how it is doing before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import destroy, execute, live, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Destroyed, Event, StackFailed, StackFinished
from compiler.deploy.explain import AwsError
from compiler.deploy.lease import Holder, Lease
from compiler.deploy.process import Process
from compiler.deploy.status import State
from tests.fakes import ACCOUNT, FakeAws, FakeClock, a_stack, an_assembly, drain

FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack("shop-data", {"Orders": {}}, wires={"Key": "shop-foundation.KeyArn"})
SHOP = an_assembly(FOUNDATION, DATA)


def deploy(aws: FakeAws, assembly: Assembly) -> None:
    list(execute.run(plan.make(assembly, aws, FakeClock())))


def run(aws: FakeAws, assembly: Assembly) -> list[Event]:
    return list(destroy.run(destroy.plan(assembly, aws, FakeClock())))


@pytest.mark.parametrize("polls", [0, 2])
def test_stacks_go_in_reverse_order(polls: int) -> None:
    aws = FakeAws(polls=polls)
    deploy(aws, SHOP)
    events = run(aws, SHOP)
    assert [e.stack for e in events if isinstance(e, StackFinished)] == ["shop-data", "shop-foundation"]
    assert aws.stacks() == ()


def test_the_plan_says_what_goes() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    shown = destroy.plan(SHOP, aws, FakeClock()).plan
    assert [(s.stack, s.action, [c.action for c in s.changes]) for s in shown.stacks] == [
        ("shop-data", "delete", ["remove"]),
        ("shop-foundation", "delete", ["remove"]),
    ]


def test_what_is_retained_is_told() -> None:
    aws = FakeAws()
    kept = a_stack("shop-data", {"Orders": {}})
    template = {
        **kept.template,
        "Resources": {"Orders": {"Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain"}},
    }
    assembly = an_assembly(replace(kept, template=template))
    deploy(aws, assembly)
    last = run(aws, assembly)[-1]
    assert isinstance(last, Destroyed)
    assert [(r.stack, r.logical_id) for r in last.retained] == [("shop-data", "Orders")]


def test_stacks_that_the_assembly_no_longer_has_go_too() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    run(aws, an_assembly(FOUNDATION))
    assert aws.stacks() == ()


def test_a_stack_that_the_assembly_no_longer_has_waits_for_what_takes_its_values() -> None:
    """As composite alarms do, without which CloudWatch deletes no alarm that they name."""
    alarms = a_stack("shop-old-alarms", {"Late": {}}, {"LateName": {"Ref": "Late"}})
    over = a_stack("shop-observability", {"Path": {}}, wires={"LateName": "shop-old-alarms.LateName"})
    young = a_stack("shop-young", {"Other": {}})
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION, alarms, over, young))
    now = an_assembly(FOUNDATION, a_stack("shop-observability", {"Path": {}}))
    done = [event.stack for event in run(aws, now) if isinstance(event, StackFinished)]
    assert done == ["shop-young", "shop-observability", "shop-old-alarms", "shop-foundation"]


def test_nothing_to_destroy_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"nothing to destroy.*'dev'.*'shop'"):
        destroy.plan(SHOP, FakeAws())


def test_stacks_of_others_stay() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    with pytest.raises(RefusedError, match="does not belong"):
        destroy.plan(an_assembly(FOUNDATION, environment="test"), aws)
    with pytest.raises(RefusedError, match="nothing to destroy"):
        destroy.plan(an_assembly(a_stack("other", {}), environment="test"), aws)


def test_protected_and_busy_stacks_are_refused() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-foundation", protected=True)
    aws.set("shop-data", protected=True)
    with pytest.raises(
        RefusedError,
        match=r"protection is on for shop-data \(us-east-1\), shop-foundation \(us-east-1\);.*--unprotect",
    ):
        destroy.plan(SHOP, aws)
    aws.set("shop-data", protected=False)
    aws.set("shop-foundation", protected=False, status="UPDATE_IN_PROGRESS")
    with pytest.raises(RefusedError, match="busy"):
        destroy.plan(SHOP, aws)


def test_a_failed_deletion_tells_why_and_can_be_run_again() -> None:
    aws = FakeAws()
    stuck = an_assembly(FOUNDATION, a_stack("shop-data", {"B": {"FailDelete": "The bucket is not empty"}}))
    deploy(aws, stuck)
    events: list[Event] = []
    with pytest.raises(DeployError, match="shop-data could not be deleted"):
        drain(destroy.run(destroy.plan(stuck, aws, FakeClock())), events)
    failure = next(e for e in events if isinstance(e, StackFailed)).failure
    assert (failure.logical_id, failure.reason) == ("B", "The bucket is not empty")
    assert "empty it first" in failure.advice
    assert destroy.plan(stuck, aws, FakeClock()).removals[0].live.status == "DELETE_FAILED"


def test_status_tells_absent_current_changed_and_strange_stacks() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION, a_stack("shop-old", {"T": {}})))
    aws.set("shop-old", tags={"formwork:platform": "shop", "formwork:environment": "dev"})
    changed = replace(FOUNDATION, template={**FOUNDATION.template, "Description": "new"})
    found = live.read(an_assembly(changed, DATA), aws)
    assert found.account == ACCOUNT
    assert [(s.name, s.state, s.current) for s in found.stacks] == [
        ("shop-foundation", State.READY, False),
        ("shop-data", State.ABSENT, None),
        ("shop-old", State.READY, None),
    ]
    assert live.read(an_assembly(FOUNDATION), aws).stacks[0].current


def test_a_deployed_template_that_is_not_json_is_not_ours() -> None:
    class Yaml(FakeAws):
        def template(self, stack: str) -> str:
            return "Resources: {}"

    aws = Yaml()
    deploy(aws, an_assembly(FOUNDATION))
    assert [s.current for s in live.read(an_assembly(FOUNDATION), aws).stacks] == [False]
    assert destroy.plan(an_assembly(FOUNDATION), aws).plan.stacks[0].changes == ()


def test_status_tells_why_the_last_operation_failed() -> None:
    aws = FakeAws()
    broken = an_assembly(a_stack("shop-data", {"Orders": {"Fail": "Rate exceeded"}}))
    with pytest.raises(DeployError):
        deploy(aws, broken)
    (found,) = live.read(broken, aws).stacks
    assert found.state is State.FAILED_CREATE
    assert found.failure
    assert (found.failure.logical_id, found.failure.reason) == ("Orders", "Rate exceeded")
    assert str(found.failure.origin and found.failure.origin.position) == "shop.yaml:3:5"


def test_another_region_is_refused_before_anything_is_looked_for() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.region = "us-west-2"
    with pytest.raises(RefusedError, match="belongs in region us-east-1, not us-west-2"):
        destroy.plan(SHOP, aws, FakeClock())
    assert aws.acts("delete_stack") == []


def test_nothing_begins_once_the_lock_is_lost() -> None:
    aws, clock = FakeAws(), FakeClock()
    deploy(aws, SHOP)
    own = Holder("a", "ann", "destroy", datetime(2026, 11, 23, tzinfo=UTC), Process("", 1, ""))
    lease = Lease(aws, clock, "locks/shop/dev.json", own)
    lease.take("bucket")
    aws.stored["bucket", "locks/shop/dev.json"] = b"somebody else's"
    clock.sleep(20)
    with pytest.raises(RefusedError, match="the lock on the environment is lost"):
        list(destroy.run(destroy.plan(SHOP, aws, clock), lease))
    assert aws.acts("delete_stack") == []


def test_protection_is_turned_off_when_that_was_asked_for_just_before_each_deletion() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION, DATA, a_stack("shop-old", {"T": {}})))
    for name in ("shop-foundation", "shop-old"):
        aws.set(name, protected=True)
    aws.calls.clear()
    doomed = destroy.plan(SHOP, aws, FakeClock(), unprotect=True)
    noted = {s.stack for s in doomed.plan.stacks if any("protection is turned off" in n for n in s.notes)}
    assert noted == {"shop-foundation", "shop-old"}
    assert aws.calls == []
    list(destroy.run(doomed))
    assert [call[:2] for call in aws.calls] == [
        ("unprotect", "shop-old"),
        ("delete_stack", "shop-old"),
        ("delete_stack", "shop-data"),
        ("unprotect", "shop-foundation"),
        ("delete_stack", "shop-foundation"),
    ]
    assert aws.stacks() == ()


def test_a_stack_that_aws_does_not_begin_to_delete_is_protected_again() -> None:
    aws = FakeAws()
    deploy(aws, SHOP)
    aws.set("shop-data", protected=True)
    doomed = destroy.plan(SHOP, aws, FakeClock(), unprotect=True)
    aws.denied["delete_stack"] = AwsError("missing permission", "ask", "AccessDenied", missing=False)
    with pytest.raises(DeployError, match="missing permission"):
        list(destroy.run(doomed))
    assert [name for name, *_ in aws.calls[-2:]] == ["unprotect", "protect"]
    found = aws.stack("shop-data")
    assert found
    assert found.protected


def test_a_stack_that_something_blocks_stays_open_to_its_deletion() -> None:
    aws = FakeAws()
    assembly = an_assembly(a_stack("shop-data", {"Orders": {"FailDelete": "not empty"}}))
    deploy(aws, assembly)
    aws.set("shop-data", protected=True)
    with pytest.raises(DeployError, match="could not be deleted"):
        list(destroy.run(destroy.plan(assembly, aws, FakeClock(), unprotect=True)))
    assert aws.acts("protect") == []


PROTECTED: dict[str, dict[str, Any]] = {
    "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"DeletionProtection": True}},
    "Lb": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
    },
    "Orders": {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {"DeletionProtectionEnabled": True},
    },
}


def guarded(resources: dict[str, dict[str, Any]]) -> Assembly:
    kept = a_stack("shop-data", {name: {} for name in resources}, wires={"Key": "shop-foundation.KeyArn"})
    return an_assembly(FOUNDATION, replace(kept, template={**kept.template, "Resources": resources}))


def test_what_aws_would_refuse_to_delete_is_told_before_anything_is_deleted() -> None:
    aws, assembly = FakeAws(), guarded(PROTECTED)
    deploy(aws, assembly)
    aws.calls.clear()
    with pytest.raises(RefusedError, match=r"covers: shop-data/Cluster, shop-data/Lb;.*of cluster, lb in"):
        destroy.plan(assembly, aws, FakeClock(), unprotect=True)
    assert aws.calls == []


def test_a_stack_that_takes_no_deployment_is_deleted_again_all_the_same() -> None:
    aws, assembly = FakeAws(), guarded(PROTECTED)
    deploy(aws, assembly)
    aws.set("shop-data", status="DELETE_FAILED")
    run(aws, assembly)
    assert aws.stacks() == ()


def test_what_is_kept_or_not_protected_is_no_reason_to_refuse() -> None:
    off = {"Type": "AWS::RDS::DBCluster", "Properties": {"DeletionProtection": False}}
    aws, assembly = FakeAws(), guarded({"Orders": PROTECTED["Orders"], "Cluster": off})
    deploy(aws, assembly)
    run(aws, assembly)
    assert aws.stacks() == ()
