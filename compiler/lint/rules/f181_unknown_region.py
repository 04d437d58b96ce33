"""F181: a region of which nobody here has heard."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.cfn import COMPLETE_REGION, knows_region
from compiler.lint.subject import Hit, Subject

ID = "F181"
SEVERITY = "warning"
SUMMARY = "cfn-lint does not know the region"
WHY = "It is misspelled, or younger than the cfn-lint in use, which then cannot tell what the region offers."
FIX = "Correct the region, or take a newer cfn-lint."
SOURCE = "cfn-lint, `cfnlint.helpers.REGIONS`"


def check(subject: Subject) -> Iterator[Hit]:
    """Once for each region of an environment, at its first stack there."""
    region, stacks = subject.region, subject.assembly.stacks
    first = next(stack for stack in stacks if subject.assembly.region_of(stack) == region)
    if subject.stack == first and not knows_region(region):
        message = f"'{region}' is not a region that cfn-lint knows; linted as {COMPLETE_REGION}"
        yield Hit("", (), message)
