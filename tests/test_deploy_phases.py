"""Values that others use: what goes is kept until nobody holds it, in whatever order a spec is edited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compiler.assembly import Stack
from compiler.deploy import compare, discard, execute, phasing, plan, plan_file, resume, reviewed
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.events import Event, PlanStarted, StackFinished, Waiting
from compiler.deploy.expansion import Expansion
from compiler.deploy.phases import Phases, Use
from compiler.deploy.prepared import Prepared
from compiler.deploy.reviewed import Reviewed
from compiler.review import approvals
from compiler.review.changes import Change, StackChanges
from compiler.views.deploy import plan_json, plan_text
from compiler.views.style import Style
from tests.fake_values import WatchfulAws
from tests.fakes import FakeClock, a_stack, an_assembly

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Resources = Mapping[str, Mapping[str, Any]]


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def data(*queues: str, more: Resources | None = None, shown: tuple[str, ...] | None = None) -> Stack:
    """A stack of queues; each tells its address unless `shown` says which do."""
    told = queues if shown is None else shown
    resources: Resources = {queue: {} for queue in queues} | dict(more or {})
    return a_stack("shop-data", resources, {f"{queue}Url": ref(queue) for queue in told})


def compute(*queues: str, name: str = "shop-compute", **properties: Any) -> Stack:
    """A service that uses these queues."""
    wires = {f"{queue}Url": f"shop-data.{queue}Url" for queue in queues}
    service = {queue: ref(f"{queue}Url") for queue in queues} | properties
    return a_stack(name, {f"{name[5:].title()}Service": service}, wires=wires)


def make(aws: WatchfulAws, *stacks: Stack) -> Prepared:
    return plan.make(an_assembly(*stacks), aws, FakeClock())


def deploy(aws: WatchfulAws, *stacks: Stack) -> list[Event]:
    """Deploys, and checks that everything is then as the assembly says, with nothing left over."""
    events = list(execute.run(make(aws, *stacks)))
    for stack in stacks:
        assert json.loads(aws.template(stack.name)) == stack.template
    assert {stack.name for stack in aws.stacks()} == {stack.name for stack in stacks}
    assert not [arn for stack in stacks for arn in aws.change_sets(stack.name)]
    assert aws.dangling() == []
    return events


def done(events: list[Event]) -> list[str]:
    return [f"{e.doing} {e.stack}" for e in events if isinstance(e, StackFinished)]


def phased(prepared: Prepared) -> list[tuple[str, str, str, list[str]]]:
    """Stack, phase, action and the changes, of all parts of the plan."""
    return [
        (s.stack, s.phase, s.action, [f"{c.action} {c.logical_id}" for c in s.changes])
        for s in prepared.plan.stacks
    ]


def test_what_a_service_uses_is_removed_after_the_service_lets_it_go() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Orders", "Mails"))
    after = data("Mails", "Events"), compute("Mails", "Events")
    assert phased(make(aws, *after)) == [
        ("shop-data", "expand", "update", ["add Events"]),
        ("shop-compute", "", "update", ["modify ComputeService"]),
        ("shop-data", "contract", "update", ["remove Orders"]),
    ]
    assert done(deploy(aws, *after)) == ["update shop-data", "update shop-compute", "update shop-data"]
    assert aws.broken == []


def test_where_nothing_is_new_the_stack_is_updated_once_and_after_its_users() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Orders", "Mails"))
    after = data("Mails"), compute("Mails")
    prepared = make(aws, *after)
    assert phased(prepared) == [
        ("shop-data", "expand", "none", []),
        ("shop-compute", "", "update", ["modify ComputeService"]),
        ("shop-data", "contract", "update", ["remove Orders"]),
    ]
    assert prepared.plan.stacks[2].change_set
    prepared.discard()
    assert done(deploy(aws, *after)) == ["update shop-compute", "update shop-data"]
    assert aws.broken == []


def test_what_nobody_uses_goes_at_once_as_ever() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Mails"))
    prepared = make(aws, data("Mails", "Events"), compute("Mails"))
    assert phased(prepared) == [
        ("shop-data", "", "update", ["add Events", "remove Orders"]),
        ("shop-compute", "", "none", []),
    ]


def test_an_older_user_that_leaves_with_the_value_is_removed_before_it() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Orders"), compute("Mails", name="shop-mailer"))
    assert done(deploy(aws, data("Mails"), compute("Mails", name="shop-mailer"))) == [
        "delete shop-compute",
        "update shop-data",
    ]
    assert aws.broken == []


def test_a_stack_that_leaves_goes_after_those_that_used_it() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    assert done(deploy(aws, compute())) == ["update shop-compute", "delete shop-data"]
    assert aws.broken == []


def test_what_belongs_to_the_value_stays_with_it_and_what_does_not_goes_at_once() -> None:
    aws = WatchfulAws()
    more: Resources = {
        "Policy": {"Of": ref("Orders")},
        "Letters": {},
        "Redrive": {"From": ref("Orders"), "To": ref("Letters")},
        "Other": {},
    }
    deploy(aws, data("Orders", more=more), compute("Orders"))
    found = phased(make(aws, data("Events"), compute("Events")))
    assert found[0] == ("shop-data", "expand", "update", ["add Events", "remove Other"])
    removed = [f"remove {name}" for name in ("Letters", "Orders", "Policy", "Redrive")]
    assert found[2] == ("shop-data", "contract", "update", removed)


def test_a_rename_gives_the_new_one_before_it_takes_the_old_one() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    deploy(aws, data("Purchases"), compute("Purchases"))
    assert aws.broken == []


def test_an_output_that_means_another_resource_keeps_the_old_one_under_a_name_of_its_own() -> None:
    aws = WatchfulAws()
    first = a_stack("shop-data", {"Old": {}}, {"Url": ref("Old")})
    user = a_stack("shop-compute", {"S": {"Q": ref("Url")}}, wires={"Url": "shop-data.Url"})
    deploy(aws, first, user)
    second = a_stack("shop-data", {"New": {}}, {"Url": ref("New")})
    prepared = make(aws, second, user)
    between = prepared.steps[0].draft.stack.template
    (kept,) = between["Outputs"].keys() - {"Url"}
    assert kept.startswith("UrlBefore")
    assert between["Outputs"][kept] == {"Value": ref("Old")}
    prepared.discard()
    deploy(aws, second, user)
    assert aws.broken == []


def test_a_chain_of_stacks_lets_go_from_its_end() -> None:
    """What is kept needs what is kept of a stack before it, and keeps the value that it has."""
    base = a_stack("shop-base", {"Key": {}, "Base": {}}, {"KeyArn": ref("Key")})
    held = {"Orders": {"Key": ref("KeyArn")}, "Mails": {}}
    middle = a_stack("shop-data", held, {"OrdersUrl": ref("Orders")}, {"KeyArn": "shop-base.KeyArn"})
    aws = WatchfulAws()
    deploy(aws, base, middle, compute("Orders"))
    after = (
        a_stack("shop-base", {"Base": {"Text": "new"}}),
        a_stack("shop-data", {"Mails": {"Text": "new"}}),
        compute(),
    )
    prepared = make(aws, *after)
    assert prepared.steps[1].order
    assert prepared.steps[1].order.previous == ("KeyArn",)
    prepared.discard()
    assert done(deploy(aws, *after))[-3:] == ["update shop-compute", "update shop-data", "update shop-base"]
    assert aws.broken == []


def test_what_is_replaced_in_place_is_said_to_leave_a_gap() -> None:
    aws = WatchfulAws()
    named = a_stack("shop-data", {"Orders": {"TopicName": "a", "Name": "a"}}, {"OrdersUrl": ref("Orders")})
    deploy(aws, named, compute("Orders"))
    again = a_stack("shop-data", {"Orders": {"TopicName": "b", "Name": "b"}}, {"OrdersUrl": ref("Orders")})
    prepared = make(aws, again, compute("Orders"))
    assert "Orders is replaced in place: until shop-compute follows, it holds OrdersUrl of the old one" in (
        prepared.plan.stacks[0].notes
    )
    prepared.discard()
    deploy(aws, again, compute("Orders"))
    assert [each.taker for each in aws.broken] == ["shop-compute"]


def test_a_name_that_is_wanted_elsewhere_is_given_up_and_the_gap_is_said() -> None:
    aws = WatchfulAws()
    queue = {"Orders": {"TopicName": "orders"}}
    deploy(aws, a_stack("shop-data", queue, {"OrdersUrl": ref("Orders")}), compute("Orders"))
    wanted = {"Newer": queue["Orders"]}
    moved = a_stack("shop-more", wanted, {"OrdersUrl": ref("Newer")}, depends_on=("shop-data",))
    user = replace(compute("Orders"), parameters={"OrdersUrl": replace_wire(compute("Orders"), "shop-more")})
    prepared = make(aws, data("Mails"), moved, user)
    assert [s.phase for s in prepared.plan.stacks] == ["", "", ""]
    assert (
        "until shop-compute follows, it holds OrdersUrl of what is gone" in prepared.plan.stacks[0].notes[0]
    )
    prepared.discard()
    deploy(aws, data("Mails"), moved, user)


def replace_wire(stack: Stack, source: str) -> Any:
    return replace(stack.parameters["OrdersUrl"], stack=source)


def test_a_failed_user_leaves_what_it_holds_and_another_edit_finishes_it() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Orders"))
    with pytest.raises(DeployError):
        list(execute.run(make(aws, data("Mails", "Events"), compute("Events", Fail="no"))))
    assert set(json.loads(aws.template("shop-data"))["Resources"]) == {"Orders", "Mails", "Events"}
    assert done(deploy(aws, data("Mails"), compute("Mails"))) == [
        "update shop-data",
        "update shop-compute",
        "update shop-data",
    ]
    assert aws.broken == []


def test_an_output_stays_while_it_is_held_so_that_a_later_plan_knows() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    with pytest.raises(DeployError):
        list(execute.run(make(aws, data("Orders", "New", shown=("New",)), compute("New", Fail="no"))))
    deploy(aws, data("New"), compute("New"))
    assert aws.broken == []


def test_the_review_says_what_happens_when() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders", "Mails"), compute("Orders", "Mails"))
    prepared = make(aws, data("Mails", "Events"), compute("Mails"))
    text = plan_text(prepared.plan, Style(False))
    assert (
        "updated twice: first with what is new; at the end Orders is removed, when nothing uses it any more"
        in text
    )
    assert "shop-data (at the end, predicted)" in text
    assert (
        "in this order: update shop-data, update shop-compute, update shop-data (what is no longer used goes)"
        in text
    )
    assert text.count("-> ") + text.count("- Orders") == 1
    told = json.loads(plan_json(prepared.plan))
    assert [each["phase"] for each in told["stacks"]] == ["expand", "", "contract"]
    assert [(c["logical_id"], c.get("phase")) for c in told["changes"] if c["stack"] == "shop-data"] == [
        ("Orders", "contract"),
        ("Events", "expand"),
    ]


def test_events_call_both_updates_by_the_stack() -> None:
    aws = WatchfulAws(polls=5)
    list(execute.run(make(aws, data("Orders"), compute("Orders"))))
    events = list(execute.run(make(aws, data("New"), compute("New"))))
    assert events[0] == PlanStarted(("shop-data", "shop-compute", "shop-data (contract)"))
    assert {name for e in events if isinstance(e, Waiting) for name in e.stacks} == {
        "shop-data",
        "shop-compute",
    }


def test_discarding_a_plan_of_two_phases_names_each_change_set_once() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    found = kept_plan(aws, data("New"), compute("New"))
    assert [name.partition("/")[0] for name in discard.discard(found, aws, FakeClock())] == ["shop-data"]
    assert aws.change_sets("shop-data") == ()


def test_a_plan_file_holds_the_template_in_between_and_nobody_can_take_it_out() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    found = kept_plan(aws, data("New"), compute("New"))
    assert plan_file.read(plan_file.write(found), "plan.json") == found
    assert [step.key for step in found.steps] == ["shop-data", "shop-compute", "shop-data (contract)"]
    assert set((found.steps[0].expanded or {})["Resources"]) == {"New", "Orders"}
    cut = replace(found, steps=found.steps[:-1])
    with pytest.raises(RefusedError, match="does not say of each of its stacks"):
        plan_file.read(plan_file.write(cut), "plan.json")
    other = replace(found, steps=(replace(found.steps[0], expanded={"Resources": {}}), *found.steps[1:]))
    with pytest.raises(RefusedError, match="the template of stack shop-data is not the one that was shown"):
        resume.resume(plan_file.read(plan_file.write(other), "plan.json"), aws, NOW, FakeClock())


def kept_plan(aws: WatchfulAws, *stacks: Stack) -> Reviewed:
    with plan.make(an_assembly(*stacks), aws, FakeClock(), "a1b2c3d4") as prepared:
        found = reviewed.of(prepared, "a1b2c3d4", NOW, NOW + timedelta(days=1))
        prepared.keep()
    return found


def test_values_travel_to_another_region_and_are_held_there() -> None:
    aws = WatchfulAws()
    west = {"region": "us-west-2"}
    far = a_stack(
        "shop-west", {"S": {"Q": ref("OrdersUrl")}}, wires={"OrdersUrl": "shop-data.OrdersUrl"}, **west
    )
    list(execute.run(make(aws, data("Orders"), far)))
    after = data("New"), a_stack("shop-west", {"S": {}}, **west)
    assert done(list(execute.run(make(aws, *after)))) == [
        "update shop-data",
        "update shop-west",
        "update shop-data",
    ]


def test_a_hidden_value_is_known_by_the_name_it_travels_under() -> None:
    aws = WatchfulAws()
    deploy(aws, data("Orders"), compute("Orders"))
    aws.set("shop-compute", parameters={"OrdersUrl": "****"})
    assert [s.phase for s in make(aws, data(), compute()).plan.stacks] == ["expand", "", "contract"]


def test_approvals_name_what_goes_at_the_end_as_ever() -> None:
    aws = WatchfulAws()
    stored = a_stack("shop-data", {"Orders": {}}, {"OrdersUrl": ref("Orders")})
    stored = replace(
        stored, template={**stored.template, "Resources": {"Orders": {"Type": "AWS::SQS::Queue"}}}
    )
    deploy(aws, stored, compute("Orders"))
    prepared = make(aws, data("New"), compute("New"))
    assert [named.id for named in approvals.needed(prepared.plan)] == ["shop-data/Orders"]


def test_stacks_that_would_wait_for_each_other_do_not() -> None:
    """No edit leads there in one go: a stack that leaves uses a value of one whose kept part uses its own."""
    keep = Expansion(data("New"), ("Orders",), ("OrdersUrl",), frozenset({"Key"}))
    uses = (
        Use("shop-data", "Key", "shop-old", "Key"),
        Use("shop-old", "OrdersUrl", "shop-data", "OrdersUrl"),
    )
    aws = WatchfulAws()
    deploy(aws, data("Orders"), a_stack("shop-old", {"K": {}}, {"Key": ref("K")}))
    prepared = make(aws, data("Orders"))
    draft = replace(prepared.steps[0].draft, phase="contract")
    step = replace(prepared.steps[0], draft=draft)
    steps, removals = phasing.ordered([step], prepared.removals, Phases({"shop-data": keep}, uses))
    assert (steps[0].after, removals[0].after) == (frozenset(), {"shop-data (contract)"})


def test_a_removal_at_the_end_is_the_one_that_was_shown_whatever_a_change_set_leaves_out() -> None:
    """Without values, a change set does not tell the reader of a cluster from a database of its own."""
    reader = Change("Reader", "AWS::RDS::DBInstance", "remove", "interrupting")
    shown = StackChanges("shop-data", "data", "update", (reader,), phase="contract")
    real = replace(shown, changes=(replace(reader, risk="data-loss"),))
    assert compare.differences(shown, real) == ()
    assert compare.differences(replace(shown, phase="expand"), real) != ()
    assert compare.differences(shown, replace(real, changes=(replace(reader, action="replace"),))) != ()
