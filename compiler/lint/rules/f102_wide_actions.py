"""F102: a role may do whatever a pattern matches, today and after AWS adds actions."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.policies import allowances
from compiler.lint.subject import Hit, Subject

ID = "F102"
SEVERITY = "error"
SUMMARY = "a role is allowed actions by a pattern"
WHY = "A pattern grants more than anybody read, and more again whenever AWS adds an action that it matches."
FIX = "List the actions. The two families that KMS itself documents as patterns may stay."
SOURCE = "IAM user guide, 'Security best practices in IAM', apply least-privilege permissions"

# Source: KMS developer guide, "Allow key users to use the KMS key": the documented statement has these.
FAMILIES = {"kms:generatedatakey*", "kms:reencrypt*"}


def check(subject: Subject) -> Iterator[Hit]:
    """Each statement once. Policies on resources are free: a key's own has to say `kms:*`."""
    for placed in allowances(subject, "identity", "trust"):
        actions = placed.statement.actions
        patterns = sorted(name for name in actions if set("*?") & set(name) and name.lower() not in FAMILIES)
        if "actions" in placed.statement.negated:
            yield placed.hit("allows everything but some actions (NotAction); list those it needs")
        elif patterns:
            yield placed.hit(f"allows {', '.join(patterns)}; list the actions it needs")
