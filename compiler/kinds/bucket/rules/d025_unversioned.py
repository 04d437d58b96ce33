"""D025: objects of production that nothing brings back."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.bucket import Bucket, days
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "D025"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "a production bucket keeps no versions of objects that it is to keep"
WHY = (
    "An overwritten or deleted object is gone at once: a bug or a wrong prefix empties the bucket. AWS "
    "Backup and copies to a second region need versions too."
)
FIX = (
    "Write `versioning: true`, or leave it out; or say with `lifecycle: {expire: 30d}` that nothing is kept."
)
SOURCE = "S3 user guide, 'Retaining multiple versions of objects with S3 Versioning', 2026"

# What goes within so many days by itself is no record of anything.
PASSING = 30


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch, unless a lock turns it on or objects soon expire anyway."""
    spec = component.spec
    assert isinstance(spec, Bucket)
    kept = spec.lifecycle.expire is None or days(spec.lifecycle.expire) > PASSING
    if kept and not spec.versioning and spec.object_lock is None:
        message = (
            "'versioning: false' lets nobody bring back what is overwritten or deleted; write true, or let "
            f"objects expire after {PASSING}d or less"
        )
        yield Hit(("versioning",), message, Remedy("set", ("versioning",), True))
