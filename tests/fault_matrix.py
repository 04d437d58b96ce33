"""Every state of an environment under every fault: what happened, and that nothing was lost.

A cell brings a small environment into a state, lets a fault strike the deployment, goes the way that the
messages name until a deployment succeeds, and compares the account with one that nothing ever happened to.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.deploy import bootstrap, lease
from compiler.deploy.lease import key
from compiler.deploy.status import SUCCESS
from tests.fault_accounts import Account, Accounts, InMemory, named
from tests.fault_door import BLOWS, Place, Struck
from tests.fault_states import DATA, HOLDER, STATES, WANTED, State, deploy
from tests.fault_way import SUPPORT, Way, told
from tests.killing import difference

FILE = Path(__file__).parent.parent / "docs" / "faults.states.json"
NONE, FAILS, STAYS = "none", "a resource fails", "its rollback fails too"
FAULTS = (NONE, *BLOWS, FAILS, STAYS)
HELD = {"Label": "not now"}
HARD = {HOLDER: "it is held"}
# In memory every call is struck; the emulator takes longer, so there it is what changes the stack.
_WEIGHTY = ("execute_change_set", "delete_stack", "continue_rollback")

Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One fault in one state."""

    state: State
    fault: str

    def __str__(self) -> str:
        return f"{self.state.name}: {self.fault}"


CELLS = tuple(Cell(state, fault) for state in STATES for fault in FAULTS)


@dataclass(frozen=True)
class Story:
    """What became of one run: the commands in words, and what happened to the data that was there."""

    words: str
    approved: frozenset[str]
    data: str
    acted: tuple[Place, ...]


class Matrix:
    """Cells, on accounts that are made for each run."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._undisturbed: dict[bool, Any] = {}
        self._acted: dict[str, tuple[Place, ...]] = {}

    def row(self, cell: Cell) -> Row:
        """The cell's line of the file; AssertionError where the account ends otherwise than undisturbed."""
        stories = list(self._stories(cell))
        return {
            "state": cell.state.name,
            "fault": cell.fault,
            "happened": sorted({story.words for story in stories}),
            "approved": sorted({name for story in stories for name in story.approved}),
            "data": sorted({story.data for story in stories}),
            "runs": len(stories),
            "hand-made": cell.state.hand_made,
        }

    def _stories(self, cell: Cell) -> Iterator[Story]:
        if cell.fault not in BLOWS:
            yield self._story(cell, None)
            return
        for place in self._places(cell.state):
            yield self._story(cell, place)

    def _places(self, state: State) -> list[Place]:
        """Where a run is struck: each thing that an undisturbed one does."""
        if state.name not in self._acted:
            self._acted[state.name] = self._story(Cell(state, NONE), None).acted
        acted = list(dict.fromkeys(self._acted[state.name]))
        if state.hand_made:
            return acted
        return [place for place in acted if place[0] in _WEIGHTY and place[1] == DATA]

    def _story(self, cell: Cell, place: Place | None) -> Story:
        expected = self._expected(cell.state.hand_made)  # first: it uses an account of its own
        account = InMemory() if cell.state.hand_made else self._accounts.emulated()
        cell.state.bring(account)
        found = account.door.stack(DATA)
        assert (found.status if found else "") == cell.state.status, "it did not come about"
        before, queues = holders(account), account.queues()
        door, way = Struck(account.door, place, BLOWS.get(cell.fault)), Way(WANTED, account.clock)
        fails, stays = HELD if cell.fault in (FAILS, STAYS) else {}, HARD if cell.fault == STAYS else {}
        account.strike(fails, stays, in_rollback=cell.state.status == "UPDATE_ROLLBACK_FAILED")
        way.go(door)
        assert place is None or door.struck, f"{place} was never reached"
        account.strike({}, {})
        self._lead_on(account, way)
        check(account, expected)
        lost = queues - account.queues()
        assert not lost, f"queues that were there are gone: {lost}"
        data = fate(before, holders(account), way.approved)
        return Story(told(way.did), frozenset(way.approved), data, tuple(door.acted))

    def _lead_on(self, account: Account, way: Way) -> None:
        while not way.arrived:
            if way.did[-1].outcome == SUPPORT:
                assert isinstance(account, InMemory)
                account.door.set(DATA, status="IMPORT_ROLLBACK_COMPLETE")  # what AWS Support does
            way.go(account.door)

    def _expected(self, hand_made: bool) -> Any:
        if hand_made not in self._undisturbed:
            account = InMemory() if hand_made else self._accounts.emulated()
            deploy(account, WANTED)
            self._undisturbed[hand_made] = ends(account)
        return self._undisturbed[hand_made]


def check(account: Account, expected: Mapping[str, Mapping[str, Any]]) -> None:
    """AssertionError where it is not as `ends` said of an undisturbed one, or something is left behind."""
    found = ends(account)
    for name, facts in expected.items():
        more = found.get(name, {})
        # What somebody else protected stays protected.
        wrong = difference(facts, {**more, "protected": facts["protected"] and more.get("protected")}, name)
        assert not wrong, wrong
    assert found.keys() == expected.keys(), f"there are {', '.join(found)}"
    left = litter(account)
    assert not left, f"left behind: {left}"


def ends(account: Account) -> dict[str, dict[str, Any]]:
    """All that a deployment is about, by stack, without what AWS or chance puts into it."""
    door = account.door
    stacks = {stack.name: stack for stack in door.stacks()}
    physical = {
        f"{name}/{each.logical_id}": each.physical_id for name in stacks for each in door.resources(name)
    }
    return {
        name: {
            "works": stack.status in SUCCESS,
            "protected": stack.protected,
            "template": json.loads(door.template(name)),
            "tags": dict(stack.tags),
            "parameters": {key: named(value, physical) for key, value in stack.parameters.items()},
            "outputs": {key: named(value, physical) for key, value in stack.outputs.items()},
            "policy": door.policy(name),
        }
        for name, stack in stacks.items()
    }


def litter(account: Account) -> list[str]:
    """Change sets that nothing will run, and a lock that nobody holds any more."""
    door = account.door
    made = (door.change_set(arn) for stack in door.stacks() for arn in door.change_sets(stack.name))
    found = [each.name for each in made if each and not each.execution.startswith("EXECUTE_")]
    bucket = bootstrap.bucket(door.stack(bootstrap.STACK))
    assert bucket
    return found + (["the lock"] if lease.holder(door, bucket, key(WANTED)) else [])


def holders(account: Account) -> dict[str, str]:
    """The physical ids of what holds data, by logical id."""
    if account.door.stack(DATA) is None:
        return {}
    found = (each for each in account.door.resources(DATA) if each.status != "DELETE_COMPLETE")
    return {each.logical_id: each.physical_id for each in found if each.logical_id == HOLDER}


def fate(before: Mapping[str, str], now: Mapping[str, str], approved: Collection[str]) -> str:
    """What became of the data; AssertionError when it was replaced, and nobody approved that by name."""
    for name, physical in before.items():
        if now.get(name) == physical:
            return "the same"
        assert f"{DATA}/{name}" in approved, f"{name} was replaced, and nobody approved that"
        return "left in the account"
    return "the stack has none"


def known() -> dict[str, Row]:
    """What the file says, by cell."""
    return {f"{row['state']}: {row['fault']}": row for row in json.loads(FILE.read_text(encoding="utf-8"))}
