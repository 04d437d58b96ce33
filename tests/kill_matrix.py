"""What was killed where, and that all of it converged: the rows of a table for the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from compiler.assembly import dumps
from compiler.commands.files import write_file
from tests.kill_scenarios import SCENARIOS
from tests.killing import PHASES, Outcome, Phase, Scenario, Workshop

TABLE = Path(__file__).parent.parent / "docs" / "faults.kill.json"

Row = dict[str, Any]


def row(scenario: Scenario, phase: Phase, outcomes: Iterable[Outcome]) -> Row:
    """One scenario killed before, or after, each of its calls.

    `operations` are those of AWS with how many stacks, objects or accounts each was about; how often
    something was asked until it had happened is different each time, and is left out.
    """
    reached = [each for each in outcomes if each.reached]
    about = {(each.boundary.operation, each.boundary.region, each.boundary.about) for each in reached}
    names = [operation for operation, _, _ in about]
    return {
        "scenario": scenario.name,
        "killed": phase,
        "boundaries": len(about),
        "operations": {name: names.count(name) for name in sorted(set(names))},
        "converged": not any(each.wrong for each in reached),
    }


def rows(workshop: Workshop) -> Iterator[Row]:
    """The whole table, killed and run again; takes minutes."""
    for scenario in SCENARIOS:
        for phase in PHASES:
            yield row(scenario, phase, workshop.kill_all(scenario, phase))


def committed(scenario: Scenario, phase: Phase) -> Row | None:
    """What the table says of it; None when it does not know it yet."""
    found = json.loads(TABLE.read_text()) if TABLE.exists() else []
    return next((r for r in found if (r["scenario"], r["killed"]) == (scenario.name, phase)), None)


def write(workshop: Workshop) -> None:
    """Makes the table anew."""
    write_file(str(TABLE), dumps(list(rows(workshop))).encode())
