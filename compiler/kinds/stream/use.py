"""What of a month's use of a stream its price depends on: of the declared use, or else of the load."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

from compiler.kind import AMOUNT, Usage, about
from compiler.kinds.stream.load import Load
from compiler.units import BYTES, byte_count
from compiler.usage import MOST

MONTH = 730 * 3600  # seconds, as prices count
# What one PUT payload unit holds. Source: Kinesis Data Streams pricing page, 2026.
UNIT = 25 * BYTES["KiB"]


class StreamUsage(Usage):
    """What comes into the stream in a month, where that is not its `load`."""

    records: Annotated[float, about("Records in a month.", examples=[5000000000], ge=0, le=MOST)] | None = (
        None
    )
    record_size: (
        Annotated[str, about("The size of one record on average.", examples=["512B"], **AMOUNT)] | None
    ) = None


def monthly(load: Load | None, usage: StreamUsage | None) -> Mapping[str, float]:
    """PUT payload units, and bytes in and out, in a month; nothing where neither is known.

    The load counts without its headroom, day and night.
    """
    records = usage.records if usage and usage.records is not None else None
    if records is None and load:
        records = load.devices * load.messages_per_second * MONTH
    size = (usage and usage.record_size) or (load and load.message_size)
    if records is None or not size:
        return {}
    bytes_in = records * byte_count(size)
    return {
        "bytes": bytes_in,
        "bytes_out": bytes_in * (load.consumers if load else 1),
        "payload_units": records * math.ceil(byte_count(size) / UNIT),
    }
