"""F114: a security group has more rules than AWS takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject, Target, listed

ID = "F114"
SEVERITY = "warning"
SUMMARY = "a security group has more rules in one direction than an account allows at first"
WHY = "The rules are in the stacks of the users, so it is the deployment of one more user that fails."
FIX = "Let users share a security group by being one component, or ask for a higher quota."
SOURCE = "VPC user guide, 'Amazon VPC quotas': 60 inbound and 60 outbound rules per security group, 2026"

MOST = 60
GROUP = "AWS::EC2::SecurityGroup"
RULES = {
    "AWS::EC2::SecurityGroupIngress": "SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress": "SecurityGroupEgress",
}


def check(subject: Subject) -> Iterator[Hit]:
    """Each group of this stack; its rules may be in every stack of the assembly."""
    groups = list(subject.of(GROUP))
    standalone = _standalone(subject) if groups else Counter()
    for resource in groups:
        for type_, name in RULES.items():
            count = standalone[type_, Target(subject.stack.name, resource.logical_id, "")]
            count += len(listed(resource.properties.get(name)))
            if count > MOST:
                yield resource.hit(
                    f"has {count} rules of {name}, AWS takes {MOST}; split the component", name
                )


def _standalone(subject: Subject) -> Counter[tuple[str, Target]]:
    found: Counter[tuple[str, Target]] = Counter()
    for stack in subject.assembly.stacks:
        other = Subject(stack, subject.assembly)
        for rule in other.of(*RULES):
            if group := other.target(rule.properties.get("GroupId")):
                found[rule.type, group._replace(attribute="")] += 1
    return found
