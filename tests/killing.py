"""Kills a deploying process at every call that it makes, with SIGKILL, runs the same again, and looks."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from compiler.deploy import aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.pricing.book import shipped

Phase = Literal["before", "after"]
PHASES: tuple[Phase, ...] = ("before", "after")
HOME, AWAY = "us-east-1", "eu-west-1"
# What is asked again and again until it says what was waited for: how often is not told beforehand.
POLLED = ("DescribeStacks", "DescribeStackEvents", "DescribeChangeSet")
_NAMES = ("StackName", "ChangeSetName", "FunctionName", "Key", "Prefix")
# Every operation on what is called so takes as long as that, and its stack is found busy.
DAWDLING = [{"logical_id": "Slow", "delay": 0.2}]
_LONGEST = 30.0  # seconds for one run; none takes two
_BUSY = 20  # times that a run may find a stack still at work


@dataclass(frozen=True, order=True)
class Boundary:
    """One call of a command: the `ordinal`-th of this operation about this thing in this region."""

    region: str
    operation: str
    about: str
    ordinal: int

    @property
    def acts(self) -> bool:
        """Whether it changes something at AWS."""
        return not self.operation.startswith(("Describe", "Get", "Head", "List"))

    @property
    def polled(self) -> bool:
        """Whether another run may come to rest without asking so often."""
        return self.operation in POLLED and self.ordinal > 1

    def __str__(self) -> str:
        return f"{self.operation} {self.about} in {self.region}, no. {self.ordinal}"


class HastyClock:
    """The machine's clock, with naps a tenth as long: nobody is asked too often here."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 10)


@dataclass(frozen=True)
class Place:
    """An empty account of its own, and a folder for the files of commands."""

    door: aws.Boto
    folder: str
    clock: HastyClock = field(default_factory=HastyClock)
    stacks: dict[str, str] = field(default_factory=dict)  # by the ARNs of their change sets

    def remember(self, parsed: Any, **_: Any) -> None:
        """Which stack a change set is of: its ARN does not tell."""
        if "Id" in parsed:
            self.stacks[parsed["Id"]] = parsed["StackId"]

    def regions(self) -> Iterator[aws.Boto]:
        yield from (self.door.in_region(region) for region in (HOME, AWAY))


Command = Callable[[Place], None]


@dataclass(frozen=True)
class Scenario:
    """What is there before, and the command that is killed and then run again."""

    name: str
    before: Command
    command: Command
    # What a run says that finds all of it done already; empty when it says nothing.
    nothing_left: str = ""
    # Whether something is still at work when the process dies; then the number of calls is not foreseeable.
    slow: bool = False
    # Whether it is killed at calls that only look, too. They change nothing: before and after one, all is as
    # it was after the last call that did, so that the other scenarios need not show it again.
    every: bool = False

    def strikes(self, made: Iterable[Boundary]) -> list[Boundary]:
        """Where it is killed, before and after."""
        return [each for number, each in enumerate(made) if self.every or each.acts or number == 0]


@dataclass(frozen=True)
class Outcome:
    """What became of one killed run: empty when it converged, else in words how it did not."""

    scenario: str
    boundary: Boundary
    phase: Phase
    reached: bool
    wrong: str


