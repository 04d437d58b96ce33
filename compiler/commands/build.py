"""`formwork build SPEC`: every environment compiled and linted, written when nothing is wrong."""

from __future__ import annotations

import argparse
import os
from datetime import date

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.commands.built import DEFAULT_OUT, abandoned, clear, stale, write_tree
from compiler.commands.code import sources
from compiler.commands.findings import show_findings
from compiler.commands.options import environment_option, format_option, spec_argument
from compiler.commands.pricing import budget_problems
from compiler.diagnostics import Diagnostic
from compiler.document import read
from compiler.exits import FINE, INVALID, InvalidError
from compiler.model import Platform
from compiler.views.findings import FORMATS, Finding


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --out, --check, --format."""
    spec_argument(parser)
    environment_option(parser)
    parser.add_argument(
        "--out", metavar="DIR", default=DEFAULT_OUT, help=f"where to write (default: {DEFAULT_OUT})"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail when what is there is stale"
    )
    format_option(parser, FORMATS)


def run(options: argparse.Namespace) -> int:
    """Writes `DIR/<platform>/<environment>/`; nothing at all when an environment has an error.

    Without --env, the folders of environments that the spec no longer has go.
    """
    from compiler.lint import lint  # late: cfn-lint costs half a second, and a wrong spec needs none of it

    assemblies, warnings = compile_judged(options.spec, options.env)
    findings: list[Finding] = [*lint(assemblies), *budget_problems(options.spec, assemblies)]
    show_findings([*warnings, *findings], options.format)
    if any(finding.severity == "error" for finding in findings):
        return INVALID
    if options.check:
        _compare(assemblies, options)
        return FINE
    for assembly in assemblies:
        write_tree(folder(options.out, assembly), assembly.files())
    for gone in _abandoned(assemblies, options):
        clear(gone)
    if options.format == "text":
        _summarise(assemblies, options.out)
    return FINE


def compile_all(spec: str, environment: str | None) -> list[Assembly]:
    """The assemblies of one environment of a spec file, or of all, whatever the rules say of them."""
    return pipeline.assemble(pipeline.platforms(read(spec), environment), sources(spec))


def compile_judged(spec: str, environment: str | None) -> tuple[list[Assembly], list[Diagnostic]]:
    """The same, and the warnings of the rules; SpecError when there is worse."""
    _, assemblies, warnings = understood(spec, environment)
    return assemblies, warnings


def understood(spec: str, environment: str | None) -> tuple[list[Platform], list[Assembly], list[Diagnostic]]:
    """The same, and the platforms that the assemblies were made of, in the same order."""
    platforms = pipeline.platforms(read(spec), environment)
    warnings = pipeline.judged(platforms, date.today())
    return platforms, pipeline.assemble(platforms, sources(spec)), warnings


def compile_linted(spec: str, environment: str, form: str) -> Assembly:
    """One environment that may be deployed, after its warnings were shown; InvalidError, after its findings
    were shown in this format, when the linter says no.
    """
    _, assembly = understood_linted(spec, environment, form)
    return assembly


def understood_linted(spec: str, environment: str, form: str) -> tuple[Platform, Assembly]:
    """The same, and the platform that the assembly was made of."""
    from compiler.lint import lint  # late: cfn-lint costs half a second

    (platform,), (assembly,), warnings = understood(spec, environment)
    show_findings(warnings, "text")
    findings = lint([assembly])
    if any(finding.severity == "error" for finding in findings):
        show_findings(findings, form)
        raise InvalidError(f"what {spec} compiles to has errors; correct them first, nothing was done")
    return platform, assembly


def folder(out: str, assembly: Assembly) -> str:
    """Where an assembly lies."""
    return os.path.join(out, assembly.platform, assembly.environment)


def _compare(assemblies: list[Assembly], options: argparse.Namespace) -> None:
    wrong = [
        path for assembly in assemblies for path in stale(folder(options.out, assembly), assembly.files())
    ]
    wrong += _abandoned(assemblies, options)
    if wrong:
        shown = "\n  ".join(wrong)
        raise InvalidError(f"stale, run `formwork build {options.spec} --out {options.out}`:\n  {shown}")


def _abandoned(assemblies: list[Assembly], options: argparse.Namespace) -> list[str]:
    if options.env is not None:
        return []  # what the other environments are was not asked
    names = {assembly.environment for assembly in assemblies}
    return [
        gone
        for platform in sorted({assembly.platform for assembly in assemblies})
        for gone in abandoned(options.out, platform, names)
    ]


def _summarise(assemblies: list[Assembly], out: str) -> None:
    for assembly in assemblies:
        resources = sum(len(stack.template["Resources"]) for stack in assembly.stacks)
        where = folder(out, assembly)
        print(f"{where}: {len(assembly.stacks)} stacks, {resources} resources")
