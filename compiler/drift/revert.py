"""Findings + a drift-aware plan -> whether the plan does what was asked for, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compiler.assembly import Assembly
from compiler.deploy.errors import RefusedError
from compiler.drift.findings import Finding
from compiler.drift.search import Searched
from compiler.review import governed
from compiler.review.changes import Change, ChangePlan


def check_possible(findings: Sequence[Finding], searched: Sequence[Searched]) -> None:
    """RefusedError when CloudFormation is known to fail at bringing one of them back."""
    stacks = {each.stack.name: each.stack for each in searched}
    for finding in findings:
        resources = stacks[finding.stack].template.get("Resources") or {}
        status = "DELETED" if finding.deleted else "MODIFIED"
        if found := governed.obstacle(finding.logical_id, status, resources):
            raise RefusedError(
                f"{finding.id} cannot be brought back: {found.why} ({found.source})", "mend it by hand"
            )


def check_current(findings: Sequence[Finding], searched: Sequence[Searched], assembly: Assembly) -> None:
    """RefusedError when a stack is to change by the spec as well: that would be deployed with it."""
    named = {finding.stack for finding in findings}
    for each in searched:
        wanted = {stack.name: stack.body for stack in assembly.stacks}.get(each.stack.name)
        if each.stack.name in named and each.stack.body != wanted:
            raise RefusedError(
                f"the spec says something else than what is deployed in stack {each.stack.name}",
                "deploy the spec first, or both at once with `formwork deploy --revert-drift`",
            )


def check_only(plan: ChangePlan, findings: Sequence[Finding]) -> None:
    """RefusedError when the plan changes anything that was not asked for."""
    others = sorted({name for stack in plan.stacks for name in _others(stack.stack, stack.changes, findings)})
    others += [f"stack {stack.stack}" for stack in plan.stacks if stack.action in ("create", "delete")]
    if others:
        raise RefusedError(
            f"CloudFormation brings back all of a stack, so this would also change {', '.join(others)}",
            "name these with --revert too, or see all of it with `formwork plan --revert-drift`",
        )


def check_all(plan: ChangePlan, findings: Sequence[Finding]) -> None:
    """RefusedError when the plan does not do what was asked for.

    CloudFormation takes types that it cannot compare for unchanged (aws-cloudformation/
    cloudformation-coverage-roadmap issue 2546), and so may a service that knows no such mode.
    """
    there = {(stack.stack, change.logical_id) for stack in plan.stacks for change in stack.changes}
    left = [each.id for each in findings if (each.stack, each.logical_id) not in there]
    if left:
        raise RefusedError(
            f"CloudFormation finds nothing to bring back of {', '.join(left)}",
            "mend it by hand, and search again",
        )


def _others(stack: str, changes: Sequence[Change], findings: Sequence[Finding]) -> Iterator[str]:
    own = [finding for finding in findings if finding.stack == stack]
    for change in changes:
        names = {_top(each.path) for each in own if each.logical_id == change.logical_id}
        if change.echo or "" in names:  # the resource is gone: all of it comes back
            continue
        if not names:
            yield change.logical_id
            continue
        paths = (each.path for each in change.properties if _top(each.path) not in names)
        yield from (f"{change.logical_id}.{path}" for path in paths)


def _top(path: str) -> str:
    """The property at the top; how the items of lists are called may differ."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]
