"""Writes docs/faults.network.json: every operation under every fault; takes some minutes.

python -m tests.write_network_faults [--check]
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import sys
from collections.abc import Sequence

from tests.hostile import FAULTS
from tests.network_faults import CELLS, FILE, Cell, account, expected, lasting, once

WORKERS = 5  # most of the time is the SDK's pauses


def lines(cells: Sequence[Cell]) -> list[dict[str, str]]:
    """What becomes of each cell, on an emulator of their own; AssertionError where something is lost."""
    found = []
    with account() as own:
        for cell in cells:
            print(cell, file=sys.stderr)
            found.append(expected(cell, once(own, cell), lasting(own, cell)))
    return found


def by_operation(number: int) -> list[dict[str, str]]:
    """The lines of one operation's cells."""
    return lines(CELLS[number * len(FAULTS) : (number + 1) * len(FAULTS)])


def main() -> int:
    """Writes the file, or with --check says whether it is what the cells give: 1 when it is not."""
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        found = pool.map(by_operation, range(len(CELLS) // len(FAULTS)), chunksize=1)
    text = json.dumps(list(itertools.chain(*found)), indent=2) + "\n"
    if "--check" in sys.argv:
        return int(text != FILE.read_text())
    FILE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
