"""K006: what only a stream of the other mode has."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit, Remedy

ID = "K006"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "an on-demand stream with a number of shards"
WHY = "AWS counts the shards of an on-demand stream and refuses to be told their number; cfn-lint does not."
FIX = "Remove the property, or write `mode: provisioned`."
SOURCE = "Kinesis API reference, 'CreateStream' and 'UpdateShardCount', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Shards and their scaling, beside `mode: on_demand`."""
    spec = component.spec
    assert isinstance(spec, Stream)
    if spec.mode != "on_demand":
        return
    if spec.shards is not None:
        message = "an on_demand stream has no shards of its own; remove `shards`"
        yield Hit(("shards",), message, Remedy("remove", ("shards",)))
    if spec.scaling:
        message = "AWS scales an on_demand stream by itself; remove `scaling`"
        yield Hit(("scaling",), message, Remedy("remove", ("scaling",)))
