"""A report on drift -> text for a terminal, JSON for programs, annotations for GitHub."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from compiler.assembly import dumps
from compiler.drift.findings import Entry, Finding, Report
from compiler.review.changes import NEEDS_APPROVAL
from compiler.views.phrases import number
from compiler.views.review import COLOURS
from compiler.views.style import Style
from compiler.views.workflow import command

_UNTIL = "YYYY-MM-DD"


def text(report: Report, spec: str, style: Style, verbose: bool = False) -> str:
    """Every finding with its ways out, then in short what was left out; `verbose` names all of that."""
    lines = [style.paint(f"{report.platform} {report.environment}: {_headline(report)}", "bold")]
    for _, group in groupby(report.findings, key=lambda each: (each.stack, each.logical_id, each.reasons)):
        lines += ["", *_resource(list(group), report, spec, style)]
    asides = list(_asides(report, style, verbose))
    lines += ["", *asides] if report.findings and asides else asides
    return "\n".join([*lines, ""])


def data(report: Report) -> str:
    """The same, complete, as JSON; nothing that may be a secret."""
    facts = {
        "platform": report.platform,
        "environment": report.environment,
        "account": report.account,
        "region": report.region,
        "searched": list(report.searched),
        "findings": [_finding(each) for each in report.findings],
        "accepted": [
            _finding(each) | {"reason": entry.reason, "expires": entry.expires}
            for each, entry in report.accepted
        ],
        "ignored": [asdict(each) for each in report.ignored],
        "unchecked": [asdict(each) for each in report.unchecked],
        "unsearched": [asdict(each) for each in report.unsearched],
        "stale": [asdict(each) for each in report.stale],
        "summary": report.summary(),
    }
    return dumps(facts)


def annotated(report: Report) -> str:
    """A warning for each finding that would need an approval, a notice for each other."""
    return "".join(_annotation(each) + "\n" for each in report.findings)


def ways(finding: Finding, spec: str, environment: str) -> dict[str, str]:
    """The three ways out of one finding, as commands."""
    here = f"formwork drift {shlex.quote(spec)} --env {shlex.quote(environment)}"
    name = shlex.quote(finding.id)
    accept = f"{here} --accept {name} --reason TEXT --until {_UNTIL}"
    revert = {"revert": f"{here} --revert {name}"}
    adopt = {} if finding.deleted or finding.hidden else {"adopt": f"{here} --adopt {name} --fix"}
    return {"accept": accept, **revert, **adopt}


def _headline(report: Report) -> str:
    if not report.findings:
        left = f", {len(report.unsearched)} not searched" if report.unsearched else ""
        return f"no drift found in {number(len(report.searched), 'stack')}{left}"
    parts = ", ".join(f"{count} {risk}" for risk, count in report.summary().items() if count)
    return f"{number(len(report.findings), 'difference')} ({parts})"


def _resource(findings: Sequence[Finding], report: Report, spec: str, style: Style) -> Iterator[str]:
    first = findings[0]
    colour = COLOURS[first.risk]
    component = style.paint(first.component or "(no component)", "bold")
    position = first.origin.position if first.origin else None
    where = f"  {style.paint(f'{position.file}:{position.line}', 'dim')}" if position else ""
    yield f"{component} in {first.stack}{where}"
    yield f"  {first.logical_id}  {first.type}  {style.paint(first.risk, colour)}"
    for each in findings:
        yield f"    {_difference(each)}"
        if each.note:
            yield f"      {style.paint(each.note, 'yellow')}"
    yield from (f"    {style.paint(reason.rule, colour)} {reason.text}" for reason in first.reasons)
    for each in findings:
        for way, words in ways(each, spec, report.environment).items():
            yield f"    {way + ':':<7} {style.paint(words, 'dim')}"


def _difference(finding: Finding) -> str:
    if finding.deleted:
        return f"the resource is gone: {finding.physical_id or 'nothing of this name is there'}"
    expected = "(none)" if finding.expected is None else finding.expected
    actual = "(none)" if finding.actual is None else finding.actual
    return f"{finding.path}: deployed {expected}, live {actual}"


def _asides(report: Report, style: Style, verbose: bool) -> Iterator[str]:
    yield from _unsearched(report, style)
    yield from _accepted(report, verbose)
    for entry in report.stale:
        yield f"stale: {_entry(entry)} is accepted, and no longer differs; delete its entry"
    if report.ignored:
        yield f"left out: {number(len(report.ignored), 'difference')} that AWS makes by design"
        if verbose:
            yield from (
                f"  {each.logical_id}.{each.path} in {each.stack}: {each.why} ({each.source})"
                for each in report.ignored
            )
    yield from _unchecked(report, verbose)


def _unsearched(report: Report, style: Style) -> Iterator[str]:
    for each in report.unsearched:
        yield style.paint(f"not searched: {each.stack}: {each.reason}", "yellow")


def _accepted(report: Report, verbose: bool) -> Iterator[str]:
    if report.accepted:
        yield f"accepted: {number(len(report.accepted), 'difference')}"
    if verbose:
        for finding, entry in report.accepted:
            yield f"  {finding.id} in {finding.stack} until {entry.expires}: {entry.reason}"


def _unchecked(report: Report, verbose: bool) -> Iterator[str]:
    counts = Counter(each.status for each in report.unchecked)
    if counts:
        parts = ", ".join(f"{counts[status]} {status}" for status in sorted(counts))
        yield f"not checked: {parts}"
    told = set[str]()
    for each in report.unchecked:
        reason = f": {each.reason}" if each.reason else ""
        if verbose:
            yield f"  {each.status} {each.logical_id} ({each.type}) in {each.stack}{reason}"
        elif each.reason and each.reason not in told:
            told.add(each.reason)
            yield f"  {each.logical_id} in {each.stack}{reason}"


def _entry(entry: Entry) -> str:
    return f"{entry.id} in {entry.stack}"


def _finding(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "id": finding.id,
        "stack": finding.stack,
        **({"region": finding.region} if finding.region else {}),
        "component": finding.component or None,
        "source": str(origin.position) if origin and origin.position else None,
        "logical_id": finding.logical_id,
        "physical_id": finding.physical_id,
        "type": finding.type,
        "property": finding.path or None,
        "deleted": finding.deleted,
        "expected": finding.expected,
        "actual": finding.actual,
        "class": finding.risk,
        "reasons": [{"rule": reason.rule, "text": reason.text} for reason in finding.reasons],
        "note": finding.note or None,
    }


def _annotation(finding: Finding) -> str:
    level = "warning" if finding.risk in NEEDS_APPROVAL else "notice"
    because = "".join(f"\n{reason.rule} {reason.text}" for reason in finding.reasons)
    message = f"{finding.logical_id} ({finding.type}) {_difference(finding)}{because}"
    position = finding.origin.position if finding.origin else None
    return command(level, f"drift, {finding.risk}: {finding.component or finding.stack}", message, position)
