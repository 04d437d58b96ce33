"""F141: a fixed name on a resource that may have to be replaced."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.fixed_names import ALLOWED, NAMES
from compiler.lint.subject import Hit, Subject

ID = "F141"
SEVERITY = "error"
SUMMARY = "a resource has a fixed name although nobody needs to know it"
WHY = (
    "Any change that replaces the resource fails: the new one cannot take the name while the old one has it."
)
FIX = "Leave the name out and let CloudFormation make one; pass it on by reference."
SOURCE = "CloudFormation user guide, 'Name type', and 'Update behaviors of stack resources', replacement"


def check(subject: Subject) -> Iterator[Hit]:
    """Each name that could be left out and that is not among those that must be known."""
    for resource in subject.of(*(NAMES.keys() - ALLOWED.keys())):
        name = NAMES[resource.type]
        if name in resource.properties:
            yield resource.hit(f"{name} is fixed, so the resource can never be replaced; leave it out", name)
