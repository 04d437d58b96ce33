"""F101: a role may act on every resource although the action could be limited."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.policies import allowances
from compiler.lint.subject import Hit, Subject
from compiler.star_actions import takes_no_resource

ID = "F101"
SEVERITY = "error"
SUMMARY = "a role may act on every resource of a service"
WHY = "Whoever takes over the workload reaches everything in the account, not only what the workload needs."
FIX = "Name the ARNs. Only actions that AWS offers for no narrower resource may have `*`; those are listed."
SOURCE = "Service Authorization Reference, 'Actions, resources, and condition keys for AWS services'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each statement once, with the actions that could be narrower."""
    for placed in allowances(subject, "identity"):
        statement = placed.statement
        if "resources" in statement.negated:
            yield placed.hit("allows everything but some resources (NotResource); name those it needs")
        elif "*" in statement.resources:
            wide = sorted(action for action in statement.actions if not takes_no_resource(action))
            if wide and "actions" not in statement.negated:
                yield placed.hit(f"allows {', '.join(wide)} on every resource; name the ARNs it needs")
