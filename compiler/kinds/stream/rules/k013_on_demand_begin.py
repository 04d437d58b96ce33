"""K013: an on-demand stream is too small when it is new."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.stream import Stream
from compiler.kinds.stream.capacity import FIRST_MIB_IN, FIRST_RECORDS_IN
from compiler.kinds.stream.load import SOURCE as SOURCE
from compiler.kinds.stream.load import in_words, needed, rates, sent
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit

ID = "K013"
SEVERITY = WARNING
SUMMARY = "an on-demand stream does not carry its load when it is new"
WHY = (
    "A new on-demand stream takes 4,000 records and 4 MiB a second and grows with what it has seen, so the "
    "whole load on the first day is refused in part."
)
FIX = (
    "Bring devices in by and by, or begin with `mode: provisioned`: a stream keeps its shards when its mode "
    "changes to on_demand later."
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The load against what a new stream takes."""
    spec = component.spec
    assert isinstance(spec, Stream)
    if spec.mode != "on_demand" or spec.load is None:
        return
    records, mib_in, _ = rates(spec.load)
    if records.amount > FIRST_RECORDS_IN or mib_in.amount > FIRST_MIB_IN:
        message = (
            f"{sent(spec.load)} are {in_words(spec.load)} a second, but a new on_demand stream takes "
            f"{FIRST_RECORDS_IN:,} records and {FIRST_MIB_IN} MiB; begin with 'mode: provisioned', which "
            f"needs {needed(spec.load):,} shards, or bring devices in by and by"
        )
        yield Hit(("mode",), message)
