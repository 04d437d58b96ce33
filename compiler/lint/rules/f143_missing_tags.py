"""F143: a resource without the tags of the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.lint.cfn import tag_property
from compiler.lint.subject import Hit, Resource, Subject, listed, mapping

ID = "F143"
SEVERITY = "error"
SUMMARY = "a resource that takes tags lacks some of the platform's"
WHY = "Costs, owners and access rules go by tags; what has none belongs to nobody."
FIX = "Add the platform's tags; every kind gets them by adding resources through its scope."
SOURCE = "Tagging Best Practices, AWS whitepaper; provider schemas, 'tagging'"


def check(subject: Subject) -> Iterator[Hit]:
    """Each resource once, with the tags that it lacks."""
    wanted = set(subject.assembly.tags)
    for resource in subject.resources:
        if _raw(resource, subject):
            continue
        name = tag_property(resource.type, subject.region)
        if name and (lacking := sorted(wanted - _keys(resource, name))):
            yield resource.hit(f"lacks the tags {', '.join(lacking)}")


def _raw(resource: Resource, subject: Subject) -> bool:
    """Whether the spec wrote it as it is; CloudFormation puts the stack's tags, the same ones, on it."""
    origin = subject.stack.origins.get(resource.logical_id)
    return origin is not None and origin.path.startswith("resources.")


def _keys(resource: Resource, name: str) -> set[Any]:
    tags = resource.properties.get(name)
    if isinstance(tags, dict):
        return set(tags)
    return {key for tag in listed(tags) if isinstance(key := mapping(tag).get("Key"), str)}
