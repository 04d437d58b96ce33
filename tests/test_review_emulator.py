"""Pairs deployed on the embedded emulator: what is predicted is what happens to the physical ids."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import boto3
import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.diagnostics import SpecError
from compiler.document import load
from compiler.emulator.server import Emulator, credentials, find_python, running
from compiler.review.templates import compare
from tests.review_pairs import Pair, Steps, all_pairs, assembly, example, put
from tests.test_kinds import FOLDER

_accounts = (f"{number:012d}" for number in itertools.count(660000000000))

# What AWS or the deployer refuses, and the emulator with them; or what it would need beforehand.
REFUSED = {
    "Database.name": "a cluster with a name of its own cannot be replaced",
    "Encryption.replicable": "KMS never changes it",
    "Function.layers": "there is no such layer",
    "PatchOperation.op": "the dead-letter queue refuses its own removal from the policy",
    "RawResource.Type": "the other type wants other properties",
}
# Examples with a hosted zone or a layer that must be there, or with stacks that the deployer keeps.
ELSEWHERE = ("api/guarded", "function/layers", "recovery/")
# The emulator really replaces what only may be, and then the deployer asks for another review.
UNSURE = ("Table.partition_key", "Table.sort_key", "TableKey.", "TableIndex.partition_key")
_FEW = 5  # pairs; a deployment takes a second, so fewer are tried only when something is replaced

Spec = dict[str, Any]


class Round(NamedTuple):
    """Pairs of one example that change at once."""

    pairs: tuple[Pair, ...]
    before: Spec
    after: Spec


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


def is_tried(pair: Pair) -> bool:
    """Not what exists already, not stateful components that move, not notes on what another pair removes."""
    moves = pair.property.endswith((".stack", ".existing", ".overrides")) or "existing" in pair.at
    refused = pair.property in REFUSED or pair.property.startswith(UNSURE)
    return not (moves or refused or pair.given or pair.example.startswith(ELSEWHERE))


def by_example() -> dict[str, list[Pair]]:
    """The pairs that are tried."""
    found: dict[str, list[Pair]] = {}
    # Stacks are updated here and nothing is moved first; tests/test_moving_emulator.py does that.
    for pair in (each for each in all_pairs() if not any(line.startswith("move ") for line in each.changes)):
        if is_tried(pair):
            found.setdefault(pair.example, []).append(pair)
    return {name: pairs for name, pairs in found.items() if is_worth_it(pairs)}


def is_worth_it(pairs: Sequence[Pair]) -> bool:
    return len(pairs) >= _FEW or any("replace" in line.split()[0] for pair in pairs for line in pair.changes)


def rounds(name: str) -> Iterator[Round]:
    """As few deployments as can be: pairs that do not exclude each other change together."""
    left = by_example()[name]
    while left:
        made = combined(name, left)
        left = [pair for pair in left if pair not in made.pairs]
        if is_worth_it(made.pairs):
            yield made


def combined(name: str, pairs: list[Pair]) -> Round:
    """As many of the pairs as make a valid platform together, the first ones first."""
    before, after, used = example(name), example(name), list[Pair]()
    for pair in pairs:
        old, new = put(before, pair.at, pair.before), put(after, pair.at, pair.after)
        if not any(is_within(pair.at, other.at) for other in used) and is_valid(name, old, new):
            before, after = old, new
            used.append(pair)
    return Round(tuple(used), before, after)


def is_within(one: Steps, other: Steps) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def is_valid(name: str, *specs: Spec) -> bool:
    try:
        for spec in specs:
            (environment,) = spec["environments"]
            pipeline.understand(load(json.dumps(spec).encode(), str(FOLDER / name)), environment)
    except SpecError:
        return False
    return True


def deploy(emulator: Emulator, made: Assembly, account: str) -> dict[tuple[str, str], str]:
    """The physical ids of a deployed assembly."""
    door = aws.connect(aws.Session(None, made.region, emulator.endpoint_url, account))
    *_, last = execute.run(plan.make(made, door))
    assert isinstance(last, Deployed)
    return physical_ids(emulator, made, account)


def physical_ids(emulator: Emulator, made: Assembly, account: str) -> dict[tuple[str, str], str]:
    """By stack and logical id."""
    return {
        (stack.name, resource["LogicalResourceId"]): resource["PhysicalResourceId"]
        for stack in made.stacks
        for page in client(emulator, made.region_of(stack), account)
        .get_paginator("list_stack_resources")
        .paginate(StackName=stack.name)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceStatus"] != "DELETE_COMPLETE"
    }


@cache
def client(emulator: Emulator, region: str, account: str) -> Any:
    where = {"endpoint_url": emulator.endpoint_url, "region_name": region}
    return boto3.client("cloudformation", **where, **credentials(account))  # type: ignore[call-overload]


def surprises(
    before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str], predicted: Mapping[Any, str]
) -> list[tuple[tuple[str, str], str, str]]:
    """Each resource to which something else happened: where it is, what was predicted, what came of it."""
    found = []
    for name in sorted({*before, *after}):
        said = predicted.get(name, "nothing")
        if name not in before or name not in after:
            real = {"add"} if name not in before else {"remove"}
        else:
            real = {"replace"} if before[name] != after[name] else {"modify", "nothing"}
        # The emulator does some things that AWS refuses.
        if said != "refused" and said not in real | (
            {"may-replace"} if not real & {"add", "remove"} else set()
        ):
            found.append((name, said, "/".join(sorted(real))))
    return found


@pytest.mark.parametrize("name", sorted(by_example()))
def test_what_is_predicted_happens_to_the_physical_ids(emulator: Emulator, name: str) -> None:
    for made in rounds(name):
        account = next(_accounts)
        old, new = assembly(made.before, name), assembly(made.after, name)
        before, after = deploy(emulator, old, account), deploy(emulator, new, account)
        predicted = {
            (stack.stack, change.logical_id): change.action
            for stack in compare(old, new).stacks
            for change in stack.changes
        }
        assert surprises(before, after, predicted) == [], [pair.property for pair in made.pairs]


def test_most_pairs_are_tried() -> None:
    assert sum(map(len, by_example().values())) >= 300
