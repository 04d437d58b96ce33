"""F132: data of production go with their resource."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject
from compiler.review.types import is_stateful

ID = "F132"
SEVERITY = "error"
SUMMARY = "data of production are deleted with their resource"
WHY = "A component taken out of the spec, or one change that replaces it, loses the data for good."
FIX = "Retain or snapshot: RetainExceptOnCreate or Snapshot on deletion, Retain or Snapshot on replacement."
SOURCE = "CloudFormation user guide, 'DeletionPolicy attribute'"

# RetainExceptOnCreate does not exist for replacement.
KEEPING = {
    "DeletionPolicy": ("Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Retain", "Snapshot"),
}


def check(subject: Subject) -> Iterator[Hit]:
    """Each policy that is there and keeps nothing, in production only."""
    for resource in subject.resources if subject.production else ():
        if is_stateful(resource.type, resource.properties):
            for name, keeping in KEEPING.items():
                found = resource.body.get(name, keeping[0])
                if found not in keeping:
                    message = f"{name} {found} loses the data of production; use {' or '.join(keeping)}"
                    yield Hit(resource.logical_id, (name,), message)
