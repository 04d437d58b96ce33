"""F104: an ARN names the partition, and so holds in one part of AWS only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F104"
SEVERITY = "warning"
SUMMARY = "an ARN has its partition written out"
WHY = "The template cannot be deployed in China or GovCloud, where ARNs begin differently."
FIX = "Write ${AWS::Partition} in Fn::Sub."
SOURCE = "CloudFormation user guide, 'Pseudo parameters reference', AWS::Partition"

LITERAL = re.compile(r"\barn:(aws[a-z-]*):")


def check(subject: Subject) -> Iterator[Hit]:
    """Each text once; managed policies of AWS have a partition as well."""
    for place, text in subject.texts:
        if found := LITERAL.search(text):
            yield place._replace(message=f"'{found[0]}' names the partition; write arn:${{AWS::Partition}}:")
