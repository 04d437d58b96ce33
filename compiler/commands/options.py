"""The arguments that several commands take."""

from __future__ import annotations

import argparse
import glob
import os
from collections.abc import Sequence

from compiler.exits import UserError


def spec_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """SPEC, for every command that reads one."""
    parser.add_argument(
        "spec", metavar="SPEC", nargs=None if required else "?", help="the platform spec, YAML or JSON"
    )


def spec_option(parser: argparse.ArgumentParser) -> None:
    """--spec, for commands whose arguments are something else."""
    parser.add_argument("--spec", metavar="FILE", help="the spec (default: the only one in specs/)")


def spec_of(options: argparse.Namespace) -> str:
    """The file that --spec names, or else the only one in specs/; UserError when that is not one."""
    if options.spec:
        return str(options.spec)
    found = sorted(glob.glob(os.path.join("specs", "*.yaml")))
    found = [file for file in found if not file.endswith(".drift.yaml")]  # what stands beside a spec
    if len(found) != 1:
        listed = f"specs/ holds {', '.join(found)}" if found else "there is none in specs/"
        raise UserError(f"say which spec with --spec FILE; {listed}")
    return found[0]


def environment_option(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--env."""
    whole = "" if required else " (default: all)"
    parser.add_argument("--env", metavar="NAME", required=required, help=f"the environment{whole}")


def format_option(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """--format; text is the default."""
    parser.add_argument("--format", choices=formats, default="text", help="how to print (default: text)")
