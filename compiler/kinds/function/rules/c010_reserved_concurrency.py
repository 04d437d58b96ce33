"""C010: functions reserve more calls than an account has."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import capacity
from compiler.kinds.function.capacity import CONCURRENCY, LEFT, RESERVED
from compiler.kinds.function.capacity import SOURCE as SOURCE
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit
from compiler.words import figure

ID = "C010"
# Every profile: Lambda refuses it in the account of a test too. An account with a higher quota has a waiver.
SEVERITY = ERROR
SUMMARY = "functions reserve more calls at one time than an account has"
WHY = (
    "Lambda keeps 100 calls unreserved for functions without a reservation and refuses what goes below, so "
    "the deployment fails half way. The quota is shared with all that runs in the account and region."
)
FIX = "Lower `reserved_concurrency`, or have the quota raised (Service Quotas, Lambda) and waive this rule."


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The sum over all functions, told once: at the one with most."""
    found = capacity.exhausted(RESERVED, component, platform)
    if found:
        names = ", ".join(f"'{each.component}' {figure(each.draw.amount)}" for each in found.taken)
        message = (
            f"{names} are {figure(found.total)} reserved calls, but of the account's {CONCURRENCY:,} only "
            f"{figure(found.pool.most)} can be reserved, for {LEFT} stay free; reserve "
            f"{figure(found.total - found.pool.most)} fewer"
        )
        yield Hit(("reserved_concurrency",), message)
