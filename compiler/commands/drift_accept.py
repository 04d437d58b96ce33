"""`formwork drift --accept`: notes beside the spec that a difference is known, why, and until when."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, timedelta

from compiler.assembly import dumps
from compiler.commands.files import content_of, rewrite_file, write_file
from compiler.drift import accepted
from compiler.drift.choose import chosen
from compiler.drift.findings import Entry, Report
from compiler.exits import FINE, UserError

_LONGEST = timedelta(days=366)  # what is to stay for longer belongs into the spec
_REASON = 10  # letters; as of an override


def entries_beside(spec: str) -> tuple[Entry, ...]:
    """The accepted differences of a spec; UserError when their file is not right."""
    file = accepted.file_of(spec)
    return accepted.read(content_of(file), file)


def accept(report: Report, options: argparse.Namespace) -> int:
    """Writes an entry for each finding that is named, in the place of an older one about the same."""
    reason, expires = _reason(options.reason), _until(options.until, datetime.now(UTC).date())
    findings = chosen(report, options.accept)
    file = accepted.file_of(options.spec)
    before = content_of(file)
    new = [accepted.entry(finding, report.environment, reason, expires) for finding in findings]
    after = accepted.write(accepted.added(accepted.read(before, file), new))
    if before is None:
        write_file(file, after, option="SPEC")
    else:
        rewrite_file(file, before, after)
    if options.format == "json":
        print(dumps({"file": file, "accepted": [finding.id for finding in findings]}), end="")
    else:
        print("\n".join(f"accepted until {expires}: {finding.id}" for finding in findings))
        print(f"noted in {file}; commit it, so that the next search knows")
    return FINE


def _reason(text: str | None) -> str:
    found = " ".join((text or "").split())
    if len(found) < _REASON:
        raise UserError(f"--accept needs --reason with at least {_REASON} letters: why it may stay as it is")
    return found


def _until(text: str | None, today: date) -> date:
    """The last day; UserError when it is none, over, or too far away."""
    if text is None:
        raise UserError("--accept needs --until DATE, the last day on which it may stay as it is")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--until '{text}' is no day; write it as {today + timedelta(days=30)}") from None
    if not today <= found <= today + _LONGEST:
        limits = f"{today} to {today + _LONGEST}"
        raise UserError(f"--until {found} is not from {limits}; what is to stay for longer, --adopt")
    return found
