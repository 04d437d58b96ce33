"""Assembly, caller, live stacks -> the reason, if there is one, why touching them would be wrong."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.assembly import Assembly
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.hints import way_out
from compiler.deploy.records import Identity, LiveStack
from compiler.deploy.states import row
from compiler.deploy.status import UPDATABLE, State, state

PLATFORM_TAG = "formwork:platform"
ENVIRONMENT_TAG = "formwork:environment"


def check_place(assembly: Assembly, aws: Aws) -> Identity:
    """Who is calling; RefusedError when this is not the account or the region the assembly is meant for."""
    if aws.region != assembly.region:
        raise RefusedError(
            f"environment '{assembly.environment}' belongs in region {assembly.region}, not {aws.region}",
            "leave out --region, or change `region` in the spec and build again",
        )
    caller = aws.identity()
    if assembly.account and caller.account != assembly.account:
        raise RefusedError(
            f"environment '{assembly.environment}' belongs in account {assembly.account}, "
            f"but these credentials are of account {caller.account}",
            "choose the right credentials with --profile",
        )
    return caller


def check_usable(stack: LiveStack, assembly: Assembly) -> None:
    """RefusedError when another operation runs on the stack, DeployError when it is stuck."""
    found = state(stack.status)
    if found is State.BUSY:
        raise busy(stack)
    if found in (State.FAILED_UPDATE, State.FAILED_DELETE):
        raise DeployError(
            f"stack {stack.name} is in {stack.status}: {row(stack.status).means}",
            f"lead it out with `{way_out(assembly, stack)}`, and run again",
        )


def check_owned(stack: LiveStack, assembly: Assembly) -> None:
    """RefusedError when a stack of this name works already, but for another platform or environment."""
    if state(stack.status) in UPDATABLE and not belongs(stack, assembly):
        raise RefusedError(
            f"stack {stack.name} exists, but does not belong to environment '{assembly.environment}' of "
            f"platform '{assembly.platform}'",
            f"rename the platform or the environment; or give the stack the tags {PLATFORM_TAG} and "
            f"{ENVIRONMENT_TAG} if it really is this one",
        )


def belongs(stack: LiveStack, assembly: Assembly) -> bool:
    """True when the stack bears the tags of this platform and environment."""
    own = {PLATFORM_TAG: assembly.platform, ENVIRONMENT_TAG: assembly.environment}
    return own.items() <= stack.tags.items()


def tags(assembly: Assembly) -> dict[str, str]:
    """The tags of every stack of the assembly: its own, and the two by which it is found again."""
    return {
        **assembly.tags,
        PLATFORM_TAG: assembly.platform,
        ENVIRONMENT_TAG: assembly.environment,
    }


def check_removable(stacks: Sequence[LiveStack], unprotect: bool | None = None) -> None:
    """RefusedError when one of the stacks is protected, or another operation runs on it.

    `unprotect` is whether protected ones were asked for; None where nobody can be asked.
    """
    for stack in stacks:
        if state(stack.status) is State.BUSY:
            raise busy(stack)
    protected = [f"{stack.name} ({stack.region})" for stack in stacks if stack.protected]
    if protected and not unprotect:
        raise RefusedError(
            f"termination protection is on for {', '.join(protected)}",
            "if they really are to go, turn it off for each with `aws cloudformation "
            "update-termination-protection --no-enable-termination-protection --stack-name NAME "
            "--region REGION` and run again"
            if unprotect is None
            else "if they really are to go, add --unprotect, which turns it off for each just before its end",
        )


def busy(stack: LiveStack) -> RefusedError:
    """Another operation runs on the stack."""
    return RefusedError(
        f"stack {stack.name} is busy: {stack.status}",
        "wait until that operation has ended (`status` shows it) and run again",
    )
