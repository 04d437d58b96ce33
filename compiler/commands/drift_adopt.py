"""`formwork drift --adopt`: says what the spec must say to mean what is live, and with --fix writes it."""

from __future__ import annotations

import argparse
import codecs
from datetime import UTC, datetime

from compiler import pipeline
from compiler.assembly import Assembly, dumps
from compiler.commands.code import sources
from compiler.commands.files import rewrite_file
from compiler.commands.reporting import style_of
from compiler.deploy.errors import RefusedError
from compiler.document import content, load
from compiler.drift.adopt import Adopted, Spec
from compiler.drift.adopt import adopt as adopt_one
from compiler.drift.choose import chosen
from compiler.drift.findings import Finding, Report
from compiler.exits import FINE
from compiler.model import Platform
from compiler.reading.decode import decode
from compiler.views import fixes


def adopt(report: Report, options: argparse.Namespace) -> int:
    """Shows each change, one after the other in one text; RefusedError when one cannot be adopted."""
    findings = chosen(report, options.adopt)
    before = content(options.spec)
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    text = first = decode(before, options.spec)
    made: list[tuple[Finding, Adopted]] = []
    for finding in findings:
        found = _adopted(text, finding, options)
        made.append((finding, found))
        text = found.text
    if options.fix:
        rewrite_file(options.spec, before, mark + text.encode())
    _show(made, fixes.diff(first, text, options.spec, style_of(options)), options)
    return FINE


def _adopted(text: str, finding: Finding, options: argparse.Namespace) -> Adopted:
    platform, assembly = _compiled(text, options)
    spec = Spec(text, options.spec, platform, assembly)
    today = datetime.now(UTC).date()
    reason = options.reason or f"found live on {today} and adopted: {finding.id}"
    found = adopt_one(spec, finding, reason, lambda changed: _compiled(changed, options))
    if isinstance(found, str):
        raise RefusedError(
            f"{finding.id} cannot be adopted: {found}", "change the spec yourself, or --accept or --revert it"
        )
    return found


def _compiled(text: str, options: argparse.Namespace) -> tuple[Platform, Assembly]:
    """One environment of the text; SpecError when it is not right, or breaks a rule."""
    (platform,) = pipeline.platforms(load(text.encode(), options.spec), options.env)
    pipeline.judged([platform], datetime.now(UTC).date())
    (assembly,) = pipeline.assemble([platform], sources(options.spec))
    return platform, assembly


def _show(made: list[tuple[Finding, Adopted]], diff: str, options: argparse.Namespace) -> None:
    if options.format == "json":
        entries = [
            {
                "id": finding.id,
                "path": list(each.fix.path),
                "value": each.fix.value,
                "override": each.override,
            }
            for finding, each in made
        ]
        print(dumps({"adopted": entries, "written": options.fix}), end="")
        return
    for finding, each in made:
        how = " (the spec has no property for it)" if each.override else ""
        print(f"{finding.id}: {fixes.told(each.fix)}{how}")
    print(diff, end="")
    print(
        f"written to {options.spec}; `formwork deploy` then only brings CloudFormation's record up to date"
        if options.fix
        else "nothing was written; add --fix to write it"
    )
