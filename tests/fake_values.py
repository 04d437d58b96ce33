"""The account in memory, watching over values: what a live stack's parameter names must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.deploy.records import ChangeSetRequest
from compiler.deploy.status import State, state
from tests.fakes import FakeAws, _of, _Stack


class Broken(NamedTuple):
    """A live stack holds the value of what has just been deleted."""

    taker: str
    parameter: str
    source: str  # `stack/logical id`


class WatchfulAws(FakeAws):
    """As `FakeAws`; and what is deleted while the parameter of another live stack names it is in `broken`.

    With `refuses`, what is used cannot be deleted, as AWS says of a security group: the deletion of a stack
    fails, and an update only forgets it, so that it is in `left`.
    """

    def __init__(self, polls: int = 0, *, refuses: bool = False) -> None:
        super().__init__(polls)
        self.refuses = refuses
        self.broken: list[Broken] = []
        self.left: list[str] = []

    def delete_stack(
        self, stack: str, token: str, retain: Collection[str] = (), *, force: bool = False
    ) -> None:
        found = self._get(stack)
        if self.refuses:
            for name in found.physical:
                if any(self._holders(found, name)):
                    found.template["Resources"][name].setdefault("Properties", {})["FailDelete"] = "in use"
        super().delete_stack(stack, token, retain, force=force)

    def _delete(self, stack: _Stack, name: str, token: str) -> None:
        if stack.template["Resources"][name].get("DeletionPolicy") != "Retain":
            found = list(self._holders(stack, name))
            self.broken += found
            self.left += [f"{stack.live.name}/{name}"] if found and self.refuses else []
        super()._delete(stack, name, token)

    def _settle(
        self,
        stack: _Stack,
        request: ChangeSetRequest,
        template: dict[str, Any],
        before: Mapping[str, Any],
        token: str,
    ) -> None:
        for name, old in before.items():
            new = template["Resources"].get(name)
            if new and _of(old, "Name") != _of(new, "Name"):
                self.broken += self._holders(stack, name)
        super()._settle(stack, request, template, before, token)

    def _holders(self, stack: _Stack, name: str) -> Iterator[Broken]:
        physical = stack.physical.get(name)
        for other in self._stacks.values():
            if other is not stack and state(other.live.status) is not State.ABSENT:
                for parameter, value in other.parameters.items():
                    if value == physical:
                        yield Broken(other.live.name, parameter, f"{stack.live.name}/{name}")

    def dangling(self) -> list[Broken]:
        """The live stacks that now hold a value of nothing that exists."""
        there = {physical for stack in self._stacks.values() for physical in stack.physical.values()}
        return [
            Broken(stack.live.name, parameter, value)
            for stack in self._stacks.values()
            if state(stack.live.status) is not State.ABSENT
            for parameter, value in stack.parameters.items()
            if value not in there
        ]
