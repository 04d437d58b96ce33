"""F142: a load balancer or a target group with a name that is too long."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F142"
SEVERITY = "error"
SUMMARY = "the name of a load balancer or target group has more than 32 characters"
WHY = "Elastic Load Balancing refuses it, and only when the stack is half made."
FIX = "Leave the name out, or shorten it."
SOURCE = "Elastic Load Balancing API reference, CreateTargetGroup and CreateLoadBalancer, 'Name'"

LONGEST = 32
TYPES = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::TargetGroup")


def check(subject: Subject) -> Iterator[Hit]:
    """Literal names only; what a function gives is not known here."""
    for resource in subject.of(*TYPES):
        name = resource.properties.get("Name")
        if isinstance(name, str) and len(name) > LONGEST:
            yield resource.hit(f"'{name}' has {len(name)} characters, at most {LONGEST} are allowed", "Name")
