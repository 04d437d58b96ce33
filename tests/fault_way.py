"""What somebody does until an environment is deployed: the commands, and the way out that messages name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from compiler.assembly import Assembly
from compiler.deploy import attach, bootstrap, execute, plan, rescue, rescuing
from compiler.deploy.clock import Clock
from compiler.deploy.errors import DeployError
from compiler.deploy.lease import Holder, Lease, key
from compiler.deploy.process import Process
from compiler.deploy.stuck import Part
from compiler.deploy.ways import Step
from compiler.deploy.wishes import Wishes
from tests.fault_door import KilledError

DONE, KILLED, STOPPED, FAILED, REFUSED = "done", "killed", "stopped", "failed", "refused"
SUPPORT = "names AWS Support"
_LONGEST = 6  # commands; no way is so long
_runs = itertools.count(1)


class Did(NamedTuple):
    """One command, and how it ended."""

    command: str
    outcome: str


@dataclass
class Way:
    """What was done to deploy an assembly, and what was approved by name meanwhile."""

    assembly: Assembly
    clock: Clock
    did: list[Did] = field(default_factory=list)
    approved: set[str] = field(default_factory=set)
    _next: str = "deploy"

    def go(self, door: Any) -> None:
        """To the first command that is killed, or that ends with an error which is no advice to recover."""
        while len(self.did) < _LONGEST:
            command = self._next
            outcome = self._run(command, door)
            self.did.append(Did(command, outcome))
            if self.arrived or outcome in (KILLED, STOPPED, FAILED, SUPPORT):
                return
        raise AssertionError(f"it leads nowhere: {self.did}")

    @property
    def arrived(self) -> bool:
        """Whether the assembly is deployed."""
        return bool(self.did) and self.did[-1] == Did("deploy", DONE)

    def _run(self, command: str, door: Any) -> str:
        """How it ended; the next is what its message advises, or else `deploy`."""
        self._next = "deploy"
        try:
            with _acting(self, door, command) as lease:
                (self._deploy if command == "deploy" else self._recover)(door, lease)
        except KilledError:
            return KILLED
        except DeployError as error:
            if "formwork recover" in str(error):
                self._next = "recover"
            return self._ended(error)
        return DONE

    def _ended(self, error: DeployError) -> str:
        """The word for it; an error that says nothing of how to go on is raised again."""
        if "ask AWS Support" in str(error):
            return SUPPORT
        if error.trouble is not None or "the lock on the environment is lost" in str(error):
            return STOPPED
        if "what was done before stays done" in str(error):
            return FAILED
        if self._next != "recover":
            raise error
        return REFUSED

    def _deploy(self, door: Any, lease: Lease) -> None:
        wishes = Wishes(alone=lease.taken)
        with plan.make(self.assembly, door, self.clock, wishes=wishes) as prepared:
            lease.check(fresh=True)
            list(execute.run(prepared, lease=lease))

    def _recover(self, door: Any, lease: Lease) -> None:
        found = rescue.plan(self.assembly, door, self.clock)
        needed = rescuing.meant(found, [name for case in found.cases for name in case.needs])
        self.approved |= needed
        list(rescuing.run(found, needed, self._asked, lease.check))

    def _asked(self, stack: str, step: Step, part: Part) -> None:
        """Somebody at a terminal types what is asked for."""
        if part.holds_data:
            self.approved.add(f"{stack}/{part.logical_id}")


@contextmanager
def _acting(way: Way, door: Any, command: str) -> Iterator[Lease]:
    """What `commands/acting.py` does around it; a dead holder can only be told by its silence."""
    own = Holder(f"run-{next(_runs)}", "arn", command, datetime.now(UTC), Process("", 1, ""))
    lease = Lease(door, way.clock, key(way.assembly), own)
    try:
        if bucket := bootstrap.bucket(door.stack(bootstrap.STACK)):
            lease.take(bucket)
        list(attach.settle(way.assembly, door, way.clock))
        yield lease
    finally:
        lease.release()


def told(did: list[Did]) -> str:
    """In a few words: `done`, `killed; again: done`, `failed; recover; again: done`."""
    words = [_word(number, each) for number, each in enumerate(did) if not _is_aside(did, number)]
    return "; ".join(words)


def _is_aside(did: list[Did], number: int) -> bool:
    """A later deployment that only says again that `recover` comes first."""
    after = did[number + 1 : number + 2]
    return number > 0 and did[number] == ("deploy", REFUSED) and bool(after) and after[0].command == "recover"


def _word(number: int, each: Did) -> str:
    if each.command == "recover":
        return "recover" if each.outcome == DONE else f"recover {each.outcome}"
    return f"again: {each.outcome}" if number else each.outcome
