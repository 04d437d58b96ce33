"""What whoever watches a deployment wants of it while it is under way."""

from __future__ import annotations

from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.follow import Following, Operation


class Control:
    """Handed to a deployment; `cancel` may be called between any two of its events."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Begin nothing more, and roll back what runs, as far as it can be."""
        self.cancelled = True

    def check(self) -> None:
        """DeployError once it was cancelled, so that nothing more is begun."""
        if self.cancelled:
            raise DeployError(
                "cancelled: what was under way was rolled back, and nothing more was begun",
                "what was done before stays done; run again to go on",
            )


def watched(control: Control, aws: Aws, operation: Operation, following: Following) -> Following:
    """The same, but the operation is cancelled when that is wanted."""
    told = False
    while True:
        try:
            event = next(following)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        if control.cancelled and not told:
            _cancel(aws, operation)
            told = True
        yield event


def _cancel(aws: Aws, operation: Operation) -> None:
    """An update rolls back. A creation cannot be cancelled, only deleted: it held nothing before."""
    live = aws.stack(operation.stack_id)
    status = live.status if live else ""
    if status == "UPDATE_IN_PROGRESS":
        # The token of the update, so that what follows is known as part of it.
        aws.cancel_update(operation.stack_id, operation.token)
    elif status == "CREATE_IN_PROGRESS":
        aws.delete_stack(operation.stack_id, f"{operation.token}-c")
