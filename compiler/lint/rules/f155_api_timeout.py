"""F155: an API that would wait longer than API Gateway does."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject, number

ID = "F155"
SEVERITY = "error"
SUMMARY = "the timeout of an HTTP API's integration is out of range"
WHY = "API Gateway refuses the integration: an HTTP API waits 30 seconds at most."
FIX = "Use 50 to 30000 milliseconds, or answer at once and work on behind a queue."
SOURCE = "API Gateway developer guide, 'Quotas for configuring and running an HTTP API'"

ALLOWED = (50, 30_000)


def check(subject: Subject) -> Iterator[Hit]:
    """Each integration once."""
    for resource in subject.of("AWS::ApiGatewayV2::Integration"):
        timeout = number(resource.properties.get("TimeoutInMillis"))
        if timeout is not None and not ALLOWED[0] <= timeout <= ALLOWED[1]:
            message = f"{timeout:g} ms is not between {ALLOWED[0]} and {ALLOWED[1]}"
            yield resource.hit(message, "TimeoutInMillis")
