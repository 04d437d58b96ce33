"""Writes docs/faults.states.json by doing every cell, and docs/faults.md; takes a minute or two.

python -m tests.write_fault_matrix [--page | --check]

--page only writes the page, from the data files that are there; --check says whether it is what they give.
"""

from __future__ import annotations

import argparse
import sys

from compiler.assembly import dumps
from compiler.commands.files import content_of, write_file
from tests.fault_accounts import accounts
from tests.fault_matrix import CELLS, FILE, Matrix
from tests.fault_page import PAGE, document


def main() -> int:
    """1 when --check finds the page stale."""
    parser = argparse.ArgumentParser(prog="python -m tests.write_fault_matrix")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--page", action="store_true", help="write docs/faults.md only")
    how.add_argument("--check", action="store_true", help="fail when docs/faults.md is stale")
    options = parser.parse_args()
    if options.check:
        return _check()
    if not options.page:
        write_file(str(FILE), dumps(_rows()).encode())
    write_file(str(PAGE), document().encode())
    return 0


def _rows() -> list[dict[str, object]]:
    with accounts() as found:
        matrix = Matrix(found)
        return [matrix.row(cell) for cell in CELLS]


def _check() -> int:
    if content_of(str(PAGE)) == document().encode():
        return 0
    print("docs/faults.md is stale; run `make golden`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
