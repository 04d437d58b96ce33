"""What state things are in when a deployment ends early, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from compiler.deploy.errors import DeployError, GaveUpError, RefusedError, StartLostError
from compiler.deploy.events import Event, MigrationStarted, StackFinished, StackStarted
from compiler.deploy.explain import AwsError

_NAMED = 25  # of a longer list only its length is told
_LATER = "`formwork status` shows what became of what is under way; running again goes on from there"


class Situation:
    """Keeps book of pieces of work: which are done, under way, or were not begun."""

    def __init__(self, names: Iterable[str]) -> None:
        self._waiting = list(names)
        self._begun: set[str] = set()  # AWS has been asked to do something
        self._done: list[str] = []
        self._failed: list[str] = []
        self._unknown: list[str] = []  # nobody looks any more at what AWS does
        self._unsure: list[str] = []  # and nobody knows whether it does anything
        self._told = False

    def note(self, name: str, event: Event) -> None:
        """Something happened to a piece of work."""
        if isinstance(event, StackStarted | MigrationStarted):
            self._begun.add(name)
        elif isinstance(event, StackFinished):
            # A stack that is deleted first is then made: it is not begun between the two.
            self._begun.discard(name)

    def has_begun(self, name: str) -> bool:
        """Whether AWS was asked to do something that has not come to its end."""
        return name in self._begun

    def done(self, name: str) -> None:
        """A piece of work came to its end."""
        self._waiting.remove(name)
        self._done.append(name)

    def failed(self, name: str, error: DeployError) -> None:
        """A piece of work was ended by this error."""
        self._told = self._told or error.trouble is not None
        if isinstance(error, StartLostError):
            self._told = True
            self._move(name, self._unsure)
        elif not self.has_begun(name) or error.unbegun:
            return
        elif error.trouble or isinstance(error, AwsError):
            self._told = True
            self._move(name, self._unknown)
        else:
            self._move(name, self._failed)

    def of(self, error: DeployError) -> DeployError:
        """The error, with what state things are in where its own words and the events do not say it."""
        if not self._told:
            return error
        kind = RefusedError if isinstance(error, RefusedError) else GaveUpError
        advice = [error.advice, *([_LATER] if self._unknown or self._unsure else [])]
        told = kind("; ".join([error.message, *self._words()]), "; ".join(filter(None, advice)))
        told.trouble = error.trouble
        return told

    def _move(self, name: str, to: list[str]) -> None:
        self._waiting.remove(name)
        to.append(name)

    def _words(self) -> Iterable[str]:
        kinds = (
            ("done", self._done),
            ("failed", self._failed),
            ("under way, and goes on in AWS by itself", self._unknown),
            ("perhaps under way, for AWS did not confirm that it began", self._unsure),
            ("not begun", self._waiting),
        )
        return (f"{words}: {_list(names)}" for words, names in kinds if names)


@contextmanager
def only_looking() -> Iterator[None]:
    """Of an error in the block, that nothing was changed."""
    try:
        yield
    except DeployError as error:
        raise without_plan(error, ()) from None


def without_plan(error: DeployError, left: tuple[str, ...]) -> DeployError:
    """The error that ended planning, with what planning could not take away again."""
    if error.trouble is None and not left:
        return error
    found = "; ".join([error.message, "nothing was changed", *left])
    kind = RefusedError if isinstance(error, RefusedError) else GaveUpError
    told = kind(found, error.advice)
    told.trouble = error.trouble
    return told


def _list(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{len(names)} stacks"
