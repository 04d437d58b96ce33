"""What is there already under a name that is wanted is taken over: ours as routine, the rest by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from compiler.assembly import Stack
from compiler.commands.reviewing import require_possible
from compiler.deploy import execute, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.prepared import Prepared
from compiler.deploy.records import Validation
from compiler.deploy.takeover import NOTHING, Imports
from compiler.deploy.wishes import Wishes
from compiler.review import approvals
from compiler.review.changes import Change
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

OURS, OWN_TAGS = Imports(ours=True), {"formwork:platform": "shop", "formwork:environment": "dev"}
KEYS = a_stack("shop-keys", {"Key": {"DisplayName": "one"}}, {"KeyArn": {"Ref": "Key"}})


def retained(stack: Stack) -> Stack:
    template = json.loads(stack.body)
    for resource in template["Resources"].values():
        resource["DeletionPolicy"] = "RetainExceptOnCreate"
    return replace(stack, template=template)


NEWS = retained(a_stack("shop-data", {"News": {"TopicName": "shop-dev-news"}}))
LATER = retained(
    a_stack("shop-data", {"News": {"TopicName": "shop-dev-news"}}, wires={"KeyArn": "shop-keys.KeyArn"})
)


def taken(tags: Mapping[str, str]) -> FakeAws:
    door = FakeAws()
    door.taken["shop-dev-news"] = tags
    return door


def make(door: FakeAws, *stacks: Stack, imports: Imports = NOTHING) -> Prepared:
    return plan.make(an_assembly(*stacks), door, FakeClock(), wishes=Wishes(imports))


def only(prepared: Prepared) -> Change:
    changes = [each for stack in prepared.plan.stacks for each in stack.changes]
    (change,) = (each for each in changes if each.logical_id == "News")
    return change


def test_what_bears_our_tags_is_taken_over_as_routine() -> None:
    door = taken(OWN_TAGS)
    prepared = make(door, NEWS, imports=OURS)
    change = only(prepared)
    assert (change.action, change.risk) == ("import", "routine")
    assert "with the tags of this environment" in change.reasons[0].text
    list(execute.run(prepared))
    assert not make(door, NEWS).plan.has_changes


def test_what_bears_other_tags_is_not_taken_over_unless_it_is_named() -> None:
    door = taken({"formwork:platform": "other"})
    prepared = make(door, NEWS, imports=OURS)
    with pytest.raises(RefusedError, match=r"does not bear the tags .* take it over with `--import News`"):
        require_possible(prepared.plan)
    prepared.discard()
    named = make(door, NEWS, imports=Imports(named=frozenset({"News"})))
    assert (only(named).action, only(named).risk) == ("import", "identity")
    assert [each.id for each in approvals.needed(named.plan)] == ["shop-data/News"]
    list(execute.run(named))


def test_what_may_not_be_asked_for_its_tags_is_not_ours() -> None:
    assert only(make(taken({}), NEWS, imports=OURS)).action == "refused"


def test_without_the_option_nothing_is_taken_over_and_the_failure_names_it() -> None:
    door = taken(OWN_TAGS)
    prepared = make(door, NEWS)
    assert only(prepared).action == "add"
    events = []
    with pytest.raises(DeployError):
        events.extend(execute.run(prepared))
    failed = door.events("shop-data")
    assert any("already exists" in event.reason for event in failed)


def test_what_nothing_retains_cannot_be_taken_over() -> None:
    fleeting = a_stack("shop-data", {"News": {"TopicName": "shop-dev-news"}})
    with pytest.raises(DeployError, match="must have the DeletionPolicy attribute set to 'Retain'"):
        make(taken(OWN_TAGS), fleeting, imports=OURS)


def test_a_stack_that_is_only_predicted_takes_over_what_is_ours() -> None:
    door = taken(OWN_TAGS)
    prepared = make(door, KEYS, LATER, imports=OURS)
    assert only(prepared).action == "add"
    list(execute.run(prepared))
    assert not make(door, KEYS, LATER).plan.has_changes


def test_a_stack_that_is_only_predicted_takes_over_nothing_else() -> None:
    with pytest.raises(RefusedError, match=r"add News .* was shown, but it would be refused"):
        list(execute.run(make(taken({}), KEYS, LATER, imports=OURS)))


def test_what_is_named_is_approved_before_it_can_be_known() -> None:
    door = taken({})
    prepared = make(door, KEYS, LATER, imports=Imports(named=frozenset({"shop-data/News"})))
    assert (only(prepared).action, only(prepared).risk) == ("import", "identity")
    list(execute.run(prepared))


def test_a_name_that_is_not_taken_over_is_refused() -> None:
    with pytest.raises(RefusedError, match="this plan takes over no Nws, which --import names"):
        make(taken(OWN_TAGS), NEWS, imports=Imports(ours=True, named=frozenset({"Nws"})))


def test_early_validation_that_finds_the_name_taken_offers_the_option() -> None:
    """Hand-made: the emulator validates nothing early."""
    door = FakeAws()
    why = "shop-dev-news already exists"
    door.found = (Validation("News", "NAME_CONFLICT_VALIDATION", "FAIL", "/Resources/News", why),)
    with pytest.raises(DeployError, match=r"take it over with `--import ours`"):
        make(door, NEWS)
