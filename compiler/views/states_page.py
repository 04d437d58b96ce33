"""The table of statuses -> docs/states.md."""

from __future__ import annotations

from compiler.deploy.states import SOURCE, TABLE, UNKNOWN, Cure, Row

HEAD = """\
# The states of stacks, and the ways out

Made by `python -m compiler.commands.recover --out docs/states.md` from the table that `deploy`, `recover`,
`destroy` and `status` go by (`compiler/deploy/states.py`); do not edit.

## Every status

"""


def document() -> str:
    """The text of docs/states.md."""
    return HEAD
