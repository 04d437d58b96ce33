"""A stack's history and the provider schemas -> how long an operation usually takes, and at most."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from compiler.assembly import Stack
from compiler.deploy.door import Aws
from compiler.deploy.events import Doing, Expected
from compiler.deploy.records import StackEvent
from compiler.review.schemas import provider_schema

_LOOK_BACK = 300  # events, three pages: the last operation or two of a stack of a hundred resources
_VERBS: Mapping[str, str] = {"create": "CREATE", "update": "UPDATE", "delete": "DELETE"}
# Where a schema says nothing. Source: CloudFormation CLI user guide, "Resource type schema", handlers.
_DEFAULT_MINUTES = 120


def expected(aws: Aws, stack: Stack, stack_id: str, doing: Doing, changing: Iterable[str]) -> Expected:
    """What to expect of an operation on a stack that has been there, or is about to be, under this id."""
    past = usual(itertools.islice(aws.events(stack_id), _LOOK_BACK))
    whole = past.get((stack.name, _VERBS.get(doing, "")))
    resources = stack.template.get("Resources", {})
    ids = [each for each in changing if each in resources]
    return Expected(
        whole,
        {each: found for each in ids if (found := _latest(past, each)) is not None},
        {each: limit(resources[each]["Type"], doing) for each in ids},
    )


def usual(events: Iterable[StackEvent]) -> dict[tuple[str, str], float]:
    """Seconds by logical id and verb, of the latest time that each succeeded; events newest first."""
    ends: dict[tuple[str, str], tuple[str | None, datetime]] = {}
    found: dict[tuple[str, str], float] = {}
    for event in events:
        verb, _, word = event.status.partition("_")
        key = (event.logical_id, verb)
        if word == "COMPLETE":
            ends.setdefault(key, (event.token, event.time))
        elif word == "IN_PROGRESS" and key in ends and ends[key][0] == event.token:
            # A resource begins twice, the second time with its physical id: what is seen last counts.
            found[key] = (ends[key][1] - event.time).total_seconds()
    return found


@cache  # of each type a stack may have dozens, and its schema is a file
def limit(resource_type: str, doing: Doing) -> float:
    """The seconds after which CloudFormation gives up on one resource."""
    handlers = (provider_schema(resource_type) or {}).get("handlers", {})
    minutes = handlers.get(doing, {}).get("timeoutInMinutes", _DEFAULT_MINUTES)
    return float(minutes) * 60


def _latest(past: Mapping[tuple[str, str], float], logical_id: str) -> float | None:
    """However it was touched last: an update is the best guess for an update, a creation for want of one."""
    return past.get((logical_id, "UPDATE"), past.get((logical_id, "CREATE")))
