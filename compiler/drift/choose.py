"""The names that people give -> the findings that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.deploy.errors import RefusedError
from compiler.diagnostics import suggest
from compiler.drift.findings import Finding, Report
from compiler.exits import UserError


def chosen(report: Report, names: Iterable[str]) -> tuple[Finding, ...]:
    """The findings of these ids, or of `<stack>/<id>`, each once and in the order of the report.

    UserError when a name means none of them, or several; RefusedError when it means what AWS governs.
    """
    meant = {id(_one(report, name)) for name in names}
    return tuple(finding for finding in report.findings if id(finding) in meant)


def _one(report: Report, name: str) -> Finding:
    found = [each for each in report.findings if name in (each.id, f"{each.stack}/{each.id}")]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{each.stack}/{each.id}" for each in found)
        raise UserError(f"'{name}' is in {len(found)} stacks; say which: {ids}")
    for each in report.ignored:
        if name in (f"{each.logical_id}.{each.path}", f"{each.stack}/{each.logical_id}.{each.path}"):
            raise RefusedError(f"{name} is left as it is: {each.why}", "leave it out")
    for finding, entry in report.accepted:
        if name in (finding.id, f"{finding.stack}/{finding.id}"):
            advice = "to take that back, delete its entry from the file beside the spec, and run again"
            raise RefusedError(f"{name} is accepted until {entry.expires} ({entry.reason})", advice)
    raise UserError(f"nothing that differs is called '{name}'; {_known(report.findings, name)}")


def _known(findings: Sequence[Finding], name: str) -> str:
    ids = [each.id for each in findings]
    return f"what differs is: {', '.join(ids)}{suggest(name, ids)}" if ids else "nothing differs"
