"""A live stack -> what Formwork made there and never executed: change sets, and stacks that are empty."""

from __future__ import annotations

import re

from compiler.assembly import Assembly
from compiler.deploy import attach
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.litter import Litter
from compiler.deploy.records import ChangeSet, LiveStack
from compiler.deploy.status import Outcome, State, outcome, state
from compiler.deploy.ways import Step

PREFIX = "formwork-"
_KEPT = re.compile(r"formwork-[0-9a-f]{12}-.+")  # bears the mark of a plan file, which may still be deployed


def step(aws: Aws, live: LiveStack, assembly: Assembly) -> Step | None:
    """Deleting what is left on this stack; None when that is nothing."""
    others, own = _change_sets(aws, live)
    names = tuple(made.name for made in own)
    empty = state(live.status) is State.REVIEW and not others and (own or attach.is_own(live, assembly))
    if not names and not empty:
        return None
    what = [f"change set {made.name} ({_word(made)})" for made in own]
    if empty:
        what.append("the empty stack that it was to make")
    waiting = any(made.execution == "AVAILABLE" for made in own)
    lost = ("a deployment that is still waiting for its answer will have to be planned anew",)
    return Step("sweep", f"delete {', and '.join(what)}", lost=lost if waiting else (), change_sets=names)


def sweep(aws: Aws, clock: Clock, live: LiveStack, names: tuple[str, ...]) -> None:
    """Delete these, and the empty stack with them unless another change set waits there; or DeployError."""
    litter = Litter(clock)
    for name in names or ("",):  # without a name: the empty stack alone
        litter.expect(aws, live.name, name, creates=state(live.status) is State.REVIEW)
    if left := litter.sweep():
        raise DeployError("; ".join(left), "run it again")


def _change_sets(aws: Aws, live: LiveStack) -> tuple[list[ChangeSet], list[ChangeSet]]:
    """Those that must stay, and those that may go; what was executed counts as neither."""
    found = [made for arn in aws.change_sets(live.name) if (made := aws.change_set(arn))]
    waiting = [made for made in found if made.execution not in ("EXECUTE_COMPLETE", "EXECUTE_IN_PROGRESS")]
    may_go = [made for made in waiting if _may_go(made)]
    return [made for made in waiting if made not in may_go], sorted(may_go, key=lambda made: made.name)


def _may_go(made: ChangeSet) -> bool:
    if not made.name.startswith(PREFIX) or outcome(made.status, made.reason) is Outcome.PENDING:
        return False
    return made.execution != "AVAILABLE" or not _KEPT.fullmatch(made.name)


def _word(made: ChangeSet) -> str:
    return made.status if made.status != "CREATE_COMPLETE" else made.execution
