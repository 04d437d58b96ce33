"""Assemblies -> findings: cfn-lint and the house rules over every template, mapped to the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from compiler.assembly import Assembly, Stack
from compiler.diagnostics import Diagnostic, Position
from compiler.garbage import uncollected
from compiler.judge import covered
from compiler.lint.cfn import Match, Template, check
from compiler.lint.finding import Finding
from compiler.lint.rule import Rule, all_rules
from compiler.lint.subject import Subject
from compiler.lint.waiving import waiver_problems


def lint(assemblies: Sequence[Assembly]) -> tuple[Finding, ...]:
    """Every finding, sorted by place; the same one in several environments is one that names them all."""
    with uncollected():
        matches = check(_template(stack, assembly) for assembly in assemblies for stack in assembly.stacks)
        found = [
            (finding, assembly.environment)
            for assembly in assemblies
            for stack in assembly.stacks
            for finding in _findings(stack, assembly, matches)
        ]
    left = [(f, name) for assembly in assemblies for f, name in _unwaived(assembly, found)]
    return tuple(sorted(_merged(left)))


def _unwaived(assembly: Assembly, found: Iterable[tuple[Finding, str]]) -> Iterator[tuple[Finding, str]]:
    """The findings of one environment that no waiver of it covers, and what is wrong with its waivers."""
    own = [finding for finding, name in found if name == assembly.environment]
    pairs = [(finding.code, _component(finding, assembly)) for finding in own]
    for finding, (code, component) in zip(own, pairs, strict=True):
        if not covered(code, component, assembly.waivers):
            yield finding, assembly.environment
    for problem in waiver_problems(assembly.waivers, pairs):
        yield _from_problem(problem), assembly.environment


def _component(finding: Finding, assembly: Assembly) -> str:
    stacks = {stack.called: stack for stack in assembly.stacks}
    origin = stacks[finding.stack].origins.get(finding.logical_id)
    return origin.component if origin else ""


def _from_problem(problem: Diagnostic) -> Finding:
    return Finding(problem.position, problem.code, problem.message, problem.severity)


def _merged(found: Iterable[tuple[Finding, str]]) -> Iterator[Finding]:
    environments: dict[Finding, set[str]] = {}
    for finding, environment in found:
        environments.setdefault(finding, set()).add(environment)
    return (replace(finding, environments=tuple(sorted(names))) for finding, names in environments.items())


def _template(stack: Stack, assembly: Assembly) -> Template:
    return Template(stack.body, assembly.region_of(stack))


def _findings(
    stack: Stack, assembly: Assembly, matches: Mapping[Template, Sequence[Match]]
) -> Iterator[Finding]:
    for match in matches[_template(stack, assembly)]:
        yield _from_match(match, stack, assembly)
    subject = Subject(stack, assembly)
    for rule in all_rules():
        yield from _from_rule(rule, subject)


def _from_match(match: Match, stack: Stack, assembly: Assembly) -> Finding:
    section, name = (*match.path, "", "")[:2]
    logical_id = name if section == "Resources" else ""
    return Finding(
        position=_position(logical_id, stack, assembly),
        code=match.code,
        message=match.message,
        severity=match.severity,
        stack=stack.called,
        logical_id=logical_id,
        path="/".join(match.path),
        url=match.url,
    )


def _from_rule(rule: Rule, subject: Subject) -> Iterator[Finding]:
    for logical_id, path, message in rule.check(subject):
        whole = ("Resources", logical_id, *path) if logical_id else path
        yield Finding(
            position=_position(logical_id, subject.stack, subject.assembly),
            code=rule.id,
            message=f"{logical_id} {message}" if logical_id else message,
            severity=rule.severity,
            stack=subject.stack.called,
            logical_id=logical_id,
            path="/".join(map(str, whole)),
        )


def _position(logical_id: str, stack: Stack, assembly: Assembly) -> Position:
    """The line of the spec that a resource comes from; the top of the spec for anything else."""
    origin = stack.origins.get(logical_id)
    if origin and origin.position:
        return origin.position
    files = (
        origin.position.file
        for each in assembly.stacks
        for origin in each.origins.values()
        if origin.position
    )
    # An assembly that was read from its folder knows no lines.
    return Position(next(files, stack.file), 1, 1)
