"""SQS queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from compiler import event_rules
from compiler.alarm import Alarm, Metric, dead_letters
from compiler.kind import ConsumerSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.queue.existing import ExistingQueue
from compiler.kinds.queue.use import QueueUsage
from compiler.model import Component, Platform
from compiler.registry import all_kinds
from compiler.units import DURATION, seconds
from compiler.words import article

# Larger batches need a window of at least a second; fifo queues take neither.
# Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping", 2026.
MOST_WITHOUT_WINDOW = 10
COLLECTS = "a queue can only collect from topics, buckets and event buses"


class QueueDeadLetter(Record):
    """Where messages go that nobody could handle."""

    max_receives: Annotated[
        int, about("How often a message is tried before it is put aside.", examples=[5], ge=1, le=1000)
    ] = 5
    retention: Annotated[
        str,
        about(
            "How long messages that were put aside are kept.",
            examples=["14d"],
            minimum="1m",
            maximum="14d",
            **DURATION,
        ),
    ] = "14d"


class Queue(ConsumerSpec):
    """An SQS queue, always with a dead-letter queue; its `connections` are what it collects from."""

    existing: Annotated[
        ExistingQueue | None,
        about("The queue to use instead of making one.", examples=[{"name": "invoices"}]),
    ] = None
    visibility_timeout: Annotated[
        str,
        about(
            "How long a received message is hidden from others; six times what handling a batch takes.",
            examples=["3m"],
            minimum="0s",
            maximum="12h",
            **DURATION,
        ),
    ] = "3m"
    retention: Annotated[
        str,
        about(
            "How long a message waits for a receiver.",
            examples=["4d"],
            minimum="1m",
            maximum="14d",
            **DURATION,
        ),
    ] = "4d"
    delay: Annotated[
        str,
        about(
            "How long a new message stays hidden.",
            examples=["10s"],
            minimum="0s",
            maximum="15m",
            **DURATION,
        ),
    ] = "0s"
    fifo: Annotated[
        bool, about("Whether messages of a group stay in order and come once only.", examples=[True])
    ] = False
    content_based_deduplication: Annotated[
        bool,
        about("Whether a fifo queue knows repeated messages by their text, not by an id.", examples=[True]),
    ] = False
    dead_letter: Annotated[
        QueueDeadLetter,
        about("Where messages go that nobody could handle.", examples=[{"max_receives": 5}]),
    ] = QueueDeadLetter()
    latency_objective: Annotated[
        str,
        about(
            "How long a message may wait before the alarm rings.",
            examples=["15m"],
            minimum="1m",
            maximum="14d",
            **DURATION,
        ),
    ] = "15m"
    usage: Annotated[
        QueueUsage | None,
        about(
            "How much goes through the queue in a month, for the estimate of what it costs.",
            examples=[{"messages": 10000000}],
        ),
    ] = None


class QueueReceiveOptions(Record):
    """How a function takes messages from the queue."""

    batch_size: Annotated[int, about("The most messages in one call.", examples=[10], ge=1, le=10000)] = 10
    window: (
        Annotated[
            str,
            about(
                "How long a call waits for a batch to fill; batches of more than 10 wait 1s at least.",
                examples=["5s"],
                minimum="1s",
                maximum="5m",
                **DURATION,
            ),
        ]
        | None
    ) = None
    maximum_concurrency: (
        Annotated[
            int,
            about(
                "The most calls at one time, so that a full queue leaves concurrency to other functions.",
                examples=[20],
                ge=2,
                le=1000,
            ),
        ]
        | None
    ) = None


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Queue)
    if spec.content_based_deduplication and not spec.fifo:
        message = "only fifo queues drop repeated messages; write `fifo: true`, or remove this"
        yield Problem(("content_based_deduplication",), "E210", message)
    if seconds(spec.dead_letter.retention) < seconds(spec.retention):
        # A message that is put aside keeps its first date, so it would vanish there at once.
        message = (
            f"messages are put aside for {spec.dead_letter.retention} but may be {spec.retention} old by then"
        )
        yield Problem(("dead_letter", "retention"), "E210", message)
    yield from _sources(component, platform)
    if spec.fifo:
        yield from _fifo_receivers(component, platform)


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Queue)
    assert spec.existing is not None
    return _fifo_receivers(component, platform) if spec.existing.name.endswith(".fifo") else ()


def _sources(component: Component, platform: Platform) -> Iterable[Problem]:
    """What a queue cannot collect from; a fifo queue's messages need a group, which rules do not give."""
    assert isinstance(component.spec, Queue)
    accepted = frozenset({"topic"}) if component.spec.fifo else KIND.accepts
    for connection in component.connections:
        target = platform.components.get(connection.target)
        verb = all_kinds()[target.kind].verbs.get(connection.verb) if target else None
        if target and verb and verb.starts not in accepted:
            what = "a fifo queue can only collect from topics" if component.spec.fifo else COLLECTS
            message = f"{what}, and '{target.name}' is {article(target.kind)}"
            yield Problem(("connections", target.name), "E211", message)


def _fifo_receivers(component: Component, platform: Platform) -> Iterable[Problem]:
    for use in platform.users_of(component.name):
        too_many = use.options.get("batch_size", 0) > MOST_WITHOUT_WINDOW
        if use.verb == "receive" and (too_many or use.options.get("window")):
            message = f"a fifo queue gives '{use.consumer}' 10 messages at most, and without a window"
            yield Problem(("fifo",), "E210", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Queue)
    yield Alarm(
        "oldest-message",
        f"A message has waited for more than {spec.latency_objective}: nobody receives, or too slowly.",
        seconds(spec.latency_objective),
        Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "name"}, "Maximum"),
    )
    yield from dead_letters(
        f"Messages were put aside: handling them failed {spec.dead_letter.max_receives} times."
    )
    yield from event_rules.alarms(component, platform)


KIND = Kind(
    name="queue",
    section="queues",
    spec=Queue,
    layer="data",
    lost="SQS keeps messages in their region only; have senders send again what was not handled yet",
    summary="SQS queues, by name.",
    verbs={
        "send": Verb(
            "put messages into the queue",
            environment={"QUEUE_URL": "url"},
            calls=("sqs",),
        ),
        "receive": Verb(
            "take messages from the queue; a function is called with batches of them",
            environment={"QUEUE_URL": "url"},
            options=QueueReceiveOptions,
            calls=("sqs",),
            starts="queue",
        ),
    },
    accepts=frozenset({"topic", "bucket", "event_bus"}),
    check=_check,
    check_adopted=_check_adopted,
    alarms=_alarms,
    path="starts",
    availability=lambda component, platform: ("sqs",),
)
