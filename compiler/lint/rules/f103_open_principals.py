"""F103: everybody in the world is let in by a policy on a resource."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.policies import allowances
from compiler.lint.subject import Hit, Subject
from compiler.review.statements import Statement

ID = "F103"
SEVERITY = "error"
SUMMARY = "a resource's policy, or a role's trust, lets in everybody"
WHY = "Any AWS account, and for some services anybody at all, can use the resource."
FIX = "Name the principal, or add a condition on who calls, such as aws:PrincipalAccount or aws:SourceArn."
SOURCE = "IAM user guide, 'AWS JSON policy elements: Principal'"

# Conditions on how somebody comes, which say nothing about who it is.
ANYBODY_MEETS = {
    "aws:securetransport",
    "aws:currenttime",
    "aws:requestedregion",
    "s3:tlsversion",
    "s3:x-amz-acl",
}


def check(subject: Subject) -> Iterator[Hit]:
    """Endpoint policies are left out: they admit nobody, they only limit what passes."""
    for placed in allowances(subject, "resource", "trust"):
        if "principals" in placed.statement.negated:
            yield placed.hit("lets in everybody but some (NotPrincipal); name whom it lets in")
        elif "*" in placed.statement.principals and not _limited(placed.statement):
            yield placed.hit("lets in everybody; name the principal, or add a condition on who calls")


def _limited(statement: Statement) -> bool:
    return any(
        key.lower() not in ANYBODY_MEETS and "*" not in values for _, key, values in statement.conditions
    )
