"""EventBridge event buses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.alarm import Alarm, Metric
from compiler.kind import ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.event_bus.existing import ExistingEventBus
from compiler.kinds.event_bus.patterns import EventPattern
from compiler.kinds.event_bus.use import EventBusUsage
from compiler.model import Component, Platform
from compiler.units import DURATION, not_whole


class EventBusArchive(Record):
    """What is kept of the events, so that they can be sent again."""

    retention: Annotated[
        str,
        about(
            "How long events are kept, in whole days.",
            examples=["30d"],
            minimum="1d",
            maximum="3650d",
            **DURATION,
        ),
    ] = "30d"


class EventBus(ComponentSpec):
    """An EventBridge event bus: whoever sends does not know who receives."""

    existing: Annotated[
        ExistingEventBus | None,
        about("The bus to use instead of making one.", examples=[{"name": "default"}]),
    ] = None
    archive: Annotated[
        EventBusArchive | None,
        about(
            "Keeps every event for a while, so that it can be sent again.", examples=[{"retention": "30d"}]
        ),
    ] = None
    usage: Annotated[
        EventBusUsage | None,
        about(
            "How many events there are in a month, for the estimate of what it costs.",
            examples=[{"events": 5000000, "archived": "10GiB"}],
        ),
    ] = None


class EventBusReceive(Record):
    """Which events start the consumer, and whether it may answer."""

    pattern: Annotated[
        EventPattern | None,
        about(
            "The events wanted, as in an EventBridge rule; every event without it.",
            examples=[{"source": ["shop.orders"], "detail-type": ["Order Placed"]}],
        ),
    ] = None
    send: Annotated[
        bool,
        about(
            "Whether it may put events onto the bus too; none that match its own pattern.", examples=[True]
        ),
    ] = False


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, EventBus)
    if spec.archive and (message := not_whole(spec.archive.retention, "d")):
        yield Problem(("archive", "retention"), "E105", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    yield Alarm(
        "dead-letters",
        "Events could not be encrypted or decrypted and were put aside: look at the key.",
        0,
        Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "dead_letter_name"}, "Maximum"),
        datapoints=1,
        periods=1,
        severity="critical",
    )


KIND = Kind(
    name="event_bus",
    section="event_buses",
    spec=EventBus,
    layer="data",
    summary="EventBridge event buses, by name.",
    verbs={
        "send": Verb(
            "put events onto the bus",
            environment={"EVENT_BUS_NAME": "name"},
            calls=("events",),
        ),
        "receive": Verb(
            "be called with each event that matches a pattern",
            environment={"EVENT_BUS_NAME": "name"},
            options=EventBusReceive,
            calls=("events",),
            starts="event_bus",
            only_starts=True,
        ),
    },
    check=_check,
    alarms=_alarms,
    path="starts",
    availability=lambda component, platform: ("eventbridge",),
)
