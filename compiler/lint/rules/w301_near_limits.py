"""W301: a template comes close to a limit of CloudFormation."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject
from compiler.synthesize import LIMITS, MAX_TEMPLATE_BYTES

ID = "W301"
SEVERITY = "warning"
SUMMARY = "a template comes close to a CloudFormation limit"
WHY = (
    "The next component may not fit, and splitting a stack that runs is far more work than splitting a spec."
)
FIX = "Split the platform into two specs before it is full."
SOURCE = "CloudFormation user guide, 'Understand CloudFormation quotas'"

NEAR = 0.9  # of the limit; 450 of 500 resources


def check(subject: Subject) -> Iterator[Hit]:
    """Each limit that is near; what is over it never becomes a template."""
    for section, limit in LIMITS.items():
        count = len(subject.template.get(section, ()))
        if count >= NEAR * limit:
            yield Hit(
                "", (section,), f"the {subject.stack.layer} stack has {count} of {limit} {section.lower()}"
            )
    size = len(subject.stack.body.encode())
    if size >= NEAR * MAX_TEMPLATE_BYTES:
        message = f"the {subject.stack.layer} template has {size} of {MAX_TEMPLATE_BYTES} bytes"
        yield Hit("", (), message)
