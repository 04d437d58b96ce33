"""F124: a production log group without a key of the platform."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F124"
SEVERITY = "warning"
SUMMARY = "a log group in production is not encrypted with a key of the platform"
WHY = "CloudWatch encrypts with a key of its own, which nobody here can withdraw or audit."
FIX = "Give KmsKeyId the ARN of the logs key, whose policy admits CloudWatch Logs."
SOURCE = "CloudWatch Logs user guide, 'Encrypt log data in CloudWatch Logs using AWS KMS'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each log group once, in production only."""
    for resource in subject.of("AWS::Logs::LogGroup") if subject.production else ():
        if "KmsKeyId" not in resource.properties:
            yield resource.hit("is not encrypted with a key of the platform; set KmsKeyId")