class Workshop:
    """Warmed up once; every run is a child of its own, which finds its clients made but never used."""

    def __init__(self, endpoint_url: str, first_account: int, folder: str, faults: Path) -> None:
        self._account = first_account
        self._folder = folder
        self._faults = faults
        self._door = aws.connect(aws.Session(None, HOME, endpoint_url, f"{first_account:012d}"))
        self._door.in_region(AWAY)
        shipped()  # what plans read their prices from takes longer than all the rest

    def calls(self, scenario: Scenario) -> tuple[tuple[Boundary, ...], Any]:
        """The boundaries of an undisturbed run, and the state that it leaves."""
        # While any operation dawdles, the emulator ends none within the call that begins it.
        self._faults.write_text(json.dumps(DAWDLING if scenario.slow else []))
        account = self._next()
        made = self._child(account, lambda place: _recorded(scenario, place))
        return tuple(Boundary(*each) for each in made), self._child(account, state)

    def kill_all(self, scenario: Scenario, phase: Phase) -> list[Outcome]:
        """An undisturbed run, and then one for each place where it is killed."""
        made, expected = self.calls(scenario)
        return [self.kill(scenario, each, phase, expected) for each in scenario.strikes(made)]

    def kill(self, scenario: Scenario, boundary: Boundary, phase: Phase, expected: Any) -> Outcome:
        """Kill it there, run it again to the end, and hold what is there then against `expected`."""
        account = self._next()
        ended = self._child(account, lambda place: _killed(scenario, place, boundary, phase))
        if ended is not None and not boundary.polled:
            return Outcome(scenario.name, boundary, phase, False, "it was never reached")
        found = self._child(account, lambda place: _again(scenario, place))
        wrong = found["error"] or difference(expected, found["state"])
        return Outcome(scenario.name, boundary, phase, ended is None, wrong)

    def _next(self) -> str:
        self._account += 1
        return f"{self._account:012d}"

    def _child(self, account: str, work: Callable[[Place], Any]) -> Any:
        """What `work` returns in a process of its own; None when that was killed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _live(writing, lambda: work(self._place(account)))
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL, f"ended by signal {os.WTERMSIG(status)}"
            return None
        answer = json.loads(told)
        assert "failed" not in answer, answer["failed"]
        return answer["done"]

    def _place(self, account: str) -> Place:
        for client in self._clients():
            # Made once for all: only who asks is different. A client takes a quarter of a second to make.
            client._request_signer._credentials.access_key = account
        folder = os.path.join(self._folder, account)
        os.makedirs(folder, exist_ok=True)
        place = Place(self._door, folder)
        for client in self._clients():
            client.meta.events.register("after-call.cloudformation.CreateChangeSet", place.remember)
        return place

    def _clients(self) -> Iterator[Any]:
        for region in (HOME, AWAY):
            yield from self._door.in_region(region)._clients.values()


def _live(writing: int, work: Callable[[], Any]) -> None:
    """The whole life of a child: it must never come back into the tests of its parent."""
    signal.alarm(int(_LONGEST))
    try:
        answer = {"done": work()}
    except BaseException:
        answer = {"failed": traceback.format_exc()}
    with contextlib.suppress(OSError), os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    sys.stdout.flush()
    os._exit(0)


def _recorded(scenario: Scenario, place: Place) -> list[tuple[str, str, str, int]]:
    scenario.before(place)
    made: list[tuple[str, str, str, int]] = []

    def note(boundary: Boundary, phase: Phase) -> None:
        if phase == "before":
            made.append((boundary.region, boundary.operation, boundary.about, boundary.ordinal))

    _watch(place, note)
    scenario.command(place)
    return made


def _killed(scenario: Scenario, place: Place, boundary: Boundary, phase: Phase) -> str:
    scenario.before(place)

    def strike(now: Boundary, when: Phase) -> None:
        if (now, when) == (boundary, phase):
            os.kill(os.getpid(), signal.SIGKILL)

    _watch(place, strike)
    scenario.command(place)
    return "it came to its end"


def _again(scenario: Scenario, place: Place) -> dict[str, Any]:
    """The same command to its end; again while CloudFormation has not ended what the killed one began."""
    for _ in range(_BUSY):
        try:
            scenario.command(place)
        except RefusedError as error:
            if " is busy: " in error.message:
                time.sleep(0.05)
                continue
            if not (scenario.nothing_left and scenario.nothing_left in error.message):
                return {"error": f"refused: {error.message}", "state": None}
        except DeployError as error:
            return {"error": f"failed: {error.message}", "state": None}
        return {"error": "", "state": state(place)}
    return {"error": "it stayed busy", "state": None}


def _watch(place: Place, see: Callable[[Boundary, Phase], None]) -> None:
    """Every call of the door, just before it is sent, and when it was answered but nobody knows yet."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for door in place.regions():
        for client in door._clients.values():
            _watch_client(place, client, door.region, seen, see)


