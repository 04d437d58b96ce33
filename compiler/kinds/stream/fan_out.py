"""Consumers with enhanced fan-out: read throughput of their own, and records pushed to them."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import names
from compiler.alarm import Alarm, Metric
from compiler.kind import Problem
from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds

# Registered consumers, more on request; calls to read one shard in a second, which each who polls makes
# once. Source: Kinesis developer guide, "Quotas and limits", 2026.
MOST_CONSUMERS, MOST_POLLING = 20, 5


def fan_outs(component: Component, platform: Platform) -> list[Connection]:
    """The connections of consumers that are registered with the stream, sorted by consumer."""
    return [use for use in platform.users_of(component.name) if use.options.get("enhanced_fan_out")]


def polling(component: Component, platform: Platform) -> list[Connection]:
    """The connections of consumers that share the stream's read throughput, sorted by consumer."""
    consumers = (use for use in platform.users_of(component.name) if use.verb == "consume")
    return [use for use in consumers if not use.options.get("enhanced_fan_out")]


def fan_out_problems(component: Component, platform: Platform) -> Iterable[Problem]:
    """More consumers than a stream registers."""
    count = len(fan_outs(component, platform))
    if count > MOST_CONSUMERS:
        message = (
            f"{count} consumers have enhanced fan-out, a stream registers {MOST_CONSUMERS}; "
            "let some poll, or spread the records over several streams"
        )
        yield Problem((), "E210", message)


def registered_by_others(component: Component, platform: Platform) -> Iterable[Problem]:
    """Consumers are registered with the stream that is made; nothing is made for one that exists already."""
    for use in fan_outs(component, platform):
        message = (
            f"'{use.consumer}' cannot be registered with a stream that exists already; let it poll, without "
            "`enhanced_fan_out`"
        )
        yield Problem(("existing",), "E210", message)


def fan_out_alarms(component: Component, platform: Platform, lag: int) -> Iterable[Alarm]:
    """The lag of each such service, in seconds of patience; a function has an alarm of its own for that."""
    for use in fan_outs(component, platform):
        if "stream" in all_kinds()[platform.components[use.consumer].kind].accepts:
            continue
        dimensions = {"StreamName": "name", "ConsumerName": f"={consumer_name(use, platform)}"}
        yield Alarm(
            f"lag-of-{use.consumer}",
            f"{use.consumer} is more than {lag}s behind the stream.",
            lag * 1000,  # the metric counts milliseconds
            Metric("AWS/Kinesis", "SubscribeToShardEvent.MillisBehindLatest", dimensions, "Maximum"),
            severity="critical",
        )


def consumer_name(use: Connection, platform: Platform) -> str:
    """How the stream knows the consumer; unique for each stream."""
    consumer = platform.components[use.consumer].lasting_name
    return names.physical(platform.name, platform.environment.name, consumer)
