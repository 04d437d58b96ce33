"""The arguments that several commands take."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def spec_argument(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """SPEC, for every command that reads one."""
    parser.add_argument(
        "spec", metavar="SPEC", nargs=None if required else "?", help="the platform spec, YAML or JSON"
    )


def environment_option(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """--env."""
    whole = "" if required else " (default: all)"
    parser.add_argument("--env", metavar="NAME", required=required, help=f"the environment{whole}")


def format_option(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """--format; text is the default."""
    parser.add_argument("--format", choices=formats, default="text", help="how to print (default: text)")
