"""K001: the shards do not carry the load."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream, most_shards
from compiler.kinds.stream.load import MOST_SHARDS, answer, arithmetic, needed
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import STRICT_IN_PRODUCTION, Hit, Remedy

ID = "K001"
SEVERITY = STRICT_IN_PRODUCTION
SUMMARY = "a stream has fewer shards than its load needs"
WHY = (
    "A shard takes 1,000 records and 1 MiB a second, and gives out 2 MiB. What is above is refused; "
    "producers try again, which makes it worse, and lose records once their buffers are full."
)
FIX = (
    "Write as many shards as the message says, or leave `shards` out: `load` then gives their number. Or let "
    "devices send less often: half the messages need half the shards."
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Shards that are written, or the most that scaling may reach, against the load with its headroom."""
    spec = component.spec
    assert isinstance(spec, Stream)
    count = most_shards(spec)
    if count is None or spec.load is None or count >= needed(spec.load):
        return
    right = needed(spec.load)
    message = f"{answer(spec.load, count)}; {arithmetic(spec.load)}"
    if right > MOST_SHARDS:  # which is told already: no number of shards would be right
        return
    if spec.scaling:
        path = ("scaling", "max_shards")
        yield Hit(path, f"{message}; write {right} or more", Remedy("set", path, right))
    else:
        remedy = Remedy("set", ("shards",), right)
        yield Hit(("shards",), f"{message}; write {right}, or remove `shards`", remedy)
