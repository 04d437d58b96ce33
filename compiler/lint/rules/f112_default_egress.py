"""F112: a security group says nothing about what may leave, and so everything may."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F112"
SEVERITY = "error"
SUMMARY = "a security group lets everything out"
WHY = (
    "Without an egress rule EC2 adds one that allows all traffic to anywhere, and stolen data has a way out."
)
FIX = "Give the group one inline rule that matches nothing, and each path a rule of its own."
SOURCE = "CloudFormation template reference, AWS::EC2::SecurityGroup, 'SecurityGroupEgress'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each group once; an empty list counts as nothing."""
    for resource in subject.of("AWS::EC2::SecurityGroup"):
        if not resource.properties.get("SecurityGroupEgress"):
            yield resource.hit("has no egress rule, so everything may leave; add one that matches nothing")
