"""`formwork audit SPEC --env E`: who did what to an environment, and how it ended."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.commands.acting import AUDIT
from compiler.commands.aws_options import aws_options, connected
from compiler.commands.build import compile_all
from compiler.commands.files import reason
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.exits import FINE, UserError
from compiler.views.style import for_stream

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.deploy.audit import Record

_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --since, --audit, the AWS options, --format."""
    spec_argument(parser)
    environment_option(parser, required=True)
    parser.add_argument("--since", metavar="DAY", help="from this day on (UTC), such as 2026-11-01")
    parser.add_argument(
        "--audit", metavar="FILE", type=Path, help=f"read this file, and ask nobody (as {AUDIT})"
    )
    aws_options(parser)
    format_option(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    """Prints the runs, oldest first: those in the environment's bucket, and those of this folder's file."""
    from compiler.views import audit as view

    since = _since(options.since)
    (assembly,) = compile_all(options.spec, options.env)
    path = options.audit or AUDIT
    records, broken = _of_file(path, assembly, required=options.audit is not None)
    found, active = records, ""
    if options.audit is None:
        from compiler.deploy import audit

        kept, unread, active = _of_bucket(options, assembly, since)
        found, broken = audit.merged(records, kept), broken + unread
    found = [each for each in found if f"{each.time:%Y%m%d}" >= since]
    if options.format == "json":
        print(view.as_json(found, active), end="")
    else:
        print(view.as_text(found, active, for_stream(sys.stdout)), end="")
    if broken:
        print(f"formwork: {broken} of the records could not be read, and are left out", file=sys.stderr)
    return FINE


def _since(day: str | None) -> str:
    """The beginning of a key's time; UserError when it is no day."""
    if day is None:
        return ""
    if not _DAY.fullmatch(day):
        raise UserError(f"--since '{day}' is not a day; give one such as 2026-11-01")
    return day.replace("-", "")


def _of_file(path: Path, assembly: Assembly, *, required: bool) -> tuple[list[Record], int]:
    from compiler.deploy import audit

    try:
        return audit.read_file(path, assembly)
    except FileNotFoundError:
        if not required:
            return [], 0
        raise UserError(f"no such file: {path}; leave out --audit to ask the environment's bucket") from None
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {reason(error)}; check its owner and mode") from error


def _of_bucket(options: argparse.Namespace, assembly: Assembly, since: str) -> tuple[list[Record], int, str]:
    """What the bucket holds, how much of it is unreadable, and the run that has the lock now."""
    from compiler.deploy import audit, bootstrap, guard, lease

    with connected(options, assembly) as aws:
        guard.check_place(assembly, aws)
        bucket = bootstrap.bucket(aws.stack(bootstrap.STACK))
        if bucket is None:
            return [], 0, ""
        held = lease.holder(aws, bucket, lease.key(assembly))
        found, unread = audit.read_bucket(aws, bucket, assembly, since)
        return found, unread, held.run if held else ""
