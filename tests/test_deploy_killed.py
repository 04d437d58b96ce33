"""Every command, killed with SIGKILL before and after its calls, and run again: the end is the same.

The emulator ends most operations within the call that begins them; the slow scenarios are those in which
CloudFormation is still at work when the process dies and when it is run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from compiler.deploy import execute, plan
from compiler.emulator.server import find_python, running
from tests.kill_matrix import TABLE, committed, row
from tests.kill_scenarios import FIRST, SCENARIOS, nothing
from tests.killing import PHASES, Phase, Place, Scenario, Workshop, difference

CASES = [(scenario, phase) for scenario in SCENARIOS for phase in PHASES]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("killed")
    faults = folder / "faults.json"
    with running(find_python(), faults=faults) as emulator:
        yield Workshop(emulator.endpoint_url, 720000000000, str(folder), faults)


@pytest.mark.parametrize(
    ("scenario", "phase"), CASES, ids=[f"{scenario.name}-{phase}" for scenario, phase in CASES]
)
def test_whatever_is_killed_converges_when_it_is_run_again(
    workshop: Workshop, scenario: Scenario, phase: Phase
) -> None:
    outcomes = workshop.kill_all(scenario, phase)
    wrong = [f"killed {phase} {each.boundary}: {each.wrong}" for each in outcomes if each.wrong]
    assert wrong == []
    assert row(scenario, phase, outcomes) == committed(scenario, phase), "python -m tests.write_faults"


def test_the_table_has_no_scenario_that_is_gone() -> None:
    table = [(each["scenario"], each["killed"]) for each in json.loads(TABLE.read_text())]
    assert table == [(scenario.name, phase) for scenario, phase in CASES]


def _carelessly(place: Place) -> None:
    """Runs, and leaves its change sets when there was nothing to be shown."""
    if place.door.stacks():
        return
    with plan.make(FIRST, place.door, place.clock) as prepared:
        list(execute.run(prepared))


def test_what_does_not_converge_is_seen(workshop: Workshop) -> None:
    careless = Scenario("careless", nothing, _carelessly)
    made, expected = workshop.calls(careless)
    first = next(each for each in made if each.operation == "CreateChangeSet")
    outcome = workshop.kill(careless, first, "after", expected)
    assert outcome.reached
    assert outcome.wrong.startswith("/eu-west-1/stacks/shop-replica is missing")


def test_a_call_that_no_run_makes_is_an_error_but_for_one_that_only_asks_again(workshop: Workshop) -> None:
    scenario = Scenario("nothing", nothing, nothing)
    made, expected = workshop.calls(SCENARIOS[0])
    polled = next(each for each in made if each.polled)
    assert workshop.kill(scenario, polled, "before", {**expected}).reached is False
    assert workshop.kill(scenario, made[0], "before", expected).wrong == "it was never reached"
    assert not replace(polled, ordinal=1).polled


def test_states_are_compared_to_the_last_leaf() -> None:
    assert difference({"a": [1], "b": {}}, {"a": [1], "b": {}}) == ""
    assert difference({"a": {"b": 1}}, {"a": {"b": 2}}) == "/a/b is 2, not 1"
    assert difference({"a": 1}, {}) == "/a is missing: None"
    assert difference({}, {"a": 1}) == "/a is new: 1"
