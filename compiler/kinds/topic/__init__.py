"""SNS topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler.alarm import Alarm, Metric
from compiler.kind import ComponentSpec, Existing, Kind, Problem, Verb, about
from compiler.kinds.topic import filters
from compiler.kinds.topic.filters import TopicSubscribeOptions
from compiler.kinds.topic.use import TopicUsage
from compiler.model import Component, Platform


class ExistingTopic(Existing, kw_only=True):
    """A topic of the platform's account and region."""

    name: Annotated[
        str,
        about(
            "The topic's name.",
            examples=["orders"],
            pattern=r"^[A-Za-z0-9_-]{1,256}(\.fifo)?$",
            form="the name of an SNS topic",
        ),
    ]


class Topic(ComponentSpec):
    """An SNS topic: every subscriber gets each message."""

    existing: Annotated[
        ExistingTopic | None,
        about("The topic to use instead of making one.", examples=[{"name": "orders"}]),
    ] = None
    fifo: Annotated[
        bool,
        about(
            "Whether messages of a group stay in order and come once only; then only queues can subscribe.",
            examples=[True],
        ),
    ] = False
    content_based_deduplication: Annotated[
        bool,
        about("Whether a fifo topic knows repeated messages by their text, not by an id.", examples=[True]),
    ] = False
    usage: Annotated[
        TopicUsage | None,
        about(
            "How much is published in a month, for the estimate of what it costs.",
            examples=[{"messages": 10000000}],
        ),
    ] = None


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Topic)
    if spec.content_based_deduplication and not spec.fifo:
        message = "only fifo topics drop repeated messages; write `fifo: true`, or remove this"
        yield Problem(("content_based_deduplication",), "E210", message)
    yield from _subscribers(component, spec.fifo, platform)


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Topic)
    assert spec.existing is not None
    return _subscribers(component, spec.existing.name.endswith(".fifo"), platform)


def _subscribers(component: Component, fifo: bool, platform: Platform) -> Iterable[Problem]:
    for use in platform.users_of(component.name):
        if use.verb != "subscribe":
            continue
        for message in filters.problems(use.options.get("filter") or {}):
            yield Problem((), "E210", f"the filter of '{use.consumer}': {message}")
        consumer = platform.components[use.consumer]
        if fifo and consumer.kind != "queue":
            message = f"only queues can subscribe to a fifo topic, and '{use.consumer}' is a {consumer.kind}"
            yield Problem(("fifo",), "E211", message)
        if not fifo and getattr(consumer.spec, "fifo", False):
            advice = "name one, which ends in .fifo" if component.adopted else "write `fifo: true` here"
            message = f"the fifo queue '{use.consumer}' can only subscribe to a fifo topic; {advice}"
            yield Problem((), "E210", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    yield Alarm(
        "failed-deliveries",
        "Messages did not reach a subscriber.",
        0,
        Metric("AWS/SNS", "NumberOfNotificationsFailed", {"TopicName": "name"}, "Sum"),
        datapoints=1,
        periods=1,
    )


KIND = Kind(
    name="topic",
    section="topics",
    spec=Topic,
    layer="data",
    lost="SNS hands messages on at once and keeps none",
    summary="SNS topics, by name.",
    verbs={
        "publish": Verb(
            "send messages to all subscribers",
            environment={"TOPIC_ARN": "arn"},
            calls=("sns",),
        ),
        "subscribe": Verb(
            "get every message: a function is called with it, a queue keeps it",
            options=TopicSubscribeOptions,
            starts="topic",
            only_starts=True,
        ),
    },
    check=_check,
    check_adopted=_check_adopted,
    alarms=_alarms,
    path="starts",
    availability=lambda component, platform: ("sns",),
)
