"""Assembly -> the command lines that an advice names, as they can be typed."""

from __future__ import annotations

import shlex

from compiler.assembly import Assembly
from compiler.deploy.records import LiveStack
from compiler.deploy.states import Cure, State, row
from compiler.deploy.status import state


def command(assembly: Assembly, name: str, *more: str) -> str:
    """`formwork <name> SPEC --env E` with the spec's own file, where the assembly knows that."""
    return shlex.join(["formwork", name, _spec(assembly), "--env", assembly.environment, *more])


def way_out(assembly: Assembly, live: LiveStack) -> str:
    """The command that helps a stack out of the state it is in; empty when nothing is wrong with it."""
    found = row(live.status)
    if found.cure in (Cure.NONE, Cure.WAIT):
        return ""
    # What is empty a deployment uses or replaces by itself, and an express update cannot be rolled back.
    if found.status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS") or (
        found.cure is Cure.ROLL_BACK and live.express
    ):
        return command(assembly, "deploy")
    return command(assembly, "recover", "--stack", live.name)


def after_failure(assembly: Assembly, live: LiveStack | None) -> str:
    """What to do when an update or a creation failed, as its stack is now."""
    if live is not None and state(live.status) is State.FAILED_UPDATE:
        return f"what was done before stays done: lead it out with `{way_out(assembly, live)}` and run again"
    return "what was done before stays done: correct the cause and run again"


def _spec(assembly: Assembly) -> str:
    origins = (origin for stack in assembly.stacks for origin in stack.origins.values())
    files = {origin.position.file for origin in origins if origin.position}
    return files.pop() if len(files) == 1 else "SPEC"
