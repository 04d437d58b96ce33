"""K002: messages are larger than the stream takes records."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit
from compiler.units import byte_count

ID = "K002"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "the load's messages are larger than the stream takes records"
WHY = "Kinesis refuses each record above the limit of its stream, so not one of these messages would arrive."
FIX = (
    "Raise `max_record_size`, up to 10MiB, or send what is large to a bucket and its key through the stream."
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """One message against one record."""
    spec = component.spec
    assert isinstance(spec, Stream)
    if spec.load and byte_count(spec.load.message_size) > byte_count(spec.max_record_size):
        message = (
            f"{spec.load.message_size} is too much: records may be as large as {spec.max_record_size} only; "
            "raise 'max_record_size'"
        )
        yield Hit(("load", "message_size"), message)
