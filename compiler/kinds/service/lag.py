"""The lag of a stream that a service scales by: what to keep to, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.kind import Problem
from compiler.kinds.service.count import ServiceCount, ServiceStreamLag
from compiler.model import Component, Platform
from compiler.units import seconds
from compiler.words import count as counted

PATH = ("count", "stream_lag", "stream")


def milliseconds(lag: ServiceStreamLag, platform: Platform) -> int:
    """The age of the oldest unread record to keep to: before the stream's alarm rings, tasks are added."""
    if lag.target:
        return seconds(lag.target) * 1000
    return seconds(platform.values["streams"][lag.stream]["latency_objective"]) * 500


def problems(component: Component, count: ServiceCount, platform: Platform) -> Iterable[Problem]:
    """A stream that the service does not read, and more tasks than there is to read for."""
    if count.stream_lag is None:
        return
    stream = count.stream_lag.stream
    streams = {found.name for found in platform.of_kind("stream")}
    consumed = [c.target for c in component.connections if c.verb == "consume" and c.target in streams]
    if stream not in consumed:
        advice = f"write {' or '.join(consumed)}" if consumed else f"add `{stream}: consume` to 'connections'"
        yield Problem(PATH, "E210", f"'{component.name}' does not consume a stream '{stream}'; {advice}")
        return
    shards = _shards(platform.components[stream])
    if shards and count.max > shards:
        message = (
            f"'{stream}' has {counted(shards, 'shard')}, and one task reads a whole shard: more than "
            f"{shards} have nothing to do; lower 'max' {count.max}, or give the stream more shards"
        )
        yield Problem(("count", "max"), "E210", message)


def _shards(stream: Component) -> int | None:
    """The shards as far as they are known here: None where they are computed, scaled or AWS's to count.

    Of a stream that exists already nothing is known.
    A kind does not import another; that a stream says so in these words is part of the spec.
    """
    spec = stream.spec
    if stream.adopted or getattr(spec, "scaling", None) or getattr(spec, "mode", "") != "provisioned":
        return None
    written: int | None = getattr(spec, "shards", None)
    return written or (None if getattr(spec, "load", None) else 1)
