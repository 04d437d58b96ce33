"""Arguments -> a command -> its exit code. Each command is one module of `compiler/commands/`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from compiler.exits import INTERRUPTED, INVALID, TERMINATED, UserError

if TYPE_CHECKING:
    import argparse

# Command -> what it is for. A command's module is imported only when it runs: start-up is most of its time.
COMMANDS = {
    "validate": "check a spec: schema, names, connections; needs no AWS",
    "build": "compile and lint a spec into templates",
    "lint": "lint what a spec compiles to, and point at the lines of the spec",
    "diff": "show what would change, offline, against templates on disk or in git",
    "comment": "put a review on a pull or merge request, as one comment",
    "preflight": "ask the account what it would refuse; read-only",
    "plan": "show what deploying would change, through real change sets",
    "deploy": "review and deploy, executing the very change sets that were shown",
    "migrate": "apply the pending migrations of databases, or show what is applied",
    "recover": "lead stuck stacks out of the state they are in, after showing how",
    "status": "show the live state of every stack",
    "rollback": "deploy again what was deployed before and passed",
    "drift": "show what was changed by hand, and accept, revert or adopt it",
    "audit": "show who deployed, changed or destroyed what, and how it ended",
    "destroy": "delete every stack of an environment, last first",
    "cost": "estimate what each environment costs in a month",
    "prices": "list the prices that estimates use, or get today's from AWS",
    "deploy-role": "print a template of the roles that CI needs to deploy, with least privilege",
    "explain": "say where a value comes from, what a rule is about, who may do what",
    "schema": "print the JSON Schema of specs",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code (see the README's table)."""
    try:
        from compiler.commands import signals

        if arguments is not None:
            return _guarded(arguments)
        signals.take_over()  # run as a script: the process is ours
        code = _guarded(sys.argv[1:])
        signals.let_go()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED


def _guarded(arguments: Sequence[str]) -> int:
    from compiler.commands.streams import flush, guarded

    with guarded():
        code = _ended(lambda: _run(_parse(list(arguments))))
        # Of little output, only now it shows that it cannot be written.
        return _ended(flush) or code


def _ended(work: Callable[[], int]) -> int:
    """The work's exit code, or that of the error that ended it, which is told."""
    from compiler.commands.signals import Terminated
    from compiler.deploy.errors import DeployError

    try:
        return work()
    except SystemExit as way_out:  # argparse's
        return int(way_out.code or 0)
    except (UserError, DeployError) as error:
        print(f"formwork: {error}", file=sys.stderr)
        return error.exit_code
    except Terminated:
        print("formwork: terminated", file=sys.stderr)
        return TERMINATED
    except KeyboardInterrupt:
        print("formwork: interrupted", file=sys.stderr)
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    from compiler.diagnostics import SpecError

    try:
        code: int = _module(options.command).run(options)
        return code
    except SpecError as error:
        from compiler.commands.findings import show_findings

        show_findings(error.diagnostics, getattr(options, "format", "text"))
        return INVALID


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"compiler.commands.{command.replace('-', '_')}")


def _parse(given: list[str]) -> argparse.Namespace:
    import argparse  # late, as all else: an interruption while it loads is caught

    from compiler import __version__

    parser = argparse.ArgumentParser(
        prog="formwork", description="One platform spec -> CloudFormation, reviewed, deployed as reviewed."
    )
    parser.add_argument("--version", action="version", version=f"formwork {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in given if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name == chosen:
            _module(name).arguments(command)
    return parser.parse_args(given)
