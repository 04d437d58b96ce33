"""Platform -> the calls that its queues start, and how long each queue should hide a message for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compiler.model import Component, Connection, Platform
from compiler.registry import all_kinds
from compiler.units import seconds

TRIGGER = "queue"
# Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping", 2026.
FACTOR = 6


class Receiver(NamedTuple):
    """A component that a queue of the platform starts; seconds."""

    queue: Component
    consumer: Component
    hidden: int  # how long the queue hides what it gave away
    longest: int  # how long a call may take
    window: int  # how long a call may wait for its batch to fill

    @property
    def advised(self) -> int:
        """Long enough for a batch that Lambda has to try again because it throttled the call."""
        return FACTOR * self.longest + self.window


def receivers(platform: Platform) -> Iterator[Receiver]:
    """Each call that a queue starts; of queues and functions that exist already nobody here knows the times.

    Sorted by the consumer's name. A kind says nothing of another: that both have these times is part of the
    spec.
    """
    for consumer in platform.components.values():
        if TRIGGER not in all_kinds()[consumer.kind].accepts or not hasattr(consumer.spec, "timeout"):
            continue
        for connection in consumer.connections:
            queue = platform.components.get(connection.target)
            if queue and _starts(queue, connection) and not (queue.adopted or consumer.adopted):
                yield _receiver(queue, consumer, connection)


def _starts(queue: Component, connection: Connection) -> bool:
    verb = all_kinds()[queue.kind].verbs.get(connection.verb)
    return verb is not None and verb.starts == TRIGGER


def _receiver(queue: Component, consumer: Component, connection: Connection) -> Receiver:
    hidden, longest = getattr(queue.spec, "visibility_timeout", "0s"), getattr(consumer.spec, "timeout", "0s")
    window = connection.options.get("window") or "0s"
    return Receiver(queue, consumer, seconds(hidden), seconds(longest), seconds(window))


def advised(platform: Platform, queue: Component) -> int:
    """The seconds that are enough for every receiver of a queue."""
    return max(found.advised for found in receivers(platform) if found.queue is queue)
