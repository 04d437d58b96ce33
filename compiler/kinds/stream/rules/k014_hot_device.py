"""K014: one device sends more than one shard takes."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.kinds.stream.load import SHARD_MIB_IN, SHARD_RECORDS_IN
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit
from compiler.units import mebibytes
from compiler.words import figure

ID = "K014"
# Whether a device's messages share a key is the producers' to say.
SEVERITY = WARNING
SUMMARY = "one device sends more than the one shard of its key takes"
WHY = (
    "All records of one partition key go to one shard, which takes 1,000 records and 1 MiB a second. More "
    "shards, or an on-demand stream, do not help a device that uses its name as the key."
)
FIX = "Let such devices spread their messages over several keys, or put several messages into one record."


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """What one device sends in a second, in records and in MiB."""
    spec = component.spec
    assert isinstance(spec, Stream)
    if spec.load is None:
        return
    records = spec.load.messages_per_second
    mib = records * mebibytes(spec.load.message_size)
    if records > SHARD_RECORDS_IN or mib > SHARD_MIB_IN:
        message = (
            f"one device sends {figure(records)} x {spec.load.message_size} = {figure(mib)} MiB a second, "
            f"but the shard of one key takes {SHARD_RECORDS_IN:,} records and {SHARD_MIB_IN} MiB; spread its "
            "messages over several keys"
        )
        yield Hit(("load", "messages_per_second"), message)
