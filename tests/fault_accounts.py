"""Accounts for the fault matrix: the embedded emulator with injected faults, and the one in memory."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import boto3

from compiler.deploy import aws
from compiler.deploy.clock import Clock
from compiler.deploy.records import ChangeSetRequest
from compiler.emulator.server import find_python, running
from tests.fakes import FakeAws, FakeClock, _Stack

REGION = "us-east-1"


class Faults(Protocol):
    """Which resources fail from now on, each with the reason."""

    def strike(
        self, fails: Mapping[str, str], stays: Mapping[str, str], *, in_rollback: bool = False
    ) -> None:
        """`fails` are those that cannot be made or updated, `stays` those that cannot be put back or
        deleted; nothing of both heals all. `in_rollback` says that the next update is one back.
        """


class Account(Faults, Protocol):
    """An empty account of its own."""

    hand_made: bool
    door: Any
    clock: Clock

    def queues(self) -> set[str]:
        """The physical ids of all queues that are there, in a stack or outside of any."""

    def change_by_hand(self, physical_id: str) -> None:
        """Change an attribute of a queue behind CloudFormation's back."""

    def changed_by_hand(self, physical_id: str) -> bool:
        """Whether that is still so."""


class QuickClock:
    """Waiting takes a millisecond: give-up times of minutes pass, and the emulator has time to work."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, 0.001))
        self.time += seconds


class Emulated:
    """One of the emulator's accounts."""

    hand_made = False

    def __init__(self, door: aws.Boto, queues: Any, faults: Path) -> None:
        self.door, self.clock = door, QuickClock()
        self._queues, self._faults = queues, faults
        self.write()

    def write(self, *found: Mapping[str, Any]) -> None:
        """The emulator's own faults."""
        self._faults.write_text(json.dumps(found))

    def strike(
        self, fails: Mapping[str, str], stays: Mapping[str, str], *, in_rollback: bool = False
    ) -> None:
        found: list[dict[str, Any]] = []
        spared = 0 if in_rollback else 1
        for name, reason in stays.items():
            found.append({"logical_id": name, "operation": "update", "after": spared, "fail": reason})
            found.append({"logical_id": name, "operation": "delete", "fail": reason})
        for name, reason in fails.items():
            found += [
                {"logical_id": name, "operation": doing, "fail": reason} for doing in ("create", "update")
            ]
        self.write(*found)

    def queues(self) -> set[str]:
        return set(self._queues.list_queues().get("QueueUrls", ()))

    def change_by_hand(self, physical_id: str) -> None:
        self._queues.set_queue_attributes(QueueUrl=physical_id, Attributes={"DelaySeconds": "7"})

    def changed_by_hand(self, physical_id: str) -> bool:
        found = self._queues.get_queue_attributes(QueueUrl=physical_id, AttributeNames=["DelaySeconds"])
        return bool(found["Attributes"]["DelaySeconds"] == "7")


class HandMade(FakeAws):
    """The account in memory, where resources fail as they do in the emulator: without a word in a template.

    In the shape of AWS, and for what the emulator does not have: stacks that are not rolled back, rollbacks
    of creations that leave resources, and imports that fail.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fails: Mapping[str, str] = {}
        self.stays: Mapping[str, str] = {}
        self.queues: set[str] = set()

    def _read(self, request: ChangeSetRequest) -> dict[str, Any]:
        template = super()._read(request)
        for name in self.fails.keys() & template["Resources"].keys():
            template["Resources"][name]["Properties"]["Fail"] = self.fails[name]
        return template

    def _roll_back(self, stack: _Stack, token: str, skip: Any) -> None:
        whole = stack.template
        stack.template = json.loads(json.dumps(whole))
        for name in self.stays.keys() & whole["Resources"].keys():
            stack.template["Resources"][name]["Properties"]["FailRollback"] = self.stays[name]
        super()._roll_back(stack, token, skip)
        stack.template = whole

    def _finish(self, stack: _Stack, busy: str, status: str, token: str) -> None:
        stays = status == "ROLLBACK_COMPLETE" and self.stays
        super()._finish(stack, busy, "ROLLBACK_FAILED" if stays else status, token)

    def _settle(self, stack: _Stack, *given: Any) -> None:
        super()._settle(stack, *given)
        queues = (n for n, r in stack.template["Resources"].items() if r["Type"] == "AWS::SQS::Queue")
        self.queues |= {stack.physical[name] for name in queues}

    def _delete(self, stack: _Stack, name: str, token: str) -> None:
        physical = stack.physical[name]
        super()._delete(stack, name, token)
        if stack.events[-1].status == "DELETE_COMPLETE":
            self.queues.discard(physical)


class InMemory:
    """A `HandMade` account."""

    hand_made = True

    def __init__(self) -> None:
        self.door, self.clock = HandMade(), FakeClock()

    def strike(
        self, fails: Mapping[str, str], stays: Mapping[str, str], *, in_rollback: bool = False
    ) -> None:
        self.door.fails, self.door.stays = fails, stays

    def queues(self) -> set[str]:
        return self.door.queues

    def change_by_hand(self, physical_id: str) -> None:
        raise AssertionError("nobody's hands reach here")

    def changed_by_hand(self, physical_id: str) -> bool:
        return False


class Accounts:
    """Makes accounts; clients are made once for all of the emulator's, for that takes a second."""

    def __init__(self, endpoint_url: str, faults: Path) -> None:
        self._faults = faults
        self._numbers = (f"{number:012d}" for number in itertools.count(760000000000))
        number = next(self._numbers)
        self._door = aws.connect(aws.Session(None, REGION, endpoint_url, number))
        self._queues = boto3.client(
            "sqs",
            region_name=REGION,
            endpoint_url=endpoint_url,
            aws_access_key_id=number,
            aws_secret_access_key="x",
        )

    def emulated(self) -> Emulated:
        """An empty one of the emulator's, without faults; the one before is not to be used any more."""
        number = next(self._numbers)
        for client in (*self._door._clients.values(), self._queues):
            client._request_signer._credentials.access_key = number
        return Emulated(self._door, self._queues, self._faults)


@contextmanager
def accounts() -> Iterator[Accounts]:
    """With an emulator of their own."""
    with TemporaryDirectory() as folder:
        faults = Path(folder) / "faults.json"
        with running(find_python(), faults=faults) as emulator:
            yield Accounts(emulator.endpoint_url, faults)


def named(text: str, physical: Mapping[str, str]) -> str:
    """A text with `<stack>/<logical id>` in place of what AWS calls each resource, and of its ARN."""
    for place, found in sorted(physical.items(), key=lambda each: -len(each[1])):
        text = text.replace(found, place)
        if "/" in found and (name := found.rpartition("/")[2]):
            text = re.sub(rf"\barn:[\w:-]*:{re.escape(name)}\b", place, text)
    return text