def _watch_client(
    place: Place, client: Any, region: str, seen: Counter[Any], see: Callable[[Boundary, Phase], None]
) -> None:
    def remember(params: Any, context: Any, **_: Any) -> None:
        context["about"] = _about(params, place.stacks)

    def before(model: Any, context: Any, **_: Any) -> None:
        key = region, model.name, context["about"]
        seen[key] += 1
        context["boundary"] = Boundary(*key, seen[key])
        see(context["boundary"], "before")

    def after(context: Any, **_: Any) -> None:
        see(context["boundary"], "after")

    events = client.meta.events
    events.register("before-parameter-build", remember)
    events.register("before-call", before)
    events.register("after-call", after)


def _about(params: Any, stacks: Mapping[str, str]) -> str:
    """The name that a call is about, without what AWS or chance puts into it; a change set is its stack."""
    name = next((params[name] for name in _NAMES if name in params), "")
    name = stacks.get(name, name)
    return plain(re.sub(r"^arn:.*?:stack/([^/]+)/.*$", r"\1", name))


def plain(text: str) -> str:
    """Without the account, what is random, and the mark of a plan file."""
    text = re.sub(r"\bformwork-[0-9a-f]{12}-[0-9a-f]{8}\b", "formwork-NAME-MARK", text)
    text = re.sub(r"\bformwork-[0-9a-f]{12}\b", "formwork-NAME", text)
    text = re.sub(r"\b[0-9]{12}\b", "ACCOUNT", text)
    return re.sub(r"-[0-9a-f]{13}\b", "-RANDOM", text)


def state(place: Place) -> Any:
    """All that a deployment is about, and all that it could leave behind, by region."""
    found: dict[str, Any] = {door.region: _state(door) for door in place.regions()}
    found["files"] = sorted(os.listdir(place.folder))
    return json.loads(plain(json.dumps(found, sort_keys=True)))


def _state(door: aws.Boto) -> dict[str, Any]:
    stacks = {stack.name: stack for stack in door.stacks()}
    return {
        "stacks": {
            name: {
                "status": stack.status,
                "protected": stack.protected,
                "tags": dict(stack.tags),
                "parameters": dict(stack.parameters),
                "outputs": dict(stack.outputs),
                "resources": {each.logical_id: each.physical_id for each in door.resources(name)},
                "template": door.template(name),
            }
            for name, stack in stacks.items()
        },
        "change sets": sorted(
            f"{name}/{made.name} {made.status} {made.execution}"
            for name in stacks
            for made in map(door.change_set, door.change_sets(name))
            if made and not made.execution.startswith("EXECUTE_")
        ),
        "buckets": {name: _objects(door, name) for name in _buckets(door)},
    }


def _buckets(door: aws.Boto) -> list[str]:
    """Also those that no stack has any more: a bucket lives in one region."""
    found = door._clients["s3"].list_buckets()["Buckets"]
    where = {each["Name"]: door._clients["s3"].head_bucket(Bucket=each["Name"]) for each in found}
    return sorted(
        name for name, head in where.items() if head.get("BucketRegion", door.region) == door.region
    )


def _objects(door: aws.Boto, bucket: str) -> dict[str, int]:
    """Each key, and how many versions of it there are."""
    answer = door._clients["s3"].list_object_versions(Bucket=bucket)
    return dict(
        Counter(each["Key"] for each in (*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())))
    )


def difference(expected: Any, found: Any, at: str = "") -> str:
    """The first place where two states are not the same; empty when they are."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            where = f"{at}/{name}"
            if name not in expected or name not in found:
                return f"{where} is {'new' if name in found else 'missing'}: {(found or {}).get(name)}"
            if wrong := difference(expected[name], found[name], where):
                return wrong
        return ""
    return "" if expected == found else f"{at} is {found}, not {expected}"
