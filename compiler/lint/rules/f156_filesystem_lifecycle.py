"""F156: files would go to the archive before they are rarely used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.lint.subject import Hit, Subject, listed

ID = "F156"
SEVERITY = "error"
SUMMARY = "a filesystem archives files too early, or cannot archive at all"
WHY = "EFS refuses the lifecycle: the archive comes after infrequent access and needs elastic throughput."
FIX = "Archive later than the transition to infrequent access, with ThroughputMode elastic."
SOURCE = "EFS user guide, 'Managing storage lifecycle'"

ARCHIVE, INFREQUENT = "TransitionToArchive", "TransitionToIA"
POLICIES = "LifecyclePolicies"


def check(subject: Subject) -> Iterator[Hit]:
    """Each filesystem that archives."""
    for resource in subject.of("AWS::EFS::FileSystem"):
        days = {
            key: _days(value)
            for policy in listed(resource.properties.get(POLICIES))
            for key, value in _items(policy)
        }
        archive, infrequent = days.get(ARCHIVE), days.get(INFREQUENT)
        if archive is None:
            continue
        if infrequent is not None and archive <= infrequent:
            message = (
                f"archives after {archive} days, which is not later than infrequent access after {infrequent}"
            )
            yield resource.hit(message, POLICIES)
        if resource.properties.get("ThroughputMode", "bursting") != "elastic":
            yield resource.hit("archives, which takes ThroughputMode elastic", "ThroughputMode")


def _items(policy: Any) -> Iterator[tuple[str, Any]]:
    yield from policy.items() if isinstance(policy, Mapping) else ()


def _days(value: Any) -> int | None:
    """`AFTER_30_DAYS` -> 30."""
    found = re.fullmatch(r"AFTER_(\d+)_DAYS?", str(value))
    return int(found[1]) if found else None
