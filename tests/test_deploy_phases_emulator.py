"""What others use is removed last: real components against the embedded emulator, over HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.deploy import aws, execute, plan, plan_file, resume, reviewed
from compiler.deploy.events import StackFinished
from compiler.deploy.prepared import Prepared
from compiler.deploy.status import SUCCESS
from compiler.emulator.server import Emulator, find_python, running
from tests.specs import HEAD, document

_accounts = (f"{number:012d}" for number in itertools.count(710000000000))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEFORE = """\
network: {}
queues: {orders: {}, mails: {}}
tables: {carts: {partition_key: {name: id, type: string}}}
services:
  worker:
    image: {repository: example/worker, tag: "1.0.0"}
    connections: {orders: send, mails: send, carts: write}
"""
FUNCTION = """\
tables: {carts: {partition_key: {name: id, type: string}, stack: own}}
functions:
  worker:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections: {carts: write}
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


@pytest.fixture
def door(emulator: Emulator) -> aws.Boto:
    """An account of its own, empty."""
    return aws.connect(aws.Session(None, "us-east-1", emulator.endpoint_url, next(_accounts)))


def compiled(body: str) -> Assembly:
    head = HEAD.replace("eu-west-1", "us-east-1")
    return pipeline.compile_spec(document(body, head), "dev", lambda folder: {})


def deploy(door: aws.Boto, assembly: Assembly) -> list[str]:
    return finished(door, plan.make(assembly, door))


def finished(door: aws.Boto, prepared: Prepared) -> list[str]:
    """What is done in order, and beside an update whether the data stack still has the queue `orders`."""
    told = []
    for event in execute.run(prepared):
        if isinstance(event, StackFinished):
            told.append(f"{event.doing} {event.stack}{' (orders)' if has(door, 'OrdersQueue') else ''}")
    return told


def has(door: aws.Boto, logical_id: str, stack: str = "shop-dev-data") -> bool:
    there = {live.name for live in door.stacks()}
    found = door.resources(stack) if stack in there else ()
    return any(r.logical_id == logical_id and not r.status.startswith("DELETE") for r in found)


def settled(door: aws.Boto, assembly: Assembly) -> bool:
    """Whether nothing is left to do and no stack too many is there."""
    with plan.make(assembly, door) as again:
        same = not again.plan.has_changes
    live = {stack.name: stack.status for stack in door.stacks()}
    return same and set(live) == {s.name for s in assembly.stacks} and set(live.values()) <= SUCCESS


def test_a_queue_goes_after_the_service_that_sends_to_it(door: aws.Boto) -> None:
    deploy(door, compiled(BEFORE))
    without = compiled(BEFORE.replace("orders: {}, ", "").replace("orders: send, ", ""))
    assert deploy(door, without) == [
        "update shop-dev-compute (orders)",
        "update shop-dev-observability (orders)",
        "update shop-dev-data",
    ]
    assert settled(door, without)


def test_a_table_goes_after_and_what_is_new_comes_before(door: aws.Boto) -> None:
    deploy(door, compiled(BEFORE))
    other = compiled(BEFORE.replace("carts: {", "baskets: {").replace("carts: write", "baskets: write"))
    prepared = plan.make(other, door)
    parts = {s.key: {f"{c.action} {c.logical_id}" for c in s.changes} for s in prepared.plan.stacks}
    assert parts["shop-dev-data"] == {"add BasketsTable"}
    assert parts["shop-dev-data (contract)"] == {"remove CartsTable"}
    assert [text.partition(" (")[0] for text in finished(door, prepared)] == [
        "update shop-dev-data",
        "update shop-dev-compute",
        "update shop-dev-observability",
        "update shop-dev-data",
    ]
    assert settled(door, other)


def test_a_whole_stack_goes_after_all_that_used_its_values(door: aws.Boto) -> None:
    deploy(door, compiled(FUNCTION))
    head, _, rest = FUNCTION.partition("\n")
    without = compiled(rest.replace("    connections: {carts: write}\n", ""))
    assert "stack: own" in head
    done = deploy(door, without)
    assert done.index("update shop-dev-compute") < done.index("delete shop-dev-own")
    # The key of the table's data is of an earlier stack: what tells of it goes last of all.
    assert done[-1] == "update shop-dev-foundation"
    assert settled(door, without)


def test_a_reviewed_plan_that_was_killed_between_its_phases_converges(door: aws.Boto) -> None:
    deploy(door, compiled(BEFORE))
    other = compiled(
        BEFORE.replace("orders: {}, ", "events: {}, ").replace("orders: send, ", "events: send, ")
    )
    with plan.make(other, door, mark="a1b2c3d4") as prepared:
        kept = reviewed.of(prepared, "a1b2c3d4", NOW, NOW + timedelta(days=1))
        prepared.keep()
    content = plan_file.write(kept)
    killed = execute.run(resume.resume(plan_file.read(content, "plan.json"), door, NOW))
    while not (isinstance(event := next(killed), StackFinished) and event.stack == "shop-dev-compute"):
        pass
    assert has(door, "OrdersQueue")
    assert has(door, "EventsQueue")
    again = resume.resume(plan_file.read(content, "plan.json"), door, NOW)
    assert "shop-dev-data" in again.done
    assert finished(door, again)[-1] == "update shop-dev-data"
    assert settled(door, other)
    assert not has(door, "OrdersQueue")
