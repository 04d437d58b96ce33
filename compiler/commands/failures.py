"""The page about failures -> docs/failures.md, for `make golden` and `make fresh`; no command of users."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from compiler.commands.pages import page
from compiler.views.failures_page import document


def main(given: Sequence[str] | None = None) -> int:
    """Writes the page about failures, or fails when the one that is there is stale."""
    return page("failures", document, given)


if __name__ == "__main__":
    sys.exit(main())
