"""What the preflight found -> text for people, grouped by check, errors first; JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.assembly import dumps
from compiler.preflight import Report
from compiler.preflight.check import Check
from compiler.preflight.finding import ORDER, Finding
from compiler.preflight.site import Site
from compiler.views.style import Style

_COLOURS = {"error": "red", "warning": "yellow", "unknown": "magenta", "info": "cyan"}
_EMULATED = "the emulator answers here: what it offers, and what it cannot say, is not what AWS would"
_WORDS = {"unknown": "unseen"}


def render_text(site: Site, report: Report, style: Style, emulated: bool = False) -> str:
    """Each check that found something, the worst first; then those that found nothing, and the sum."""
    lines = [style.paint(_head(site), "bold"), *([_EMULATED] if emulated else [])]
    for check in _by_severity(report):
        found = [finding for finding in report.findings if finding.check == check.id]
        lines += ["", style.paint(f"{check.title} ({check.id})", "bold")]
        lines += [line for finding in found for line in _lines(finding, site, style)]
    if quiet := [check.title for check in report.checks if not _found(check, report)]:
        lines += ["", style.paint("nothing to say about: ", "dim") + style.paint(", ".join(quiet), "dim")]
    return "\n".join([*lines, "", _sum(report, style)]) + "\n"


def render_json(site: Site, report: Report) -> str:
    """The same, complete."""
    return dumps(
        {
            "platform": site.assembly.platform,
            "environment": site.assembly.environment,
            "account": site.caller.account,
            "region": site.region,
            "counts": {severity: report.count(severity) for severity in ORDER},
            "checks": [{"id": check.id, "title": check.title} for check in report.checks],
            "findings": [_entry(finding) for finding in report.findings],
        }
    )


def _head(site: Site) -> str:
    assembly = site.assembly
    return f"{assembly.platform} {assembly.environment} in account {site.caller.account}, {site.region}"


def _by_severity(report: Report) -> list[Check]:
    """The checks that found something; the findings are sorted already."""
    order = list(dict.fromkeys(finding.check for finding in report.findings))
    return [check for id_ in order for check in report.checks if check.id == id_]


def _found(check: Check, report: Report) -> bool:
    return any(finding.check == check.id for finding in report.findings)


def _lines(finding: Finding, site: Site, style: Style) -> Iterator[str]:
    word = _WORDS.get(finding.severity, finding.severity)
    place = f"{style.paint(finding.origin.place, 'bold')} " if finding.origin else ""
    region = f"{finding.region}: " if finding.region not in ("", site.region) else ""
    yield f"  {style.paint(f'{word:<8}', _COLOURS[finding.severity])}{place}{region}{finding.message}"
    if finding.advice:
        yield f"          {style.paint(finding.advice, 'dim')}"


def _sum(report: Report, style: Style) -> str:
    shown = [f"{report.count(s)} {_plural(s, report.count(s))}" for s in ORDER if report.count(s)]
    if not report.count("error"):
        shown.insert(0, style.paint("no error", "green"))
    return ", ".join(shown)


def _plural(severity: str, count: int) -> str:
    words = {"unknown": "could not be looked at", "info": "to know"}
    return words.get(severity, severity if count == 1 else f"{severity}s")


def _entry(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "check": finding.check,
        "severity": finding.severity,
        "message": finding.message,
        "advice": finding.advice,
        "region": finding.region or None,
        "component": origin.component if origin else None,
        "path": origin.path if origin else None,
        "position": str(origin.position) if origin and origin.position else None,
    }
