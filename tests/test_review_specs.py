"""Before and after of specs: every property of every kind, and what must hold whatever changes."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from compiler.review.changes import Change, ChangePlan
from compiler.review.templates import compare
from tests.review_pairs import (
    Pair,
    all_pairs,
    assembly,
    example,
    outcome,
    owned,
    plan,
    put,
    reviewed,
    written,
)
from tests.test_determinism import shuffled
from tests.test_kinds import each_kind

PAIRS = all_pairs()
EXAMPLES = sorted({pair.example for pair in PAIRS})
INVERSE = {"add": "remove", "remove": "add"}
# What an environment can say too: a mapping would be merged, and nothing in a list can be named.
PLAIN = [
    pair
    for pair in PAIRS
    if isinstance(pair.after, bool | int | str) and not any(isinstance(step, int) for step in pair.at)
]
some_pair = some.sampled_from(PAIRS)


def changes(found: ChangePlan) -> dict[tuple[str, str], Change]:
    """By stack and logical id, without the places in the spec, which move with its lines."""
    return {
        (f"{stack.region}/{stack.stack}", change.logical_id): replace(
            change, origin=change.origin and replace(change.origin, position=None)
        )
        for stack in found.stacks
        for change in stack.changes
    }


@each_kind
def test_every_property_has_a_pair_that_changes_it(kind: Any) -> None:
    """`python -m tests.write_review` proposes one for a new property."""
    found = reviewed(kind.name)
    known = {pair.property for pair in found.pairs} | {*found.without}
    assert known == {*owned()[kind.name]}
    assert all(pair.before != pair.after for pair in found.pairs)


def test_hardly_any_pair_changes_nothing() -> None:
    # What is only for costs is in no template, and a former name only where AWS has names of ours.
    silent = {"usage", "renamed_from"}
    quiet = [pair.property for pair in PAIRS if not (pair.changes or silent & {*pair.at})]
    # What is only checked, or what nothing in the example uses.
    assert len(quiet) <= 10, quiet


@each_kind
def test_the_review_says_of_each_pair_what_people_have_read(kind: Any) -> None:
    for pair in reviewed(kind.name).pairs:
        now = outcome(pair)
        assert (now.changes, now.back) == (pair.changes, pair.back), pair.property


@settings(max_examples=40, deadline=None)
@given(some_pair)
def test_undoing_a_change_does_the_inverse(pair: Pair) -> None:
    before, after = (assembly(side, pair.example) for side in written(pair))
    there, again = compare(before, after), compare(after, before)
    assert sorted(places(there)) == sorted((new, old) for old, new in places(again))
    forth, back = changes(there), changes(again)
    # What is refused may be possible the other way round. A value that travels on one side only, because
    # something moved, may change on its way; which one it is shows only then.
    left_out = {
        name
        for side in (forth, back)
        for name, each in side.items()
        if each.action == "refused" or (there.moves and each.action == "modify")
    }
    refused = {logical_id for _, logical_id in left_out}
    undone = {
        name: INVERSE.get(each.action, each.action) for name, each in forth.items() if name[1] not in refused
    }
    assert undone == {name: each.action for name, each in back.items() if name[1] not in refused}


def places(found: ChangePlan) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """From where to where everything moves."""
    return [((m.stack, m.logical_id), (m.to_stack, m.to_logical_id)) for m in found.moves]


@settings(max_examples=15, deadline=None)
@given(some.sampled_from(EXAMPLES), some.randoms(use_true_random=False))
def test_nothing_changes_when_only_the_order_of_keys_does(name: str, random: Random) -> None:
    data = example(name)
    assert not compare(assembly(data, name), assembly(shuffled(data, random), name)).has_changes


@settings(max_examples=20, deadline=None)
@given(some_pair, some.randoms(use_true_random=False))
def test_the_order_of_components_does_not_matter_for_what_changes(pair: Pair, random: Random) -> None:
    before, after = (assembly(shuffled(side, random), pair.example) for side in written(pair))
    assert changes(compare(before, after)) == changes(plan(pair))


@settings(max_examples=20, deadline=None)
@given(some_pair)
def test_what_else_changes_does_not_matter_for_a_class(pair: Pair) -> None:
    before, after = written(pair)
    more = put(after, ("topics", "unrelated"), {})
    found = changes(compare(assembly(before, pair.example), assembly(more, pair.example)))
    for name, change in changes(plan(pair)).items():
        # Dashboards and alarms over all components see the new one too, but only that.
        assert (found[name].action, found[name].risk) == (change.action, change.risk), name


@settings(max_examples=20, deadline=None)
@given(some.sampled_from(PLAIN))
def test_what_an_environment_says_for_itself_changes_the_same(pair: Pair) -> None:
    before, after = written(pair)
    (environment,) = before["environments"]
    own = put(before, ("environments", environment, *pair.at), pair.after)
    found = compare(assembly(before, pair.example), assembly(own, pair.example))
    assert changes(found) == changes(compare(*(assembly(side, pair.example) for side in (before, after))))
