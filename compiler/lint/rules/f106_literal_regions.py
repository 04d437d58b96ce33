"""F106: an ARN or a host name of AWS names a region."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F106"
SEVERITY = "warning"
SUMMARY = "an ARN or a host name of AWS has its region written out"
WHY = "Deployed to another region the template points back at the first one, or at nothing."
FIX = "Write ${AWS::Region} in Fn::Sub."
SOURCE = "CloudFormation user guide, 'Pseudo parameters reference', AWS::Region"

REGION = r"[a-z]{2,3}(?:-[a-z]+)+-\d"
LITERAL = re.compile(
    rf"\barn:[^:\s]*:[^:\s]*:({REGION}):|\b({REGION})\.(?:amazonaws\.com|\$\{{AWS::URLSuffix)"
)
# Certificates of CloudFront, and the signing region of global services, are there and nowhere else.
GLOBAL = re.compile(r"\barn:[^:\s]*:(?:acm|wafv2):us-east-1:")


def check(subject: Subject) -> Iterator[Hit]:
    """Each text once."""
    for place, text in subject.texts:
        if (found := LITERAL.search(text)) and not GLOBAL.search(text):
            yield place._replace(message=f"'{found[1] or found[2]}' is a region; write ${{AWS::Region}}")
