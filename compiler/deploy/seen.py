"""A live stack -> what tells later whether it has moved; digests only, so that nothing secret is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.assembly import dumps, sha256
from compiler.deploy.records import LiveStack


@dataclass(frozen=True)
class Seen:
    """One live stack at the moment of planning."""

    name: str
    id: str
    status: str
    updated: str  # ISO 8601; empty when it never was
    template: str  # digest of what is deployed
    parameters: Mapping[str, str]  # digests of the values
    outputs: Mapping[str, str]  # the same


def of(live: LiveStack, template: Mapping[str, Any]) -> Seen:
    """What is to be remembered of a stack; `template` is what is deployed."""
    return Seen(
        live.name,
        live.id,
        live.status,
        live.updated.isoformat() if live.updated else "",
        sha256(dumps(template).encode()),
        {name: digest(live.name, name, value) for name, value in live.parameters.items()},
        {name: digest(live.name, name, value) for name, value in live.outputs.items()},
    )


def digest(stack: str, name: str, value: str) -> str:
    """Of one value; with the names, so that equal values of different places do not show that they are."""
    return sha256(f"{stack}.{name}={value}".encode())


def moves(then: Seen, now: Seen) -> Iterator[str]:
    """In words, what is no longer as it was; nothing when nothing has moved."""
    stack = f"stack {then.name}"
    if now.id != then.id:
        yield f"{stack} was deleted and made again"
        return
    if now.status != then.status:
        yield f"{stack} is in {now.status}, and was in {then.status}"
    if now.template != then.template:
        yield f"{stack} has another template"
    for what, before, after in (
        ("parameter", then.parameters, now.parameters),
        ("output", then.outputs, now.outputs),
    ):
        for name in sorted({name for name, _ in before.items() ^ after.items()}):
            yield f"{what} {name} of {stack} {_fate(name, before, after)}"
    if now.updated != then.updated:
        yield f"{stack} was updated on {now.updated or 'an unknown day'}"


def _fate(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    if name not in before:
        return "was not there"
    return "has another value" if name in after else "is gone"
