"""A resource -> why CloudFormation cannot take it along to another stack or logical id, if it cannot.

Source: CloudFormation user guide, "Stack refactoring", considerations and resource limitations, 2026: only
types that can be read and updated in place (FULLY_MUTABLE), whose tags can be updated where they have any;
nothing that depends on the stack's own name. Which types these are is in the provider schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from compiler.review.rewriting import references
from compiler.review.schemas import provider_schema

_HANDLERS = ("create", "read", "update", "delete")
_OF_THE_STACK = ("AWS::StackName", "AWS::StackId")


def obstacle(resource: Mapping[str, Any], *, across: bool) -> str:
    """In words, why it cannot move; empty when it can. `across` says that it goes to another stack."""
    kind = str(resource["Type"])
    return _of_type(kind) or next(_of_resource(resource), "") if across else _of_type(kind)


@cache
def _of_type(kind: str) -> str:
    found = provider_schema(kind)
    if found is None or not found.get("handlers"):
        return f"CloudFormation moves no {kind}"
    if lacking := [name for name in _HANDLERS if name not in found["handlers"]]:
        return f"CloudFormation moves no {kind}, for it cannot {' or '.join(lacking)} one"
    tagging = found.get("tagging") or {}
    if tagging.get("taggable", found.get("taggable")) and not tagging.get("tagUpdatable", True):
        return f"CloudFormation moves no {kind}, for the tags of one cannot be updated"
    return ""


def _of_resource(resource: Mapping[str, Any]) -> Iterator[str]:
    if "Condition" in resource or _uses(resource, ("Fn::If", "Fn::FindInMap", "Fn::Transform")):
        yield "it hangs on a condition, a mapping or a macro of its stack"
    if any(each.name in _OF_THE_STACK for each in references(resource)):
        yield "it uses the name or the id of its stack"


def _uses(value: Any, functions: tuple[str, ...]) -> bool:
    if isinstance(value, Mapping):
        return any(key in functions or _uses(item, functions) for key, item in value.items())
    return isinstance(value, list) and any(_uses(item, functions) for item in value)
