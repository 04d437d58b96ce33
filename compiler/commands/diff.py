"""`formwork diff SPEC`: what would change, offline, against templates on disk or in git."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from compiler.assembly import Assembly
from compiler.commands.build import folder, understood
from compiler.commands.built import DEFAULT_OUT, read_tree
from compiler.commands.files import names_in
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import cost_changes
from compiler.commands.reporting import report_option
from compiler.commands.reviewing import FORMATS, show_plans
from compiler.commands.revision import PREFIX, Revision, chosen
from compiler.exits import CHANGES, FINE, InvalidError, UserError
from compiler.manifest import read

# Of an assembly: where what was built before lies, in the user's words, and its files by relative path.
Built = Callable[[Assembly], tuple[str, Mapping[str, bytes]]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --against, --exit-code, --verbose, --format, --report."""
    spec_argument(parser)
    environment_option(parser)
    parser.add_argument(
        "--against",
        metavar="DIR|git:REV[:DIR]",
        default=DEFAULT_OUT,
        help=f"what was built before: a folder, or the same in a revision of git (default: {DEFAULT_OUT})",
    )
    parser.add_argument("--exit-code", action="store_true", help="end with 5 when there are changes")
    parser.add_argument("-v", "--verbose", action="store_true", help="fold nothing")
    format_option(parser, FORMATS)
    report_option(parser, "--out")


def run(options: argparse.Namespace) -> int:
    """Prints the predicted plan of every environment; needs no AWS."""
    from compiler.deploy.phase_review import compare

    platforms, assemblies, warnings = understood(options.spec, options.env)
    show_findings(warnings, "text")
    built = _built(options.against, options.spec, assemblies[0].platform)
    pairs = [(_before(*built(assembly)), assembly) for assembly in assemblies]
    _note(options.against, pairs)
    plans = [compare(*pair) for pair in pairs]
    subjects = list(zip(platforms, assemblies, strict=True))
    show_plans(plans, cost_changes(options.spec, pairs), options, subjects)
    return CHANGES if options.exit_code and any(plan.has_changes for plan in plans) else FINE


def _built(against: str, spec: str, platform: str) -> Built:
    """Finds what was built before of an assembly; UserError when there is nothing to compare with."""
    if against.startswith(PREFIX):
        revision = chosen(against)
        print(f"formwork: {revision.note(spec, platform)}", file=sys.stderr)
        return lambda assembly: _committed(revision, assembly)
    _check(against)
    return lambda assembly: _on_disk(folder(against, assembly))


def _committed(revision: Revision, assembly: Assembly) -> tuple[str, Mapping[str, bytes]]:
    where = f"{folder(revision.folder, assembly)} in {revision}"
    return where, revision.files(assembly.platform, assembly.environment)


def _on_disk(where: str) -> tuple[str, Mapping[str, bytes]]:
    if os.path.lexists(where) and not os.path.isdir(where):
        raise UserError(f"{where} is not a folder; build again, or name another folder with --against")
    return where, read_tree(where)


def _check(against: str) -> None:
    """UserError when there is nothing to compare with, unless nobody said that there is."""
    if os.path.isdir(against):
        names_in(against)  # it can be read
    elif against != DEFAULT_OUT or os.path.lexists(against):
        what = "is not a folder" if os.path.lexists(against) else "does not exist"
        raise UserError(
            f"{against or 'the folder'} {what}; name one that `formwork build` wrote with --against"
        )


def _note(against: str, pairs: Sequence[tuple[Assembly | None, Assembly]]) -> None:
    """Says that all is new: the wrong folder looks the same, and its review is all routine."""
    if any(before for before, _ in pairs):
        return
    environments = ", ".join(after.environment for _, after in pairs)
    nothing = f"nothing of {pairs[0][1].platform} {environments} was built in {against} before"
    print(f"formwork: {nothing}, so everything is new", file=sys.stderr)


def _before(where: str, files: Mapping[str, bytes]) -> Assembly | None:
    """What was built before; None when this environment never was."""
    if not files:
        return None
    try:
        return read(files)
    except ValueError as error:
        message = f"{where} is not what `formwork build` writes: {error}, or name another folder"
        raise InvalidError(message) from error
