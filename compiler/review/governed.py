"""What AWS or autoscaling changes by design, as data (`governed.json`), and what must not be reverted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File
from typing import Any

from compiler.review.expressions import references
from compiler.review.paths import MISSING, Leaf, dotted, scalar

Resources = Mapping[str, Mapping[str, Any]]  # of one template, by logical id
_TAGS_OF_AWS = re.compile(r"\w*Tags(\[|\.)aws:")


@dataclass(frozen=True)
class Governor:
    """Why a property is not what the template says, and who says so."""

    why: str
    source: str


def governor(logical_id: str, leaf: Leaf, resources: Resources) -> Governor | None:
    """What governs a property of a resource, so that its drift means nothing; None when nothing does.

    `leaf` goes from what the template says to what is live; `resources` are those of the resource's stack.
    """
    path = dotted(leaf.path)
    if _TAGS_OF_AWS.match(path):
        return Governor("AWS sets tags that begin with aws:", "Tagging AWS resources user guide")
    for entry in _facts()["governed"]:
        if _is_about(entry, logical_id, resources) and _covers(entry["path"], path) and _fits(entry, leaf):
            return Governor(entry["why"], entry["source"])
    return None


def obstacle(logical_id: str, status: str, resources: Resources) -> Governor | None:
    """Why drift of a resource must not be reverted by CloudFormation; None when it may be.

    `status` is the resource's drift status in CloudFormation's words.
    """
    for entry in _facts()["not_to_be_reverted"]:
        if "function" in entry:
            found = entry["function"] in json.dumps(resources.get(logical_id, {}))
        else:
            found = _is_about(entry, logical_id, resources)
        if found and status in entry.get("status", (status,)):
            return Governor(entry["why"], entry["source"])
    return None


@cache
def _facts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((File(__file__).parent / "governed.json").read_bytes())
    return found


def _is_about(entry: Mapping[str, Any], logical_id: str, resources: Resources) -> bool:
    """Whether an entry's type and conditions hold of a resource."""
    resource = resources.get(logical_id, {})
    if resource.get("Type") != entry["type"] or not _holds(resource, entry.get("self", {})):
        return False
    wanted = entry.get("used_by")
    return wanted is None or any(
        _holds(user, wanted["where"]) for user in _users(logical_id, wanted, resources)
    )


def _users(logical_id: str, wanted: Mapping[str, Any], resources: Resources) -> Iterator[Mapping[str, Any]]:
    for resource in resources.values():
        if resource.get("Type") == wanted["type"] and logical_id in references(resource.get("Properties")):
            yield resource


def _holds(resource: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether each path has one of its values; without any named, whether there is something."""
    return all(_has(resource, path.split("."), values) for path, values in where.items())


def _has(value: Any, path: list[str], values: list[Any]) -> bool:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    if not values:
        return value is not None
    return isinstance(value, (str, bool, int)) and scalar(value) in map(scalar, values)


def _covers(pattern: str, path: str) -> bool:
    """Whether a path is the pattern's, or inside it; `[*]` is any item, and `*` alone everything."""
    if pattern == "*":
        return True
    text = re.escape(pattern).replace(r"\[\*\]", r"\[[^\]]*\]")
    return re.match(rf"{text}($|[.\[])", path) is not None


def _fits(entry: Mapping[str, Any], leaf: Leaf) -> bool:
    """Whether the two values are such as the entry explains."""
    if entry.get("minor_upgrade"):
        return _is_minor_upgrade(leaf.before, leaf.after)
    if "added" in entry:
        return leaf.before is MISSING and _text(leaf.after) in entry["added"]
    return True


def _is_minor_upgrade(before: Any, after: Any) -> bool:
    """Whether a version only goes up, within its major one."""
    old, new = (tuple(map(int, re.findall(r"\d+", str(side)))) for side in (before, after))
    return bool(old and new) and old[0] == new[0] and new >= old


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (dict, list)) else scalar(value)
