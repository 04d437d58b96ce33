"""The last lines of a log."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence.looks import Looks, Subject

EVENTS = Read("logs", "GetLogEvents", "events")
# One page is enough: the first stream is the latest.
STREAMS = Read("logs", "DescribeLogStreams", "logStreams")
READS = (EVENTS, STREAMS)
LINES = 20


def tail(subject: Subject, looks: Looks, group: str, stream: str, about: str) -> Iterator[Evidence]:
    """The last lines of one stream; of the group's latest one when the name is empty."""
    for name in [stream] if stream else _latest(looks, group):
        found = looks.find(EVENTS, logGroupName=group, logStreamName=name, limit=LINES, startFromHead=False)
        lines = [str(event.get("message", "")) for event in found[-LINES:]]
        yield from subject.evidence("log", f"{about} ({group})", lines)


def _latest(looks: Looks, group: str) -> list[str]:
    found = looks.find(
        STREAMS,
        logGroupName=group,
        orderBy="LastEventTime",
        descending=True,
        PaginationConfig={"MaxItems": 1, "PageSize": 1},
    )
    return [str(stream["logStreamName"]) for stream in found[:1] if "logStreamName" in stream]
