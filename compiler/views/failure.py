"""A failure and what was seen of it -> text for people."""

from __future__ import annotations

from compiler.deploy.events import Evidence, Failure
from compiler.views.style import Style


def failure_text(failure: Failure, style: Style) -> str:
    """What failed, the spec line, the first real cause, what was seen of it, what to do."""
    what = f"{failure.logical_id} ({failure.type})" if failure.logical_id else "the stack itself"
    lines = [style.paint(f"{failure.stack}: failed, {failure.status}", "red"), f"  what:  {what}"]
    if failure.origin:
        lines.append(f"  where: {failure.origin.place}, component {failure.origin.component}")
    lines.append(f"  cause: {failure.reason}")
    for evidence in failure.evidence:
        lines += evidence_lines(evidence, style)
    return "\n".join([*lines, f"  do:    {failure.advice}"])


def evidence_lines(evidence: Evidence, style: Style) -> list[str]:
    """What one look at what runs has seen, or why it saw nothing."""
    if evidence.kind == "unseen":
        return [style.paint(f"  unseen: {line}", "yellow") for line in evidence.lines]
    # The bar keeps CI from taking a line of somebody's log for a command.
    return [f"  seen:  {evidence.about}", *(style.paint(f"    | {line}", "dim") for line in evidence.lines)]
