"""F131: nothing says what becomes of data when their resource is deleted or replaced."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject
from compiler.review.types import is_stateful

ID = "F131"
SEVERITY = "error"
SUMMARY = "a resource that holds data lacks DeletionPolicy or UpdateReplacePolicy"
WHY = "CloudFormation then decides by type what it deletes, differently for removal and for replacement."
FIX = "Write both policies, whatever they say."
SOURCE = "CloudFormation user guide, 'UpdateReplacePolicy attribute'"

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def check(subject: Subject) -> Iterator[Hit]:
    """Each resource once, with what it lacks."""
    for resource in subject.resources:
        if is_stateful(resource.type, resource.properties):
            lacking = [name for name in POLICIES if name not in resource.body]
            if lacking:
                yield Hit(resource.logical_id, (), f"holds data and has no {' and no '.join(lacking)}")
