"""Generated pages -> docs/, for `make golden` and `make fresh`; no command of users."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from compiler.commands.files import content_of, write_file
from compiler.exits import FINE, INVALID


def page(module: str, document: Callable[[], str], given: Sequence[str] | None) -> int:
    """Writes what a module's document says, or fails when the page that is there is stale."""
    parser = argparse.ArgumentParser(prog=f"python -m compiler.commands.{module}")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", metavar="FILE", help="write the page to FILE")
    where.add_argument("--check", metavar="FILE", help="fail when FILE is not what would be written")
    options = parser.parse_args(given)
    text = document().encode()
    if options.out:
        write_file(options.out, text)
    elif content_of(options.check) != text:
        print(f"{options.check} is stale; run {parser.prog} --out {options.check}", file=sys.stderr)
        return INVALID
    return FINE
