"""Every state of an environment under every fault: what happens is what docs/faults.md says.

Cells of states that are marked hand-made run against an account in memory, in the shape of AWS; all others
against the embedded emulator with injected faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from compiler.deploy import bootstrap
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.lease import Holder, Lease, key
from compiler.deploy.process import Process
from compiler.deploy.records import ChangeSetRequest
from compiler.deploy.states import TABLE, Cure
from tests.fault_accounts import InMemory, accounts, named
from tests.fault_door import BLOWS, KilledError, Struck
from tests.fault_matrix import CELLS, NONE, STAYS, Cell, Matrix, check, ends, fate, known, litter
from tests.fault_page import PAGE, document
from tests.fault_states import DATA, FIRST, STATES, WANTED, State, deploy
from tests.fault_way import Did, Way, told


@pytest.fixture(scope="module")
def matrix() -> Iterator[Matrix]:
    with accounts() as found:
        yield Matrix(found)


@pytest.fixture
def account() -> InMemory:
    """With the environment in it."""
    found = InMemory()
    deploy(found, WANTED)
    return found


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_what_happens_is_what_the_page_says_and_nothing_is_lost(matrix: Matrix, cell: Cell) -> None:
    assert matrix.row(cell) == known()[str(cell)], "python -m tests.write_fault_matrix"


def test_the_matrix_has_every_cell_and_the_page_is_made_of_it() -> None:
    assert [str(cell) for cell in CELLS] == list(known())
    assert PAGE.read_text(encoding="utf-8") == document(), "python -m tests.write_fault_matrix --page"


def test_every_state_that_is_stuck_has_a_row() -> None:
    stuck = {row.status for row in TABLE if row.cure not in (Cure.NONE, Cure.WAIT)}
    assert stuck <= {state.status for state in STATES}


def test_approval_is_needed_only_where_data_would_be_left_behind_or_skipped() -> None:
    asked = {(row["state"], row["fault"]) for row in known().values() if row["approved"]}
    held = {(cell.state.name, cell.fault) for cell in CELLS if "data left in it" in cell.state.name}
    assert asked == held | {("UPDATE_ROLLBACK_FAILED", STAYS)}


def test_what_is_left_behind_is_seen(account: InMemory) -> None:
    assert litter(account) == []
    body = FIRST.stacks[1].body
    account.door.create_change_set(ChangeSetRequest(DATA, "forgotten", False, {"Key": "k"}, {}, (), body))
    bucket = bootstrap.bucket(account.door.stack(bootstrap.STACK)) or ""
    own = Holder("other", "arn", "deploy", datetime.now(UTC), Process("", 1, ""))
    Lease(account.door, account.clock, key(WANTED), own).take(bucket)
    assert litter(account) == ["forgotten", "the lock"]


def test_data_that_nobody_approved_to_replace_is_missed() -> None:
    assert fate({"Orders": "a"}, {"Orders": "a"}, ()) == "the same"
    assert fate({"Orders": "a"}, {"Orders": "b"}, {f"{DATA}/Orders"}) == "left in the account"
    with pytest.raises(AssertionError, match="nobody approved that"):
        fate({"Orders": "a"}, {"Orders": "b"}, {f"{DATA}/Label"})


def _shrinking(account: InMemory) -> None:
    deploy(account, FIRST)
    found = [{"one"}, {"one", "two"}]
    account.queues = lambda: found.pop()  # type: ignore[method-assign]


def test_queues_that_are_gone_are_missed(matrix: Matrix) -> None:
    with pytest.raises(AssertionError, match=r"are gone: \{'two'\}"):
        matrix.row(Cell(State("shrinking", "CREATE_COMPLETE", _shrinking, hand_made=True), NONE))


def test_an_account_that_ends_otherwise_is_seen(account: InMemory) -> None:
    expected = ends(account)
    account.door.protect("shop-foundation")  # more than was asked for
    check(account, expected)
    account.door.protect(DATA, on=False)
    with pytest.raises(AssertionError, match="shop-data/protected is False"):
        check(account, expected)
    account.door.protect(DATA)
    account.door.set_policy(DATA, {"Statement": []})
    with pytest.raises(AssertionError, match="shop-data/policy/Statement"):
        check(account, expected)


def test_a_state_that_did_not_come_about_is_seen(matrix: Matrix) -> None:
    with pytest.raises(AssertionError, match="it did not come about"):
        matrix.row(Cell(State("not there", "DELETE_FAILED", STATES[2].bring, hand_made=True), NONE))


@pytest.mark.parametrize(("fault", "acts"), [("killed before a call", 0), ("killed after AWS acted", 1)])
def test_nothing_passes_the_door_once_the_process_is_dead(account: InMemory, fault: str, acts: int) -> None:
    door, before = Struck(account.door, ("protect", DATA), BLOWS[fault]), len(account.door.acts("protect"))
    for _ in range(2):
        with pytest.raises(KilledError):
            door.protect(DATA)
    with pytest.raises(KilledError):
        door.stacks()
    assert len(account.door.acts("protect")) - before == acts


def test_what_expired_is_told_as_the_door_tells_it(account: InMemory) -> None:
    door = Struck(account.door, ("protect", DATA), BLOWS["credentials expire"])
    with pytest.raises(DeployError, match="the AWS credentials have expired"):
        door.protect(DATA)


def test_an_error_that_says_nothing_of_how_to_go_on_ends_the_way() -> None:
    way = Way(replace(WANTED, account="999988887777"), InMemory().clock)
    with pytest.raises(RefusedError, match="belongs in account"):
        way.go(Struck(InMemory().door))


def test_a_way_is_told_in_a_few_words() -> None:
    refused, recover, done = Did("deploy", "refused"), Did("recover", "done"), Did("deploy", "done")
    assert told([done]) == "done"
    assert told([Did("deploy", "killed"), refused, recover, done]) == "killed; recover; again: done"
    assert told([refused, Did("recover", "killed"), done]) == "refused; recover killed; again: done"


def test_values_are_compared_by_what_they_name() -> None:
    physical = {"shop/Key": "arn:aws:sns:us-east-1:1:Key-1ABC", "shop/Queue": "http://x/1/Queue-2DEF"}
    assert named("arn:aws:sns:us-east-1:1:Key-1ABC", physical) == "shop/Key"
    assert named("arn:aws:sqs:us-east-1:1:Queue-2DEF", physical) == "shop/Queue"
    assert named("arn:aws:sqs:us-east-1:1:Queue-2DEFX", physical) == "arn:aws:sqs:us-east-1:1:Queue-2DEFX"
