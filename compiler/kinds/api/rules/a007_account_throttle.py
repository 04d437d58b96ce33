"""A007: APIs let through more requests than the account may have."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import capacity
from compiler.kinds.api.capacity import A_SECOND, AT_ONCE
from compiler.kinds.api.capacity import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import WARNING, Hit
from compiler.words import figure

ID = "A007"
# API Gateway takes such a throttle; it only means nothing.
SEVERITY = WARNING
SUMMARY = "the throttles of APIs let through more requests than an account may have"
WHY = (
    "All APIs of an account share one quota in a region. Above it callers get 429, those of other APIs too, "
    "however high an API's own throttle is."
)
FIX = (
    "Lower `throttle`, so that one API cannot starve the others, or have the quota raised first (Service "
    "Quotas, API Gateway); the burst is AWS's to set."
)


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Rate and burst of all APIs, each told once: at the API with most."""
    for key in (A_SECOND, AT_ONCE):
        found = capacity.exhausted(key, component, platform)
        if found:
            message = (
                f"{found.sum_in_words} are {figure(found.total)} {key.name}, but all APIs of an account have "
                f"{figure(found.pool.most)} in {platform.environment.region} by default; lower it by "
                f"{figure(found.total - found.pool.most)}, or have the quota raised"
            )
            yield Hit(found.taken[0].draw.path, message)
