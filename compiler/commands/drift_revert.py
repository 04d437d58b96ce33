"""`formwork drift --revert`: brings back what was deployed, by a change set that does just that."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from compiler.commands.acting import acting
from compiler.commands.approving import Approval, approvals_given
from compiler.commands.aws_options import connected
from compiler.commands.build import compile_linted
from compiler.commands.drift import check_components
from compiler.commands.drift_accept import entries_beside
from compiler.commands.executing import agreed, carry_out
from compiler.commands.reviewing import show_live_plan
from compiler.exits import FINE

if TYPE_CHECKING:
    from compiler.assembly import Assembly
    from compiler.deploy.door import Aws
    from compiler.drift.findings import Finding


def revert(options: argparse.Namespace) -> int:
    """Searches again, shows the change sets, asks, and executes them; refused when they would do more."""
    given = approvals_given(options)
    assembly = compile_linted(options.spec, options.env, options.format)
    check_components(options, assembly)
    with connected(options, assembly) as aws:
        bring_back(options, assembly, aws, given)
    return FINE


def bring_back(
    options: argparse.Namespace, assembly: Assembly, aws: Aws, given: Sequence[Approval] = ()
) -> None:
    """The same, of an assembly in an account; RefusedError when it is not just what was named."""
    from compiler.deploy import plan
    from compiler.deploy.wishes import Wishes
    from compiler.drift.revert import check_all, check_only

    findings = _findings(options, assembly, aws)
    stacks = {finding.stack for finding in findings}
    with (
        acting(options, assembly, aws) as act,
        plan.make(assembly, aws, act.clock, wishes=Wishes(revert=stacks)) as prepared,
    ):
        check_all(prepared.plan, findings)
        check_only(prepared.plan, findings)
        if options.format == "text":
            show_live_plan(prepared.plan, options)
        approved = agreed(prepared, given, options)
        carry_out(prepared, approved, given, act, options, f"Bring this back in {assembly.environment}?")


def _findings(options: argparse.Namespace, assembly: Assembly, aws: Aws) -> tuple[Finding, ...]:
    """What was named, if CloudFormation can bring it back and the spec wants nothing else there."""
    from compiler.drift import report
    from compiler.drift.choose import chosen
    from compiler.drift.revert import check_current, check_possible
    from compiler.drift.search import search

    searched = search(assembly, aws, components=options.component)
    account, today = aws.identity().account, datetime.now(UTC).date()
    found = report.of(assembly, account, searched, entries_beside(options.spec), today)
    findings = chosen(found, options.revert)
    check_possible(findings, searched)
    check_current(findings, searched, assembly)
    return findings
