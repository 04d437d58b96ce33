"""A difference -> the same change of a resource in a template, as one operation of a JSON patch."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from compiler.review.paths import MISSING, Item, Leaf, is_intrinsic

Operation = dict[str, Any]  # as a patch of `overrides` writes it
_NAMES = ("Key", "Sid", "Id", "Name", "PolicyName", "AttributeName", "Field", "ContainerName")


class NoPlaceError(Exception):
    """The template has nothing at this path that could be changed alone."""


def operation(resource: Mapping[str, Any], leaf: Leaf) -> Operation:
    """What makes the resource's property the live one; NoPlaceError when the path leads into a function.

    What surrounds a value may be missing: then that is what is added.
    """
    here: Any = resource.get("Properties") or {}
    pointer = "/Properties" if "Properties" in resource else ""
    if not pointer:
        return {"op": "add", "path": "/Properties", "value": _around(leaf.path, leaf.after)}
    for depth, part in enumerate(leaf.path):
        key, found = _step(here, part)
        pointer += "/" + str(key).replace("~", "~0").replace("/", "~1")
        if found is MISSING:
            return _adding(pointer, leaf, depth)
        here = found
    if leaf.after is MISSING:
        return {"op": "remove", "path": pointer}
    return {"op": "replace", "path": pointer, "value": leaf.after}


def changed(resource: Mapping[str, Any], made: Operation) -> dict[str, Any]:
    """The resource with one operation made."""
    found = copy.deepcopy(dict(resource))
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in made["path"].split("/")[1:])
    here: Any = found
    for part in way:
        here = here[int(part)] if isinstance(here, list) else here[part]
    if isinstance(here, list):
        _change_list(here, last, made)
    elif made["op"] == "remove":
        del here[last]
    else:
        here[last] = made["value"]
    return found


def _change_list(items: list[Any], last: str, made: Operation) -> None:
    if made["op"] == "remove":
        del items[int(last)]
    elif last == "-":
        items.append(made["value"])
    else:
        items[int(last)] = made["value"]


def _adding(pointer: str, leaf: Leaf, depth: int) -> Operation:
    if leaf.after is MISSING:
        raise NoPlaceError
    return {"op": "add", "path": pointer, "value": _around(leaf.path[depth + 1 :], leaf.after)}


def _around(path: tuple[str, ...], value: Any) -> Any:
    for part in reversed(path):
        if isinstance(part, Item):
            raise NoPlaceError  # an item of a list that is not there: its other values are not known
        value = {part: value}
    return value


def _step(here: Any, part: str) -> tuple[str | int, Any]:
    """The key or the number of a part, and what is there."""
    if is_intrinsic(here):
        raise NoPlaceError
    if isinstance(here, Mapping) and not isinstance(part, Item):
        return part, here.get(part, MISSING)
    if isinstance(here, list) and isinstance(part, Item):
        return _item(here, part)
    raise NoPlaceError


def _item(items: list[Any], label: str) -> tuple[str | int, Any]:
    for number, item in enumerate(items):
        if isinstance(item, Mapping) and any(item.get(name) == label for name in _NAMES):
            return number, item
    if label.isdigit() and int(label) < len(items):
        return int(label), items[int(label)]
    raise NoPlaceError
