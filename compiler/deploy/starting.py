"""Something that AWS is asked to begin: once, whatever becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError, StartLostError, Trouble
from compiler.deploy.explain import AwsError
from compiler.deploy.follow import Operation, fresh
from compiler.deploy.records import ChangeSet
from compiler.deploy.watch import Watch

T = TypeVar("T")


def execute(aws: Aws, made: ChangeSet, operation: Operation, watch: Watch) -> Generator[None, None, None]:
    """Execute a change set; RefusedError when it no longer fits, StartLostError when nobody knows whether
    it began.
    """
    tried = False

    def once() -> None:
        nonlocal tried
        if tried and _has_begun(aws, made.arn, operation):
            return
        tried = True
        try:
            aws.execute_change_set(made.arn, operation.token, says_rollback=made.says_rollback)
        except RefusedError:
            # The SDK tries again when an answer is lost: the second try is refused because of the first.
            if not _has_begun(aws, made.arn, operation):
                raise

    yield from begin(watch.answered(once))


def ask(
    aws: Aws, operation: Operation, token: str, call: Callable[[], None], watch: Watch
) -> Generator[None, None, None]:
    """Call what begins an operation with this token; again where no answer came, unless events say that it
    began. StartLostError when nobody knows.
    """
    tried = False

    def once() -> None:
        nonlocal tried
        if tried and _is_told(aws, operation, token):
            return
        tried = True
        call()

    yield from begin(watch.answered(once))


def begin(asking: Generator[None, None, T]) -> Generator[None, None, T]:
    """What it returns; says of an error whether what was asked for is under way in spite of it."""
    try:
        return (yield from asking)
    except DeployError as error:
        if error.trouble is Trouble.NETWORK or (isinstance(error, AwsError) and error.retried):
            raise _lost(error) from None
        error.unbegun = isinstance(error, AwsError | RefusedError) or error.trouble is not None
        raise


def _lost(error: DeployError) -> StartLostError:
    lost = StartLostError(error.message, error.advice)
    lost.trouble = error.trouble
    return lost


def _has_begun(aws: Aws, arn: str, operation: Operation) -> bool:
    found = aws.change_set(arn)
    if found and found.execution.startswith("EXECUTE_"):
        return True
    return _is_told(aws, operation, operation.token)


def _is_told(aws: Aws, operation: Operation, token: str) -> bool:
    events = fresh(aws, operation.stack_id, {operation.since})
    return any(event.token == token for event in events)
