"""Two values -> the leaves in which they differ, each with the path that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeGuard

from compiler.review.changes import Recreation


class Absent(Enum):
    """Why a side of a leaf has no value."""

    MISSING = "there is none"
    UNKNOWN = "nobody said what it is"


MISSING = Absent.MISSING
UNKNOWN = Absent.UNKNOWN


class Item(str):
    """The label of a list's item inside a path: what identifies it, or its number."""


Path = tuple[str, ...]

# What identifies an item of a list of maps; the first that every item has, and has for itself, is taken.
# Without it, a variable inserted at the front would read as a change of every one behind it.
_IDENTITIES = ("Sid", "Id", "Name", "PolicyName", "Key", "AttributeName", "Field", "ContainerName")
_LISTS = (list, tuple)
_MAPS = (dict, Mapping)  # the plain one first: asking an abstract class is slow


@dataclass(frozen=True)
class Leaf:
    """One value that differs; `carried` when its text stays and what it refers to moves."""

    path: Path
    before: Any
    after: Any
    recreation: Recreation = "never"
    carried: bool = False


def dotted(path: Path) -> str:
    """`ContainerDefinitions[app].Image`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, Item) else f".{part}" if text else part
    return text


def is_intrinsic(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether the value is a call of an intrinsic function."""
    if not isinstance(value, _MAPS) or len(value) != 1:
        return False
    (name,) = value
    return name == "Ref" or str(name).startswith("Fn::")


def difference(before: Any, after: Any, path: Path = ()) -> Iterator[Leaf]:
    """Every leaf that differs, in order of its path; `1` and `"1"` are the same to CloudFormation."""
    if before is after or (type(before) is type(after) and before == after):
        return
    if _both(before, after, _is_map):
        for key in sorted({*_mapping(before), *_mapping(after)}):
            old, new = _mapping(before).get(key, MISSING), _mapping(after).get(key, MISSING)
            yield from difference(old, new, (*path, key))
    elif _both(before, after, _is_list):
        yield from _list_difference(_sequence(before), _sequence(after), path)
    elif not _same_scalar(before, after):
        yield Leaf(path, before, after)


def item_stays(path: Path, value: Any) -> bool:
    """Whether every list's item that a path leads through is in the value."""
    for part in path:
        if isinstance(part, Item):
            value = next((item for label, item in _everywhere(value) if label == part), MISSING)
        else:
            value = value.get(part, MISSING) if isinstance(value, _MAPS) else MISSING
        if value is MISSING:
            return not any(isinstance(rest, Item) for rest in path[path.index(part) :])
    return True


def intrinsics(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf that calls a function, or has one inside it, with the path that `difference` gives it."""
    if is_intrinsic(value):
        yield path, value
    elif isinstance(value, _MAPS):
        for key in sorted(value):
            yield from intrinsics(value[key], (*path, key))
    elif isinstance(value, _LISTS) and any(map(_is_map, value)):
        for label, item in _labelled(value, _identity(value)).items():
            yield from intrinsics(item, (*path, Item(label)))
    elif isinstance(value, _LISTS) and any(map(is_intrinsic, value)):
        yield path, value


def _both(before: Any, after: Any, fits: Callable[[Any], bool]) -> bool:
    """Whether both sides can be taken apart alike; a missing one or an empty one fits what is not empty."""
    if before is MISSING:
        return bool(after) and fits(after)
    if after is MISSING:
        return bool(before) and fits(before)
    return bool(before or after) and fits(before) and fits(after)


def _is_list(value: Any) -> bool:
    """Whether a list is compared item by item; lists of scalars read better as one."""
    return isinstance(value, _LISTS) and (not value or any(map(_is_map, value)))


def _is_map(item: Any) -> bool:
    return isinstance(item, _MAPS) and not is_intrinsic(item)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, _MAPS) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, _LISTS) else ()


def _list_difference(before: Sequence[Any], after: Sequence[Any], path: Path) -> Iterator[Leaf]:
    identity = _identity(before, after)
    found = list(_identified(before, after, identity) if identity else _paired(before, after))
    leaves = [leaf for label, old, new in found for leaf in difference(old, new, (*path, Item(label)))]
    yield from leaves
    if not leaves and not _same_order(before, after, identity):  # CloudFormation sees a change in the order
        yield Leaf(path, _named(before, identity), _named(after, identity))


def _identified(before: Sequence[Any], after: Sequence[Any], identity: str) -> Iterator[tuple[str, Any, Any]]:
    old, new = _labelled(before, identity), _labelled(after, identity)
    for label in sorted({*old, *new}):
        yield label, old.get(label, MISSING), new.get(label, MISSING)


def _paired(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Items without a name: what is equal anywhere is left out, the rest is paired in its order.

    A policy statement put in the middle then reads as one new statement, not as a change of all that follow.
    """
    old, new = dict(enumerate(before)), dict(enumerate(after))
    for number, item in enumerate(after):
        same = next((at for at, other in old.items() if other == item), None)
        if same is not None:
            del old[same], new[number]
    pairs = min(len(old), len(new))
    for (_, was), (number, now) in zip(old.items(), new.items(), strict=False):
        yield str(number), was, now
    for number, now in [*new.items()][pairs:]:
        yield str(number), MISSING, now
    for number, was in [*old.items()][pairs:]:
        yield str(number) if number >= len(after) else f"was {number}", was, MISSING


def _same_order(before: Sequence[Any], after: Sequence[Any], identity: str | None) -> bool:
    if identity is None:
        return len(before) != len(after) or all(map(_alike, before, after))
    return [*_labelled(before, identity)] == [*_labelled(after, identity)]


def _alike(before: Any, after: Any) -> bool:
    return not any(True for _ in difference(before, after))


def _named(items: Sequence[Any], identity: str | None) -> list[Any]:
    return [item[identity] for item in items] if identity else list(items)


def _identity(*lists: Sequence[Any]) -> str | None:
    return next((name for name in _IDENTITIES if all(_identifies(name, items) for items in lists)), None)


def _identifies(name: str, items: Sequence[Any]) -> bool:
    labels = [item.get(name) if isinstance(item, _MAPS) else None for item in items]
    return all(isinstance(label, str) for label in labels) and len({*labels}) == len(labels)


def _labelled(items: Sequence[Any], identity: str | None) -> dict[str, Any]:
    if identity is None:
        return {str(number): item for number, item in enumerate(items)}
    return {item[identity]: item for item in items}


def _everywhere(items: Any) -> Iterator[tuple[str, Any]]:
    """The items by every label that they may have in a path."""
    for number, item in enumerate(items if isinstance(items, _LISTS) else ()):
        yield str(number), item
        if isinstance(item, _MAPS):
            yield from ((item[name], item) for name in _IDENTITIES if isinstance(item.get(name), str))


def _same_scalar(before: Any, after: Any) -> bool:
    scalars = (str, int, float)
    if not isinstance(before, scalars) or not isinstance(after, scalars):
        return bool(before == after)
    return scalar(before) == scalar(after)


def scalar(value: Any) -> str:
    """A scalar as CloudFormation writes it: `true`, `1`, `text`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
