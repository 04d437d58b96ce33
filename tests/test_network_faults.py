"""The hostile network: each kind of fault at each step, against the emulator, and what the matrix says of it.

All cells are written by `python -m tests.write_network_faults`, which fails where something is lost. Here
every fault strikes a deployment's operations in passing, and lastingly those where it matters most.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compiler.deploy.errors import DeployError, Trouble
from tests import network_faults
from tests.hostile import FAULTS, Strike
from tests.network_faults import (
    ALWAYS,
    CARRIES_ON,
    CELLS,
    ONCE,
    PHASES,
    STOPS,
    Account,
    Cell,
    known,
    lasting,
    word,
)

# The SDK waits for seconds after each "too often", and nothing helps credentials that have expired.
PASSING = [fault for fault in FAULTS if fault not in ("throttled", "expired credentials")]
# Where AWS acted, and nobody heard of it, is where it is hardest.
PHASED = [(PHASES[0], fault) for fault in PASSING]
PHASED += [(phase, fault) for phase in PHASES[1:] for fault in ("answer lost", "a captive network's page")]
LASTING = [
    ("deploy", "DescribeStacks", "dropped before it was read"),
    ("deploy", "DescribeStacks", "expired credentials"),
    ("deploy", "CreateChangeSet", "answer lost"),
    ("deploy", "DescribeChangeSet", "a captive network's page"),
    ("deploy", "DescribeStackEvents", "503 without a body"),
    ("deploy", "ExecuteChangeSet", "answer lost"),
    ("deploy", "ExecuteChangeSet", "dropped before it was read"),
    ("deploy", "ExecuteChangeSet", "expired credentials"),
    ("deploy", "HeadObject", "expired credentials"),
    ("deploy", "PutObject", "a captive network's page"),
    ("deploy", "UpdateTerminationProtection", "502 with a page"),
    ("update", "GetTemplate", "half an answer"),
    ("update", "DeleteChangeSet", "500 with a reason"),
    ("update", "ExecuteChangeSet", "too slow"),
    ("destroy", "DescribeStacks", "500 with a reason"),
    ("destroy", "ListStackResources", "throttled"),
    ("destroy", "DeleteStack", "answer lost"),
]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with network_faults.account() as found:
        yield found


@pytest.mark.parametrize(("phase", "fault"), PHASED, ids=lambda value: getattr(value, "name", value))
def test_what_passes_is_not_noticed(account: Account, phase: network_faults.Phase, fault: str) -> None:
    assert network_faults.passing(account, phase, fault) == []


@pytest.mark.parametrize(("during", "operation", "fault"), LASTING, ids=" ".join)
def test_what_lasts_ends_with_the_state_of_things_and_the_next_run_converges(
    account: Account, during: str, operation: str, fault: str
) -> None:
    phase = next(phase for phase in PHASES if phase.name == during)
    cell = Cell(phase, operation, fault)
    assert word(lasting(account, cell)) == known()[str(cell)][ALWAYS]


def test_the_matrix_has_every_cell_and_nothing_is_lost_in_any() -> None:
    lines = list(known().values())
    assert [str(cell) for cell in CELLS] == list(known())
    assert {line[when] for line in lines for when in (ONCE, ALWAYS)} == {STOPS, CARRIES_ON}
    assert {line["fault"] for line in lines if line[ONCE] == STOPS} == {"expired credentials"}


@pytest.mark.parametrize("fault", ["answer lost", "500 with a reason", "a captive network's page"])
def test_a_function_is_never_asked_twice(account: Account, fault: str) -> None:
    account.weather.set(Strike("Invoke", fault))
    with pytest.raises(DeployError) as caught:
        account.door(account.number(), tries=4).invoke("migrator", {"action": "migrate"})
    assert caught.value.trouble is Trouble.NETWORK
    assert account.weather.calls["Invoke"] == 1
    account.weather.set()


def test_an_object_that_a_lost_answer_wrote_counts_as_written(account: Account) -> None:
    number = account.number()
    network_faults.PHASES[1].before(account.door(number))
    direct = account.door(number)
    bucket = next(b for s in direct.stacks() if (b := s.outputs.get("AssetBucketName")))
    account.weather.set(Strike("PutObject", "answer lost", times=1))
    tag = account.door(number, tries=3).put_object_if(bucket, "lock", b"me", None)
    assert account.weather.calls["PutObject"] == 2
    found = direct.get_object(bucket, "lock")
    assert found
    assert tag == found.etag
    assert direct.put_object_if(bucket, "lock", b"you", None) is None
    account.weather.set()
