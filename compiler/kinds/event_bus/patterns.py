"""Which events of a bus a consumer gets: what users may write of it, and what EventBridge takes."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import msgspec

from compiler.kind import Record, about

MOST_CHARACTERS = 2048  # Source: EventBridge user guide, "EventBridge quotas", event pattern size, 2026
LOWER, UPPER = (">", ">="), ("<", "<=")
Field = Annotated[Any, msgspec.Meta(description="A field, as deep as it is.")]
Values = Annotated[list[Any], msgspec.Meta(min_length=1)]


class EventPattern(Record, rename="kebab"):
    """Which events are wanted: of each field the values, or conditions on them; all fields must match."""

    source: Annotated[Values | None, about("Who sent it.", examples=[["shop.orders"]])] = None
    detail_type: Annotated[Values | None, about("What happened.", examples=[["Order Placed"]])] = None
    resources: Annotated[Values | None, about("What it is about.", examples=[[{"prefix": "order/"}]])] = None
    detail: Annotated[
        dict[str, Field] | None,
        about(
            "Its own fields, as deep as they are; `$or` holds alternatives.",
            examples=[{"amount": [{"numeric": [">=", 100]}], "customer": {"country": ["de", "at"]}}],
        ),
    ] = None

    def __post_init__(self) -> None:
        """Says what EventBridge would refuse, as a ValueError; `connection_problems` tells where it is."""
        found = next(problems(as_written(self)), None)
        if found:
            raise ValueError(found)


def as_written(pattern: EventPattern) -> dict[str, Any]:
    """A pattern as EventBridge takes it."""
    plain: dict[str, Any] = msgspec.to_builtins(pattern)
    return plain


def problems(pattern: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a pattern."""
    if not pattern:
        yield "a pattern names at least one field; without a pattern every event is meant"
    yield from _fields(pattern, "")
    size = len(json.dumps(pattern, ensure_ascii=False, separators=(",", ":")))
    if size > MOST_CHARACTERS:
        yield f"the pattern has {size} characters, EventBridge takes {MOST_CHARACTERS}; shorten it"


def _fields(node: Mapping[str, Any], place: str) -> Iterator[str]:
    for name, value in node.items():
        where = f"{place}.{name}" if place else name
        if name == "$or":
            yield from _alternatives(value, where)
        elif isinstance(value, Mapping) and value:
            yield from _fields(value, where)
        elif isinstance(value, list) and value:
            yield from (found for item in value for found in _value(item, where))
        else:
            yield f"{where} must be a list of values or conditions, such as [open], not {value!r}"


def _alternatives(value: Any, where: str) -> Iterator[str]:
    if not (isinstance(value, list) and len(value) > 1 and all(isinstance(item, Mapping) for item in value)):
        yield f"{where} must be a list of two mappings or more"
        return
    for item in value:
        yield from _fields(item, where)


def _value(item: Any, where: str) -> Iterator[str]:
    if not isinstance(item, Mapping):
        # EventBridge would take null, but CloudFormation refuses it anywhere in a template.
        if item is None or isinstance(item, list):
            found = "null" if item is None else f"the list {item!r}"
            yield f"{where} must hold values or conditions, not {found}"
        return
    if len(item) != 1 or next(iter(item)) not in CONDITIONS:
        yield f"{where}: a condition has one key of {', '.join(sorted(CONDITIONS))}, not {dict(item)!r}"
        return
    ((name, given),) = item.items()
    fits, form = CONDITIONS[name]
    if not fits(given):
        yield f"{where}: `{name}` takes {form}, not {given!r}"


def _text(given: Any) -> bool:
    return isinstance(given, str) and bool(given)


def _text_in_any_case(given: Any) -> bool:
    return _text(given) or (
        isinstance(given, Mapping) and set(given) == {"equals-ignore-case"} and _text(*given.values())
    )


def _wildcard(given: Any) -> bool:
    return _text(given) and "**" not in given


def _plain(given: Any) -> bool:
    return isinstance(given, str | int | float)


def _anything_but(given: Any) -> bool:
    if isinstance(given, list):
        return bool(given) and all(_plain(item) for item in given)
    if isinstance(given, Mapping):
        return len(given) == 1 and all(name in EXCLUDING and _texts(text) for name, text in given.items())
    return _plain(given)


def _texts(given: Any) -> bool:
    return _text(given) or (isinstance(given, list) and bool(given) and all(_text(item) for item in given))


def _block(given: Any) -> bool:
    try:
        ipaddress.ip_network(given, strict=False)
    except ValueError:
        return False
    return isinstance(given, str) and "/" in given


def _compares(given: Any) -> bool:
    """`= 5`, `>= 100`, or a range from its lower end to its upper one."""
    if not isinstance(given, list) or len(given) not in (2, 4):
        return False
    signs, numbers = given[::2], given[1::2]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        return False
    if len(signs) == 1:
        return signs[0] in ("=", *LOWER, *UPPER)
    return bool(signs[0] in LOWER and signs[1] in UPPER and numbers[0] < numbers[1])


EXCLUDING = ("equals-ignore-case", "prefix", "suffix", "wildcard")
# Source: EventBridge user guide, "Comparison operators for use in event patterns", 2026.
CONDITIONS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "anything-but": (_anything_but, "a value, a list of them, or a mapping such as {prefix: test-}"),
    "cidr": (_block, "a block of addresses such as 10.0.0.0/24"),
    "equals-ignore-case": (_text, "a text"),
    "exists": (lambda given: isinstance(given, bool), "true or false"),
    "numeric": (_compares, "a comparison such as ['>=', 100], or a range such as ['>', 0, '<=', 150]"),
    "prefix": (_text_in_any_case, "a text"),
    "suffix": (_text_in_any_case, "a text"),
    "wildcard": (_wildcard, "a text with * for any characters, and no two of them in a row"),
}
