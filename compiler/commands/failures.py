"""The page about failures -> docs/failures.md, for `make golden` and `make fresh`; no command of users."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.commands.files import content_of, write_file
from compiler.exits import FINE, INVALID
from compiler.views.failures_page import document


def main(given: Sequence[str] | None = None) -> int:
    """Writes the page, or fails when the one that is there is stale."""
    parser = argparse.ArgumentParser(prog="python -m compiler.commands.failures")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", metavar="FILE", help="write docs/failures.md to FILE")
    where.add_argument("--check", metavar="FILE", help="fail when FILE is not what would be written")
    options = parser.parse_args(given)
    text = document().encode()
    if options.out:
        write_file(options.out, text)
        return FINE
    if content_of(options.check) == text:
        return FINE
    print(f"{options.check} is stale; run {parser.prog} --out {options.check}", file=sys.stderr)
    return INVALID


if __name__ == "__main__":
    sys.exit(main())
