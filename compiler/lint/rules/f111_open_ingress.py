"""F111: a security group lets in the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.lint.subject import Hit, Subject, Target, listed
from compiler.review.openings import Opening, openings

ID = "F111"
SEVERITY = "error"
SUMMARY = "a security group lets in the whole internet"
WHY = "Anybody can reach the port. Only an internet-facing load balancer is meant for that, on 80 and 443."
FIX = "Let in the security group of the caller, or put a load balancer in front."
SOURCE = (
    "VPC user guide, 'Security group rules'; Elastic Load Balancing user guide, 'Update the security groups'"
)

PUBLIC_PORTS = {80, 443}
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
GROUP = "AWS::EC2::SecurityGroup"


def check(subject: Subject) -> Iterator[Hit]:
    """Each rule once, inline or standalone; a load balancer may be in another stack than its group."""
    public = set(_public_groups(subject))
    for resource in subject.of(GROUP):
        group = Target(subject.stack.name, resource.logical_id, "")
        for number, rule in enumerate(listed(resource.properties.get("SecurityGroupIngress"))):
            for text in _open(rule, group in public):
                yield resource.hit(text, "SecurityGroupIngress", number)
    for resource in subject.of("AWS::EC2::SecurityGroupIngress"):
        named = _group(subject, resource.properties.get("GroupId"))
        for text in _open(resource.properties, named in public):
            yield resource.hit(text)


def _open(rule: Any, public: bool) -> Iterator[str]:
    for opening in openings(rule):
        if opening.is_wide and not (public and _is_web(opening)):
            yield f"lets in the internet ({opening}); let in the security group of the caller"


def _is_web(opening: Opening) -> bool:
    return opening.protocol == "tcp" and opening.first == opening.last and opening.first in PUBLIC_PORTS


def _public_groups(subject: Subject) -> Iterator[Target]:
    for stack in subject.assembly.stacks:
        other = Subject(stack, subject.assembly)
        for balancer in other.of(BALANCER):
            if balancer.properties.get("Scheme") == "internet-facing":
                for value in listed(balancer.properties.get("SecurityGroups")):
                    if group := _group(other, value):
                        yield group


def _group(subject: Subject, value: Any) -> Target | None:
    """The group itself, whether it was named by `Ref` or by its id."""
    found = subject.target(value)
    return found._replace(attribute="") if found else None
