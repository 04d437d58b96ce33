"""Resource, charge -> the component whose `usage` can tell how much of it is used, if any can."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from compiler.cost.charge import Charge
from compiler.cost.subject import Resource
from compiler.registry import all_kinds
from compiler.usage import Usage

LOAD = "load"  # of a stream, which tells its use as well


def teller(resource: Resource, charge: Charge) -> str:
    """The component's name; "" for what its kind cannot say, such as how often a shipped function runs."""
    if charge.teller:
        return charge.teller
    keys = _keys().get(resource.section)
    known = keys is None or keys.issuperset(charge.key.split(" and "))
    return resource.component if known else ""


@cache
def _keys() -> Mapping[str, frozenset[str]]:
    """What components of each section of a spec can say of their use."""
    return {kind.section: frozenset(_told(kind.spec)) for kind in all_kinds().values()}


def _told(spec: type[msgspec.Struct]) -> Iterator[str]:
    for each in msgspec.structs.fields(spec):
        if each.name == LOAD:
            yield LOAD
        for record in _usages(each.type):
            yield from (key.name for key in msgspec.structs.fields(record))


def _usages(type_: Any) -> Iterator[type[Usage]]:
    """The records of use in a property's type."""
    if isinstance(type_, type) and issubclass(type_, Usage):
        yield type_
    for part in typing.get_args(type_):
        yield from _usages(part)
