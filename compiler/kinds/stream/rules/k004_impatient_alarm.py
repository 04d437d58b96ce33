"""K004: the alarm on lag is as short as the time between two reads."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.kinds.stream.fan_out import polling
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit, Remedy
from compiler.units import seconds

ID = "K004"
SEVERITY = WARNING
SUMMARY = "the alarm on a stream's lag rings although its consumers keep up"
WHY = (
    "Who polls reads each shard once a second, so a record waits for up to a second when all is well. An "
    "alarm after one second wakes people for nothing, and soon nobody looks any more."
)
FIX = "Write `latency_objective: 2s` or more, or let every consumer have records pushed: `enhanced_fan_out`."
SOURCE = "Lambda developer guide, 'Polling and batching streams'; KCL, `idleTimeBetweenReadsInMillis`"
POLLED = 1  # seconds; both poll so often unless they are told otherwise, and Formwork sets no batching window


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The objective against the time between two reads of those who poll."""
    spec = component.spec
    assert isinstance(spec, Stream)
    readers = [use.consumer for use in polling(component, platform)]
    if readers and seconds(spec.latency_objective) <= POLLED:
        least = f"{2 * POLLED}s"
        message = (
            f"{spec.latency_objective} is no longer than the time between two reads of '{readers[0]}', "
            f"{POLLED}s; write {least} or more, or `enhanced_fan_out: true` there"
        )
        yield Hit(("latency_objective",), message, Remedy("set", ("latency_objective",), least))
