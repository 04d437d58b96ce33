"""Keeps book of change sets that may have to go again, and of the empty stacks that they left behind."""

from __future__ import annotations

from compiler.assembly import sha256
from compiler.deploy.clock import Clock, Pace
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.status import State, state

_PATIENCE = 30  # polls, about a minute: deleting an empty stack takes a few seconds


class Litter:
    """What planning made and nothing has executed; `sweep` takes it away."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._change_sets: dict[tuple[str, str], tuple[Aws, bool]] = {}
        self._cut_off = False

    def expect(self, aws: Aws, stack: str, name: str, creates: bool) -> None:
        """A change set is about to be made. Said before, for the answer may get lost.

        Without a name, it is the empty stack of one that is gone already.
        """
        self._change_sets[stack, name] = aws, creates

    def executed(self, stack: str, name: str) -> None:
        """It is no longer litter."""
        self._change_sets.pop((stack, name), None)

    def forget(self) -> None:
        """All of it is wanted after all."""
        self._change_sets.clear()

    def sweep(self) -> tuple[str, ...]:
        """Delete all of it, going on after failures; what could not be deleted, in words.

        Once AWS cannot be reached, it is not tried for each of them: that could take hours.
        """
        left: list[str] = []
        for (stack, name), (aws, creates) in list(self._change_sets.items()):
            if self._cut_off:
                break
            try:
                self._remove(aws, stack, name, creates)
            except DeployError as error:
                self._cut_off = error.trouble is not None
                if self._cut_off:
                    return (*left, self._abandoned(error))
                what = f"change set {name} of stack {stack}" if name else f"the empty stack {stack}"
                left.append(f"{what} is left behind: {error.message}")
            else:
                del self._change_sets[stack, name]
        return tuple(left)

    def _abandoned(self, error: DeployError) -> str:
        names = ", ".join(f"{name} of stack {stack}" for stack, name in self._change_sets)
        return f"left behind until the next run, since {error.message}: change set {names}"

    def _remove(self, aws: Aws, stack: str, name: str, creates: bool) -> None:
        if name:
            aws.delete_change_set(name, stack)
        # A change set that would create a stack leaves an empty one in REVIEW_IN_PROGRESS. Someone
        # else's change set may wait in it: then it stays.
        found = aws.stack(stack) if creates else None
        if found and state(found.status) is State.REVIEW and not aws.change_sets(stack):
            # By its id: by now, its name may be another stack's, which nobody asked to delete.
            aws.delete_stack(found.id, f"formwork-{sha256(found.id.encode())[:32]}")
            self._wait_until_gone(aws, found.id)

    def _wait_until_gone(self, aws: Aws, stack: str) -> None:
        pace = Pace(self._clock)
        for _ in range(_PATIENCE):
            live = aws.stack(stack)
            if live is None or state(live.status) is State.ABSENT:
                return
            pace.wait()
