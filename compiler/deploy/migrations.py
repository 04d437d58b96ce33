"""The migrators of an assembly: asked what is pending, and run between their stack and the next."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from compiler.assembly import Assembly, Migrator
from compiler.deploy.background import in_background
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError
from compiler.deploy.events import MigrationFailed, MigrationFinished, MigrationStarted
from compiler.deploy.explain import AwsError
from compiler.deploy.inputs import Outputs
from compiler.deploy.redacting import safe
from compiler.deploy.schedule import Flow
from compiler.deploy.starting import begin
from compiler.review.changes import MigrationPlan, StackChanges

Report = Mapping[str, Any]  # as `compiler/shipped/migrator` gives it

# What no new version of the function changes: such a plan is not begun. A file that was left half-way is
# another matter, for the better file has to be deployed before it can be run again.
HOPELESS = ("edited", "missing", "out-of-order")
# A function in a VPC that was idle for weeks gets its network back first, which takes a minute or two.
# Source: Lambda developer guide, "Lambda function states", 2026.
_NOT_READY = ("ResourceNotReadyException", "ResourceConflictException", "CodeArtifactUserPendingException")
_PATIENCE = 100  # polls, about five minutes


def outlook(assembly: Assembly, aws: Aws, outputs: Outputs) -> tuple[MigrationPlan, ...]:
    """What each migrator would do; nothing is known of one that is not there yet, or that does not answer."""
    return tuple(_outlook(migrator, aws, function(migrator, outputs)) for migrator in assembly.migrators)


def function(migrator: Migrator, outputs: Outputs) -> str | None:
    """The name of the function; None while its stack is not there, or does not have it yet."""
    return outputs.get(migrator.stack, {}).get(migrator.function)


def _outlook(migrator: Migrator, aws: Aws, name: str | None) -> MigrationPlan:
    unknown = MigrationPlan(migrator.component, migrator.stack)
    if name is None:
        return unknown
    try:
        report = status(migrator, aws, name)
    except DeployError as error:
        return MigrationPlan(migrator.component, migrator.stack, unknown=error.message)
    if report["error"] and not report["files"]:  # the database did not answer
        return MigrationPlan(migrator.component, migrator.stack, unknown=safe(report["error"]["message"]))
    states = {entry["file"]: entry["state"] for entry in report["files"]}
    return MigrationPlan(
        migrator.component,
        migrator.stack,
        pending=tuple(file for file, state in states.items() if state == "pending"),
        users={what: tuple(names) for what, names in report["users"].items() if names},
        obstacle=reason(report["error"]) if report["error"] else "",
        hopeless=any(state in HOPELESS for state in states.values()),
    )


def check(plans: Iterable[MigrationPlan]) -> None:
    """DeployError when the history of a database does not fit the files: nothing need be touched to know."""
    for plan in plans:
        if plan.hopeless:
            raise DeployError(
                f"the migrations of {plan.component} cannot run: {plan.obstacle}",
                "nothing was changed; put the folder right and run again",
            )


def wanted(plan: MigrationPlan, stacks: Iterable[StackChanges]) -> bool:
    """Whether its migrator has to run: something is pending, or its stack changes, and so may the users."""
    changing = {stack.stack for stack in stacks if stack.action != "none"}
    return plan.has_changes or plan.pending is None or plan.stack in changing


def status(migrator: Migrator, aws: Aws, name: str) -> Report:
    """What is applied, and what is pending of the assembly's files; DeployError when nobody answers."""
    return aws.invoke(name, {"action": "status", **_facts(migrator)})


def run(migrator: Migrator, aws: Aws, clock: Clock, outputs: Outputs, again: tuple[int, ...] = ()) -> Flow:
    """Brings one database to the version of the files; DeployError, after its event, when it fails."""
    name = function(migrator, outputs)
    if name is None:
        lacking = f"{migrator.stack}.{migrator.function}"
        raise DeployError(f"the migrator of {migrator.component} is not there ({lacking})", "deploy it first")
    start = clock.now()
    yield MigrationStarted(migrator.component, migrator.stack)
    orders = {"action": "migrate", "by": aws.identity().arn, "again": list(again), **_facts(migrator)}
    report = yield from begin(_answer(aws, name, orders))
    applied, seconds = tuple(report["applied"]), clock.now() - start
    if error := report["error"]:
        yield MigrationFailed(migrator.component, reason(error), error["advice"], applied, seconds)
        raise DeployError(
            f"a migration of {migrator.component} failed, and nothing was begun after it",
            "what was done before stays done: correct the cause and run again",
        )
    users = {what: tuple(names) for what, names in report["users"].items() if names}
    yield MigrationFinished(migrator.component, applied, users, seconds)


def reason(error: Mapping[str, Any]) -> str:
    """What a migrator's error says: file, line, message, PostgreSQL's code."""
    line = f":{error['line']}" if error["line"] else ""
    where = f"{error['file']}{line}: " if error["file"] else ""
    code = f" ({error['sqlstate']})" if error["sqlstate"] else ""
    return f"{where}{safe(error['message'])}{code}"


def _facts(migrator: Migrator) -> dict[str, Any]:
    return {
        "files": [asdict(file) for file in migrator.files],
        "users": {name: asdict(user) for name, user in migrator.users.items()},
    }


def _answer(aws: Aws, name: str, orders: Mapping[str, Any]) -> Generator[None, None, Report]:
    for _ in range(_PATIENCE):
        try:
            return (yield from in_background(lambda: aws.invoke(name, orders)))
        except AwsError as error:
            if error.code not in _NOT_READY:
                raise
        yield None
    raise DeployError(f"the function {name} did not become ready", "look at its state, and run again")
