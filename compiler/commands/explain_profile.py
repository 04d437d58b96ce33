"""`formwork explain profile NAME`: the defaults that a profile sets, and how severe it makes the rules."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from compiler.assembly import dumps
from compiler.commands.options import format_option
from compiler.commands.pages import page
from compiler.diagnostics import suggest
from compiler.exits import FINE, UserError
from compiler.model import Profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """NAME, --format."""
    parser.add_argument("profile", metavar="NAME", help="dev, synthetic or production")
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints it."""
    # Late: `explain value` needs none of the rules.
    from compiler import profiles
    from compiler.views import profiles as view
    from compiler.views.style import for_stream

    profile = _known(options.profile)
    found = profiles.settings(), profiles.rules()
    if options.format == "json":
        print(dumps(view.data(profile, *found)), end="")
    else:
        print(view.text(profile, *found, for_stream(sys.stdout)), end="")
    return FINE


def document() -> str:
    """The text of docs/profiles.md."""
    from compiler import profiles
    from compiler.views import profiles as view

    return view.markdown(profiles.settings(), profiles.rules())


def main(given: Sequence[str] | None = None) -> int:
    """Writes the document, or fails when the one that is there is stale."""
    return page("explain_profile", document, given)


def _known(name: str) -> Profile:
    from compiler.profiles import PROFILES

    for profile in PROFILES:
        if profile == name.strip().lower():
            return profile
    listed = ", ".join(PROFILES)
    raise UserError(f"there is no profile '{name}'; there are: {listed}{suggest(name.lower(), PROFILES)}")


if __name__ == "__main__":
    sys.exit(main())
