"""D002: a database is to pause, and something else keeps it from that or cannot wait for it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.availability.targets import wanted
from compiler.kinds.database.spec import Database
from compiler.model import Component, Platform
from compiler.protection import is_replicated
from compiler.rule import ERROR, Hit

ID = "D002"
SEVERITY = ERROR
SUMMARY = "a database is to pause (`min: 0`), and its proxy, second region or availability target forbids it"
WHY = (
    "A proxy keeps a connection to every instance, and a global database never lets its writer rest: the "
    "instances run all the time, although the spec says that they pause. Waking a paused one takes about 15 "
    "seconds, in which requests fail that an availability target counts."
)
FIX = "Write `capacity: {min: 0.5}` or more, or give up what stands against it."
SOURCE = "Aurora user guide, 'Scaling to Zero ACUs with automatic pause and resume', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Each reason against pausing, of a database whose least capacity is 0."""
    spec = component.spec
    assert isinstance(spec, Database)
    if spec.capacity.min > 0:
        return
    if spec.proxy:
        message = (
            "a database with a proxy cannot pause; write `capacity: {min: 0.5}` or more, or `proxy: false`"
        )
        yield Hit(("proxy",), message)
    if is_replicated(component, platform):
        message = (
            "a database that pauses cannot be in a second region too; write 'min: 0.5' or more, or name "
            "the database in `excluded` of `disaster_recovery`"
        )
        yield Hit(("capacity", "min"), message)
    if paths := _promised(component, platform):
        message = (
            "a paused database takes about 15 seconds to answer, which the `availability_target` of "
            f"{paths} counts; write 'min: 0.5' or more"
        )
        yield Hit(("capacity", "min"), message)


def _promised(component: Component, platform: Platform) -> str:
    """The paths with a target that the database is part of, quoted."""
    found = (way for way, _ in wanted(platform) for step in way.steps if step.component == component.name)
    return ", ".join(dict.fromkeys(f"'{way.name}'" for way in found))
