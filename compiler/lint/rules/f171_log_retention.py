"""F171: a log group that keeps everything for ever."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F171"
SEVERITY = "error"
SUMMARY = "a log group has no retention"
WHY = "CloudWatch keeps logs for ever, and bills them for ever."
FIX = "Set RetentionInDays."
SOURCE = "CloudWatch Logs user guide, 'Change log data retention in CloudWatch Logs'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each log group once."""
    for resource in subject.of("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in resource.properties:
            yield resource.hit("keeps logs for ever; set RetentionInDays")
