"""Where AWS is: the options of every command that talks to it, and the connection they ask for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.assembly import Assembly
from compiler.deploy.errors import DeployError
from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.deploy.door import Aws

# What `--local` deployed is found again by the next command in the same folder.
LOCAL_STATE = Path(".formwork") / "local"


def aws_options(parser: argparse.ArgumentParser) -> None:
    """--local, --endpoint-url, --profile and --region, the last three as in the AWS CLI."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--local", action="store_true", help="use the embedded emulator; it starts and stops by itself"
    )
    where.add_argument("--endpoint-url", metavar="URL", help="send every call there")
    parser.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration files")
    parser.add_argument("--region", metavar="REGION", help="the region, when it is not the spec's")


def role_option(parser: argparse.ArgumentParser) -> None:
    """--role-arn, for commands that have CloudFormation do something."""
    parser.add_argument(
        "--role-arn",
        metavar="ARN",
        help="the role that CloudFormation acts with, and keeps for the stacks; see `formwork deploy-role`",
    )


def express_option(parser: argparse.ArgumentParser) -> None:
    """--express, for commands that make change sets."""
    parser.add_argument(
        "--express",
        action="store_true",
        help="do not let CloudFormation wait until all works; where nothing is replaced, never in production",
    )


def revert_option(parser: argparse.ArgumentParser) -> None:
    """--revert-drift, for commands that plan."""
    parser.add_argument(
        "--revert-drift",
        action="store_true",
        help="also bring back what was changed by hand; see `formwork drift`",
    )


def reverted(assembly: Assembly, options: argparse.Namespace) -> tuple[str, ...]:
    """The stacks of which --revert-drift speaks: all of them, or none; UserError with --express.

    What express mode must not touch is told from the templates, which say nothing of drift.
    """
    if options.revert_drift and options.express:
        raise UserError("--revert-drift and --express do not go together; choose one")
    return tuple(stack.name for stack in assembly.stacks) if options.revert_drift else ()


@contextmanager
def connected(options: argparse.Namespace, assembly: Assembly) -> Iterator[Aws]:
    """The AWS that the options mean; DeployError when it cannot be reached or the emulator cannot start."""
    from compiler.deploy.aws import Session, connect

    region = options.region or assembly.region
    role = (options.role_arn or assembly.execution_role) if hasattr(options, "role_arn") else None
    if not options.local:
        yield connect(Session(options.profile, region, options.endpoint_url, role_arn=role))
        return
    from compiler.emulator.server import ACCOUNT, EmulatorError, find_python, running

    try:
        with running(find_python(), state=LOCAL_STATE) as emulator:
            account = assembly.account or ACCOUNT
            yield connect(Session(None, region, emulator.endpoint_url, account, role))
    except EmulatorError as error:
        raise DeployError(str(error)) from error
