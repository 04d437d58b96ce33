"""Arguments -> a command -> its exit code. Each command is one module of `compiler/commands/`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from compiler import __version__
from compiler.commands.shared import show_findings
from compiler.deploy.errors import DeployError
from compiler.diagnostics import SpecError
from compiler.exits import FINE, INTERRUPTED, INVALID, UserError

# Command -> what it is for. A command's module is imported only when it runs: start-up is most of its time.
COMMANDS = {
    "validate": "check a spec: schema, names, connections; needs no AWS",
    "build": "compile and lint a spec into templates",
    "lint": "lint what a spec compiles to, and point at the lines of the spec",
    "diff": "show what would change, offline, against templates on disk",
    "plan": "show what deploying would change, through real change sets",
    "deploy": "review and deploy, executing the very change sets that were shown",
    "status": "show the live state of every stack",
    "destroy": "delete every stack of an environment, last first",
    "explain": "say where a value comes from, or what a rule is about",
    "schema": "print the JSON Schema of specs",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code (see the README's table)."""
    options = _parse(list(sys.argv[1:] if arguments is None else arguments))
    try:
        return _run(options)
    except BrokenPipeError:
        # The reader (`head`, say) has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        print("formwork: interrupted", file=sys.stderr)
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    try:
        code: int = importlib.import_module(f"compiler.commands.{options.command}").run(options)
        return code
    except SpecError as error:
        show_findings(error.diagnostics, getattr(options, "format", "text"))
        return INVALID
    except (UserError, DeployError) as error:
        print(f"formwork: {error}", file=sys.stderr)
        return error.exit_code


def _parse(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="formwork", description="One platform spec -> CloudFormation, reviewed, deployed as reviewed."
    )
    parser.add_argument("--version", action="version", version=f"formwork {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in given if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        if name == chosen:
            importlib.import_module(f"compiler.commands.{name}").arguments(command)
    return parser.parse_args(given)
