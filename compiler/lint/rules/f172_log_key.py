"""F172: a log group with the id of a key where CloudWatch Logs takes its ARN only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F172"
SEVERITY = "error"
SUMMARY = "a log group has a key's id or alias instead of its ARN"
WHY = "CloudWatch Logs refuses the log group; Ref of a key gives the id."
FIX = "Use Fn::GetAtt with Arn."
SOURCE = "CloudFormation template reference, AWS::Logs::LogGroup, 'KmsKeyId'"

NO_ARN = re.compile(r"alias/.*|[0-9a-f-]{36}|mrk-[0-9a-f]{32}")


def check(subject: Subject) -> Iterator[Hit]:
    """Each log group once, also where the key is in another stack."""
    for resource in subject.of("AWS::Logs::LogGroup"):
        key = resource.properties.get("KmsKeyId")
        named = subject.target(key)
        if (named and named.attribute != "Arn") or (isinstance(key, str) and NO_ARN.fullmatch(key)):
            yield resource.hit("KmsKeyId must be the key's ARN, not its id or alias", "KmsKeyId")
