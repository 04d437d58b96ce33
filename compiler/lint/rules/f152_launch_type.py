"""F152: a service or task with both ways to say where it runs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F152"
SEVERITY = "error"
SUMMARY = "a service has both LaunchType and CapacityProviderStrategy"
WHY = "ECS refuses the service."
FIX = "Leave LaunchType out."
SOURCE = "ECS API reference, CreateService, 'launchType'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each service once."""
    for resource in subject.of("AWS::ECS::Service", "AWS::ECS::TaskSet"):
        if {"LaunchType", "CapacityProviderStrategy"} <= set(resource.properties):
            yield resource.hit(
                "LaunchType cannot be with CapacityProviderStrategy; leave it out", "LaunchType"
            )
