"""F107: a role's policies have more text than IAM takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from compiler.lint.subject import Hit, Subject, listed, mapping
from compiler.review.expressions import expression
from compiler.review.paths import is_intrinsic

ID = "F107"
SEVERITY = "warning"
SUMMARY = "a role's policies may be longer than IAM takes"
WHY = "IAM refuses the role, and with it the stack, once the references are filled in."
FIX = "Split the component, or let it use fewer others."
SOURCE = "IAM user guide, 'IAM and AWS STS quotas', 2026"

# Characters without white space: of all inline policies of a role together, and of one managed policy.
INLINE, MANAGED = 10_240, 6_144
# What a reference becomes: pseudo parameters in the longest partition and region, anything else about
# as long as the ARN of a resource with a name that CloudFormation made.
REFERENCE = re.compile(r"\$\{([^}]*)\}")
PSEUDO = {"AWS::AccountId": 12, "AWS::Partition": 10, "AWS::Region": 14, "AWS::URLSuffix": 16}
OTHER = 80


def check(subject: Subject) -> Iterator[Hit]:
    """Each role and managed policy that comes too near."""
    for resource in subject.of("AWS::IAM::Role"):
        policies = listed(resource.properties.get("Policies"))
        size = sum(_size(mapping(policy).get("PolicyDocument")) for policy in policies)
        yield from _too_long(resource.hit, size, INLINE, "Policies")
    for resource in subject.of("AWS::IAM::ManagedPolicy"):
        size = _size(resource.properties.get("PolicyDocument"))
        yield from _too_long(resource.hit, size, MANAGED, "PolicyDocument")


def _too_long(hit: Any, size: int, limit: int, name: str) -> Iterator[Hit]:
    if size > limit:
        yield hit(
            f"has policies of about {size:,} characters, IAM takes {limit:,}; split the component", name
        )


def _size(document: Any) -> int:
    text = json.dumps(_written(document), separators=(",", ":"))
    return len(REFERENCE.sub(lambda found: "x" * PSEUDO.get(found[1], OTHER), text))


def _written(value: Any) -> Any:
    """The document with each function as one text."""
    if is_intrinsic(value):
        return expression(value)
    if isinstance(value, dict):
        return {key: _written(item) for key, item in value.items()}
    return [_written(item) for item in value] if isinstance(value, list | tuple) else value
