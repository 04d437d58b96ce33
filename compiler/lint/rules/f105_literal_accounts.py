"""F105: an ARN or a principal names an account by number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F105"
SEVERITY = "warning"
SUMMARY = "an ARN has an account id written out"
WHY = "Deployed to another account the template points back at the first one, and may open it a door."
FIX = "Write ${AWS::AccountId} in Fn::Sub, or take the value as a parameter when it is another account's."
SOURCE = "CloudFormation user guide, 'Pseudo parameters reference', AWS::AccountId"

# In an ARN, in a registry's host name, or as a whole principal.
LITERAL = re.compile(r"\barn:[^:\s]*:[^:\s]*:[^:\s]*:(\d{12}):|\b(\d{12})\.dkr\.ecr\.|^(\d{12})$")


def check(subject: Subject) -> Iterator[Hit]:
    """Each text once."""
    for place, text in subject.texts:
        if found := LITERAL.search(text):
            account = next(group for group in found.groups() if group)
            yield place._replace(message=f"'{account}' is an account's id; write ${{AWS::AccountId}}")
