"""The file beside a spec with the drift that somebody accepted: read, held against what is found, written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from compiler.diagnostics import SpecError, suggest
from compiler.document import Document, load
from compiler.drift.findings import Entry, Finding, Report
from compiler.exits import UserError

# Key of the file -> field of the record; the last one may be left out.
_KEYS = {
    "environment": "environment",
    "component": "component",
    "stack": "stack",
    "logical_id": "logical_id",
    "property": "path",
    "digest": "digest",
    "reason": "reason",
    "expires": "expires",
    "actual": "actual",
}
_MAY_BE_EMPTY = ("component", "property", "actual")
_HEAD = """\
# Drift that somebody accepted; `formwork drift --accept` adds to it, and an entry ends by deleting it.
accepted:
"""
_SHAPE = "write it with `formwork drift --accept ID --reason TEXT --until DATE`"


def file_of(spec: str) -> str:
    """Where the accepted drift of a spec is: `platform.yaml` -> `platform.drift.yaml`."""
    stem, dot, ending = spec.rpartition(".")
    plain = stem if dot and ending.lower() in ("yaml", "yml", "json") and stem else spec
    return f"{plain}.drift.yaml"


def read(content: bytes | None, file: str) -> tuple[Entry, ...]:
    """The entries of a file, none without it; UserError, with the place, when it is not right."""
    if content is None:
        return ()
    try:
        document = load(content, file)
    except SpecError as error:
        first = error.diagnostics[0]
        raise UserError(f"{first.position} {first.message}; {_SHAPE}") from error
    listed = document.data.get("accepted")
    if [*document.data] != ["accepted"] or not isinstance(listed, list):
        raise UserError(f"{file} is no list of accepted drift under `accepted`; {_SHAPE}")
    return tuple(_entry(document, number, each) for number, each in enumerate(listed))


def write(entries: Iterable[Entry]) -> bytes:
    """The file; entries sorted, so that it differs only in what was accepted."""
    ordered = sorted(entries, key=lambda entry: (entry.environment, entry.stack, entry.id))
    return (_HEAD + "".join(_lines(entry) for entry in ordered)).encode()


def added(entries: Sequence[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with new ones, each in the place of an older one about the same."""
    found = {_key(entry): entry for entry in [*entries, *new]}
    return tuple(found.values())


def entry(finding: Finding, environment: str, reason: str, expires: date) -> Entry:
    """What accepts a finding as it is now; nothing of its value where that may be a secret."""
    actual = "" if finding.hidden else finding.actual or ""
    return Entry(
        environment,
        finding.component,
        finding.stack,
        finding.logical_id,
        finding.path,
        finding.digest,
        reason,
        expires.isoformat(),
        actual,
    )


def settled(
    report: Report, entries: Iterable[Entry], today: date, looked_at: Collection[tuple[str, str]]
) -> Report:
    """The report without what is accepted; what no longer is says why.

    `looked_at` are the resources, by stack and logical id, of which it is known whether they differ: entries
    about them that match nothing are stale.
    """
    known = {_key(each): each for each in entries if each.environment == report.environment}
    findings: list[Finding] = []
    accepted: list[tuple[Finding, Entry]] = []
    for finding in report.findings:
        found = known.get((report.environment, finding.stack, finding.id))
        note = _lapsed(finding, found, today) if found else ""
        if found and not note:
            accepted.append((finding, found))
        else:
            findings.append(replace(finding, note=note))
    ids = {(finding.stack, finding.id) for finding in report.findings}
    stale = tuple(
        each
        for each in known.values()
        if (each.stack, each.id) not in ids and (each.stack, each.logical_id) in looked_at
    )
    return replace(report, findings=tuple(findings), accepted=tuple(accepted), stale=stale)


def _lapsed(finding: Finding, found: Entry, today: date) -> str:
    """Why an acceptance no longer covers a finding; nothing while it does."""
    if found.digest != finding.digest:
        was = f" at {found.actual}" if found.actual else ""
        return f"it was accepted{was} ({found.reason}), and has changed again since"
    if today.isoformat() > found.expires:
        return f"it was accepted until {found.expires} ({found.reason}), and that is over"
    return ""


def _lines(entry: Entry) -> str:
    """One entry; each text in quotes, as YAML and JSON both take it, so that none reads as a number."""
    keys = [key for key, name in _KEYS.items() if key != "actual" or getattr(entry, name)]
    lines = [f"{key}: {json.dumps(getattr(entry, _KEYS[key]), ensure_ascii=False)}" for key in keys]
    return "  - " + "\n    ".join(lines) + "\n"


def _key(found: Entry) -> tuple[str, str, str]:
    return found.environment, found.stack, found.id


def _entry(document: Document, number: int, found: Any) -> Entry:
    path = ("accepted", number)
    place = document.value_position(path)
    if not isinstance(found, Mapping):
        raise UserError(f"{place} an entry is a mapping, not {found!r}; {_SHAPE}")
    for key in found:
        if key not in _KEYS:
            raise UserError(
                f"{document.position((*path, key))} '{key}' is not a key here{suggest(str(key), _KEYS)}"
            )
    for key in _KEYS:
        value = found.get(key, "" if key == "actual" else None)
        if not isinstance(value, str) or not (value.strip() or key in _MAY_BE_EMPTY):
            said = "is missing" if value is None else f"is a text, not {value!r}"
            raise UserError(f"{document.position((*path, key))} `{key}` {said}; {_SHAPE}")
    _check_day(found["expires"], f"{document.value_position((*path, 'expires'))} `expires`")
    return Entry(**{name: found.get(key, "") for key, name in _KEYS.items()})


def _check_day(text: str, what: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{what} is '{text}', which is no day; write it as 2026-12-31") from None
