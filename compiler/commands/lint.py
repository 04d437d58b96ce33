"""`formwork lint SPEC`: cfn-lint and the house rules over what a spec compiles to."""

from __future__ import annotations

import argparse

from compiler.commands.build import compile_judged
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import budget_problems
from compiler.exits import FINE, INVALID
from compiler.views.findings import FORMATS, Finding


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --format."""
    spec_argument(parser)
    environment_option(parser)
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Fails when a finding is an error; warnings are shown only."""
    from compiler.lint import lint  # late: cfn-lint costs half a second

    assemblies, warnings = compile_judged(options.spec, options.env)
    findings: list[Finding] = [*lint(assemblies), *budget_problems(options.spec, assemblies)]
    show_findings([*warnings, *findings], options.format)
    return INVALID if any(finding.severity == "error" for finding in findings) else FINE
