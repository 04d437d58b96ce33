"""The data files of the faults -> docs/faults.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests import fault_matrix, kill_matrix, network_faults
from tests.network_faults import ALWAYS, CARRIES_ON, ONCE

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
MARK = "†"
_HEAD = """\
# What becomes of deployments that something happens to

Made by `python -m tests.write_fault_matrix` from what the tests find; do not edit. Each cell below was done:
`tests/test_fault_matrix.py`, `tests/test_deploy_killed.py` and `tests/test_network_faults.py` do it again.

## States and faults

A production environment of two stacks, where one takes a value of the other and holds data in a queue, is
brought into the state; then `formwork deploy` runs, and a fault strikes it. Whoever ran it then does what the
message says until a deployment succeeds. In every cell the account is then as if nothing had ever happened:
templates, parameters, tags, outputs, stack policies and protection are those of a first deployment, no queue
that was there is gone, and no change set, no empty stack and no lock is left.

| word | means |
| --- | --- |
| done | the deployment succeeded |
| killed | nothing that the process did from there on reached AWS |
| stopped | it gave up, exit code 3 or 4, and said what state things are in |
| failed | AWS said no on the way, and CloudFormation rolled back, or tried to |
| refused | nothing was done; the message names `formwork recover` |
| recover | that was run, and led the stack out |
| approved | what holds data and had to be named, or else nothing would have been done |
| again | `formwork deploy` was run once more, by then with the cause mended |

Where several things may happen, it depends on the call that is struck. In the embedded emulator those calls
are struck that change the stack with the data; in accounts in memory, every call that changes anything.
Throttled, connection lost and expired credentials last until the run has ended; what passes is in the last
table. Killing and the network are made at the deployer's door to AWS here; the two tables after this one have
real signals and a real network.

"""
_MARKED = f"""
{MARK} Hand-made: the embedded emulator cannot show it, so it runs against an account in memory, whose
stacks say what CloudFormation would. After a failed import, AWS Support is taken to have put the stack right.

The queue is the same one in all states but those where a failed creation had made it: there the stack is
deleted after `--approve Orders`, and the queue stays in the account by its `DeletionPolicy`, told with its
id. After a failed deletion it is there from the destruction that somebody had meant.

"""
_KILLED = """\
## Killed at every call

Each command runs on a platform of four stacks in two regions, with wires, an asset, and a template that
travels through the bucket; it is killed with SIGKILL just before a call is sent, or when it was answered but
nobody knows yet, and then run again. It converges when the account ends as after a run that nobody killed:
stacks, resources, values, change sets, objects and files. Calls that only look are struck in the first
scenario only, for they change nothing.

"""
_NETWORK = """
## A network that fails

A proxy strikes the operation once, and in another run from then on; one word says that both come to the same.
*Goes on*: nobody notices, but that it takes longer. *Stops*: it ends with exit code 3 and says what state
things are in, and the next run converges.

"""


def document() -> str:
    """The text of docs/faults.md; KeyError when a data file does not have a cell."""
    return "".join((_HEAD, _states(), _MARKED, _KILLED, _kills(), _NETWORK, _network()))


def _states() -> str:
    known = fault_matrix.known()
    lines = []
    for state in fault_matrix.STATES:
        rows = [known[str(fault_matrix.Cell(state, fault))] for fault in fault_matrix.FAULTS]
        lines.append([f"**{state.name}**", *map(_cell, rows), _data(rows)])
    return _table(["found", *fault_matrix.FAULTS, "the data"], lines)


def _cell(row: dict[str, Any]) -> str:
    approved = [f"approved: {name.rpartition('/')[2]}" for name in row["approved"]]
    mark = [MARK] if row["hand-made"] else []
    return "<br>".join([*row["happened"], *approved, *mark])


def _data(rows: Iterable[dict[str, Any]]) -> str:
    return " or ".join(sorted({word for row in rows for word in row["data"]}))


def _kills() -> str:
    rows = json.loads(kill_matrix.TABLE.read_text(encoding="utf-8"))
    return _table(["command", "killed", "times", "at", "converged"], map(_killed, rows))


def _killed(row: dict[str, Any]) -> list[str]:
    at = ", ".join(f"{name} ({count})" for name, count in sorted(row["operations"].items()))
    return [
        row["scenario"],
        row["killed"],
        str(row["boundaries"]),
        at,
        "yes" if row["converged"] else "**no**",
    ]


def _network() -> str:
    known = network_faults.known()
    faults = list(network_faults.FAULTS)
    return _table(["during", "operation", *faults], _operations(known, faults))


def _operations(known: dict[str, dict[str, str]], faults: list[str]) -> Iterator[list[str]]:
    for phase in network_faults.PHASES:
        for operation in phase.operations:
            cells = [known[str(network_faults.Cell(phase, operation, fault))] for fault in faults]
            yield [phase.name, operation, *map(_folded, cells)]


def _folded(row: dict[str, str]) -> str:
    once, always = ("goes on" if row[when] == CARRIES_ON else "stops" for when in (ONCE, ALWAYS))
    return once if once == always else f"{once}, then {always}"


def _table(head: list[str], lines: Iterable[list[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
