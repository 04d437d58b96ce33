"""F151: a service's count is set by the template and by autoscaling."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject
from compiler.review.expressions import references

ID = "F151"
SEVERITY = "error"
SUMMARY = "a service that scales by itself has a DesiredCount"
WHY = "Every update of the service puts the count back, in the middle of the load that autoscaling answered."
FIX = "Leave DesiredCount out; the scalable target's MinCapacity does the rest."
SOURCE = "CloudFormation template reference, AWS::ECS::Service, 'DesiredCount'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each service once that a scalable target of the stack refers to."""
    scaled = {
        name
        for target in subject.of("AWS::ApplicationAutoScaling::ScalableTarget")
        for name in references(target.properties.get("ResourceId"))
    }
    for resource in subject.of("AWS::ECS::Service"):
        if resource.logical_id in scaled and "DesiredCount" in resource.properties:
            yield resource.hit(
                "DesiredCount undoes autoscaling at every update; leave it out", "DesiredCount"
            )
