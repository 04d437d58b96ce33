"""Writes docs/faults.network.json: every operation under every fault; takes some minutes.

python -m tests.write_network_faults [--check]
"""

from __future__ import annotations

import json
import sys

from tests.network_faults import CELLS, FILE, Account, account, expected, lasting, once


def lines(account: Account) -> list[dict[str, str]]:
    """What becomes of each cell; AssertionError where something is lost."""
    found = []
    for cell in CELLS:
        print(cell, file=sys.stderr)
        found.append(expected(cell, once(account, cell), lasting(account, cell)))
    return found


def main() -> int:
    """Writes the file, or with --check says whether it is what the cells give: 1 when it is not."""
    with account() as found:
        text = json.dumps(lines(found), indent=2) + "\n"
    if "--check" in sys.argv:
        return int(text != FILE.read_text())
    FILE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
