"""--import: what a deployment may take over, where something is there already."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.deploy.takeover import Imports

_FLAG = "--import"


def import_option(parser: argparse.ArgumentParser) -> None:
    """--import, which can be given several times."""
    parser.add_argument(
        _FLAG,
        dest="imports",
        metavar="WHAT",
        action="append",
        default=[],
        help="take over what is there already under a name that is wanted: `ours` for all that bears the "
        "tags of this environment, LOGICAL_ID or STACK/LOGICAL_ID for one thing, whoever made it",
    )


def imports_of(options: argparse.Namespace) -> Imports:
    """What may be taken over; UserError for what is no name."""
    from compiler.deploy.takeover import OURS, Imports

    for name in options.imports:
        if not all(part.replace("-", "").isalnum() for part in name.split("/")) or name.count("/") > 1:
            raise UserError(f"{_FLAG} '{name}' names nothing; give `{OURS}`, LOGICAL_ID or STACK/LOGICAL_ID")
    named = frozenset(options.imports) - {OURS}
    return Imports(OURS in options.imports, named)
