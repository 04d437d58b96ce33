"""A deployment, an update and a destruction under every fault of the network: what becomes of them."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.assembly import Asset, sha256
from compiler.deploy import aws, bootstrap, destroy, execute, plan
from compiler.deploy.errors import DeployError
from compiler.emulator.server import find_python, running
from compiler.exits import FAILED
from tests.fakes import a_stack, an_assembly
from tests.hostile import FAULTS, Strike, Weather, hostile

FILE = Path(__file__).parent.parent / "docs" / "faults.network.json"
ONCE, ALWAYS = "once or twice", "from then on"
TOLD = ("nothing was changed", "done: ", "under way", "not begun: ")
CARRIES_ON = "carries on"
STOPS = "stops with exit code 3 and says what state things are in; the next run converges"

_CODE = b"some code"


def _shop(text: str) -> Any:
    keys = a_stack("shop-foundation", {"Key": {"DisplayName": text}}, {"KeyArn": {"Ref": "Key"}})
    wires = {"Key": "shop-foundation.KeyArn", "Assets": f"bootstrap.{bootstrap.BUCKET_OUTPUT}"}
    data = a_stack("shop-data", {"Orders": {"DisplayName": "orders"}}, {"Orders": {"Ref": "Orders"}}, wires)
    asset = Asset(f"{sha256(_CODE)}.zip", _CODE, "fn")
    # Of a production environment, so that the bootstrap stack is protected once it is there.
    return an_assembly(keys, data, profile="production", assets=(asset,))


_SHOP, _LATER = _shop("one"), _shop("two")
_SHOP_STACKS = ("shop-foundation", "shop-data")


class HurriedClock:
    """Minutes of waiting pass in milliseconds; the emulator gets the milliseconds."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.01))
        self.time += seconds * 4000


def _deploy(door: aws.Boto, assembly: Any) -> None:
    for _ in execute.run(plan.make(assembly, door, HurriedClock())):
        pass


def _destroy(door: aws.Boto) -> None:
    if any(stack.name in _SHOP_STACKS for stack in door.stacks()):
        for _ in destroy.run(destroy.plan(_LATER, door, HurriedClock())):
            pass


@dataclass(frozen=True)
class Phase:
    """What is done, after what, and the operations that are struck while it is done."""

    name: str
    before: Callable[[aws.Boto], None]
    does: Callable[[aws.Boto], None]
    operations: tuple[str, ...]


PHASES = (
    Phase(
        "deploy",
        lambda door: None,
        lambda door: _deploy(door, _SHOP),
        (
            "GetCallerIdentity",
            "DescribeStacks",
            "CreateChangeSet",
            "DescribeChangeSet",
            "DescribeStackEvents",
            "ExecuteChangeSet",
            "HeadObject",
            "PutObject",
            "UpdateTerminationProtection",
        ),
    ),
    Phase(
        "update",
        lambda door: _deploy(door, _SHOP),
        lambda door: _deploy(door, _LATER),
        ("GetTemplate", "CreateChangeSet", "DeleteChangeSet", "ExecuteChangeSet"),
    ),
    Phase(
        "destroy",
        lambda door: _deploy(door, _LATER),
        _destroy,
        ("DescribeStacks", "DescribeStackEvents", "ListStackResources", "DeleteStack"),
    ),
)


@dataclass(frozen=True)
class Cell:
    """One fault at one operation."""

    phase: Phase
    operation: str
    fault: str

    def __str__(self) -> str:
        return f"{self.phase.name}: {self.operation}: {self.fault}"


CELLS = tuple(
    Cell(phase, operation, fault) for phase in PHASES for operation in phase.operations for fault in FAULTS
)


class Account:
    """The embedded emulator behind a network that fails when told to; every run has its own account."""

    def __init__(self, endpoint_url: str, through: str, weather: Weather) -> None:
        self.weather = weather
        self._direct, self._through = endpoint_url, through
        self._numbers = (f"{number:012d}" for number in itertools.count(710000000000))
        self._undisturbed: dict[str, tuple[Any, dict[str, int]]] = {}

    def number(self) -> str:
        """Of an account that is empty."""
        return next(self._numbers)

    def door(self, number: str, tries: int = 0) -> aws.Boto:
        """To this account; with `tries`, through the network that fails."""
        patience = aws.Patience(connect=1, read=0.25, tries=tries) if tries else aws.Patience()
        url = self._through if tries else self._direct
        return aws.connect(aws.Session(None, "us-east-1", url, number, patience=patience))

    def undisturbed(self, phase: Phase) -> tuple[Any, dict[str, int]]:
        """How the phase ends when nothing strikes, and how often it asks for each operation."""
        if phase.name not in self._undisturbed:
            number = self.number()
            phase.before(self.door(number))
            self.weather.set()
            phase.does(self.door(number, tries=3))
            self._undisturbed[phase.name] = state(self.door(number)), dict(self.weather.calls)
        return self._undisturbed[phase.name]


