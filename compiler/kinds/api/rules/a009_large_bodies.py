"""A009: messages that are too large for the way through an API."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.api.spec import Api, routes_of
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit
from compiler.units import byte_count

ID = "A009"
SEVERITY = WARNING
SUMMARY = "a stream expects messages that cannot come through the API in front of it"
WHY = (
    "An API takes bodies of 10 MB at most, and a function behind it only 6 MB; larger ones are answered with "
    "413 before any code runs, and AWS raises neither limit."
)
FIX = "Let callers upload to a bucket, or send smaller messages and say so in the stream's `load`."
SOURCE = (
    "API Gateway developer guide, 'Quotas for configuring and running an HTTP API'; Lambda developer guide, "
    "'Lambda quotas', 2026"
)

# Bytes that reach what answers, by its kind; of an API itself for all others.
MOST = {"function": 6 * 1000**2}
MOST_OF_API = 10 * 1000**2


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each first route to something that passes such messages on."""
    spec = component.spec
    assert isinstance(spec, Api)
    first: dict[str, str] = {}
    for key, route in routes_of(spec).items():
        target = platform.components.get(route.to)
        if target and first.setdefault(route.to, key) == key:
            yield from (Hit(("routes", key), message) for message in _too_large(target, platform))


def _too_large(target: Component, platform: Platform) -> Iterator[str]:
    most = MOST.get(target.kind, MOST_OF_API)
    for stream, size in _loads(target, platform):
        if byte_count(size) > most:
            yield (
                f"'{stream}' expects messages of {size}, but '{target.name}' gets {most // 1000**2} MB at "
                "most through an API; let callers upload to a bucket, or send less at a time"
            )


def _loads(target: Component, platform: Platform) -> Iterator[tuple[str, str]]:
    """The streams that a component puts records into, with the size that they are made for.

    A kind does not import another; that a stream says so in these words is part of the spec.
    """
    for connection in target.connections:
        stream = platform.components.get(connection.target)
        load = getattr(stream.spec, "load", None) if stream and connection.verb == "produce" else None
        if load:
            yield connection.target, load.message_size
