"""Function -> its alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler import event_rules
from compiler.alarm import Alarm, Metric, dead_letters, percentage
from compiler.kinds.function.started_by import keeps_dead_letters, triggers
from compiler.model import Component, Platform
from compiler.units import seconds

if TYPE_CHECKING:
    from compiler.kinds.function import Function

STREAM_LAG = 2000  # milliseconds that a function may be behind its stream


def alarms(spec: Function, component: Component, platform: Platform) -> Iterable[Alarm]:
    """What is watched always, and what only some functions have."""
    yield from _calls(spec)
    if spec.reserved_concurrency:
        yield Alarm(
            "concurrency",
            f"More than 80 % of the {spec.reserved_concurrency} reserved calls are in use.",
            spec.reserved_concurrency * 0.8,
            _metric("ConcurrentExecutions", "Maximum"),
            datapoints=2,
            periods=3,
        )
    if any(trigger == "stream" for trigger, _ in triggers(component, platform)):
        yield Alarm(
            "iterator-age",
            f"The function is more than {STREAM_LAG / 1000:g}s behind its stream.",
            STREAM_LAG,
            _metric("IteratorAge", "Maximum"),
            severity="critical",
        )
    if keeps_dead_letters(component, platform):
        yield from dead_letters("Calls failed for good and were put aside.")
        # `DeadLetterErrors` counts for the older sort of dead letters only.
        yield Alarm(
            "lost-calls",
            "Calls failed for good and could not even be put aside.",
            0,
            _metric("DestinationDeliveryFailures"),
            datapoints=1,
            periods=1,
            severity="critical",
        )
    yield from event_rules.alarms(component, platform)
    if spec.provisioned_concurrency:
        yield _not_ready(spec.provisioned_concurrency)


def _not_ready(ready: int) -> Alarm:
    of_alias = {"FunctionName": "name", "Resource": "alias_name"}
    return Alarm(
        "cold-starts",
        f"More calls come at one time than the {ready} that are kept ready, so some wait for a start.",
        0,
        Metric("AWS/Lambda", "ProvisionedConcurrencySpilloverInvocations", of_alias),
    )


def _calls(spec: Function) -> Iterable[Alarm]:
    yield Alarm(
        "error-rate",
        "More than 5 % of the calls fail.",
        5,
        metrics={"errors": _metric("Errors"), "calls": _metric("Invocations")},
        expression=percentage("errors", "calls"),
        datapoints=2,
        periods=3,
        severity="critical",
    )
    yield Alarm(
        "throttles",
        "Calls are refused: the function, or the account, has no concurrency left.",
        0,
        _metric("Throttles"),
        datapoints=2,
        periods=3,
    )
    yield Alarm(
        "slow-calls",
        f"One call in a hundred takes more than 80 % of the {spec.timeout} it may take.",
        seconds(spec.timeout) * 800,  # the metric counts milliseconds
        _metric("Duration", "p99"),
        datapoints=2,
        periods=3,
    )


def _metric(name: str, statistic: str = "Sum") -> Metric:
    return Metric("AWS/Lambda", name, {"FunctionName": "name"}, statistic)