def state(door: aws.Boto) -> Any:
    """What there is in an account: stacks and their values, change sets that wait, objects, protection."""
    found = {}
    for stack in door.stacks():
        made = [door.change_set(arn) for arn in door.change_sets(stack.name)]
        waiting = sorted(each.name for each in made if each and not each.execution.startswith("EXECUTE_"))
        template = json.loads(door.template(stack.name))
        bucket = stack.outputs.get(bootstrap.BUCKET_OUTPUT)
        objects = door.objects(bucket, "") if bucket else ()
        facts = (stack.status, sorted(stack.outputs), stack.protected, template, waiting, objects)
        found[stack.name] = facts
    return found


@contextmanager
def account() -> Iterator[Account]:
    """An emulator behind a hostile network."""
    weather = Weather()
    with (
        running(find_python()) as emulator,
        hostile(emulator.endpoint_url, weather) as url,
    ):
        yield Account(emulator.endpoint_url, url, weather)


def passing(account: Account, phase: Phase, fault: str) -> list[str]:
    """Strikes every operation of the phase twice in a row; what went wrong, in words."""
    ends, _ = account.undisturbed(phase)
    number = account.number()
    phase.before(account.door(number))
    account.weather.set(*(Strike(operation, fault, times=2) for operation in phase.operations))
    phase.does(account.door(number, tries=4))
    wrong = [] if account.weather.struck >= len(phase.operations) else ["not every operation was struck"]
    return wrong + ([] if state(account.door(number)) == ends else ["it ends in another state"])


def stopped(account: Account, phase: Phase, strike: Strike, tries: int = 2) -> DeployError | None:
    """The error that ends the phase under this strike; None when it carried on.

    AssertionError when the error says nothing of the state of things, or when the account is not, after one
    more run, as it is when nothing strikes.
    """
    ends, _ = account.undisturbed(phase)
    number = account.number()
    phase.before(account.door(number))
    account.weather.set(strike)
    failed = None
    try:
        phase.does(account.door(number, tries=tries))
    except DeployError as error:
        failed = error
    assert account.weather.struck, "the fault never struck"
    account.weather.set()
    if failed:
        assert failed.exit_code == FAILED
        assert any(words in failed.message for words in TOLD), failed.message
        phase.does(account.door(number))
    assert state(account.door(number)) == ends
    return failed


def lasting(account: Account, cell: Cell) -> DeployError | None:
    """Strikes from the middle of an undisturbed run's calls on, for ever; the error, as `stopped`."""
    return stopped(account, cell.phase, Strike(cell.operation, cell.fault, _middle(account, cell)))


def word(failed: DeployError | None) -> str:
    """What is said of a cell."""
    return STOPS if failed else CARRIES_ON


def once(account: Account, cell: Cell) -> DeployError | None:
    """Strikes the one in the middle of an undisturbed run's calls; the error, as `stopped`."""
    strike = Strike(cell.operation, cell.fault, _middle(account, cell), times=1)
    return stopped(account, cell.phase, strike, tries=3)


def _middle(account: Account, cell: Cell) -> int:
    # How often is asked while something is under way differs a little from run to run.
    _, calls = account.undisturbed(cell.phase)
    return (calls[cell.operation] + 1) // 2


def expected(cell: Cell, failed_once: DeployError | None, failed: DeployError | None) -> dict[str, str]:
    """The cell's line of the file."""
    facts = {"during": cell.phase.name, "operation": cell.operation, "fault": cell.fault}
    return facts | {ONCE: word(failed_once), ALWAYS: word(failed)}


def known() -> dict[str, dict[str, str]]:
    """What the file says, by cell."""
    lines = json.loads(FILE.read_text())
    return {f"{each['during']}: {each['operation']}: {each['fault']}": each for each in lines}
