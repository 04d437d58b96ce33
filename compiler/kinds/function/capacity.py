"""Function -> how many of its calls run at one time, and what they take."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import capacity, connect
from compiler.draw import ACCOUNT, Copies, Draw, Fact, Figures, Key, Pool, addresses, calls
from compiler.kinds.function import Function
from compiler.kinds.function.started_by import triggers
from compiler.model import Component, Platform

# Calls at one time in an account and region, and those that must be left to functions without their own.
# New accounts may have fewer until they have paid. Source: SOURCE.
CONCURRENCY, LEFT = 1000, 100
SOURCE = "Lambda developer guide, 'Configuring reserved concurrency for a function' and 'Lambda quotas', 2026"
ALL = Key(ACCOUNT, "calls of functions at one time, of those with a limit")
RESERVED = Key(ACCOUNT, "reserved calls of functions at one time")


def copies(component: Component, platform: Platform) -> Copies:
    """The most calls at one time, each with a connection of its own: one environment has one call."""
    spec = component.spec
    assert isinstance(spec, Function)
    if spec.reserved_concurrency is not None:
        number = spec.reserved_concurrency
        return Copies(number, f"{number:,} reserved calls", 1, path=("reserved_concurrency",))
    started = _started(component, platform)
    if started is None:
        return Copies(CONCURRENCY, "as many calls as the account allows", 1, bounded=False)
    number = int(sum(draw.amount for draw in started))
    return Copies(number, " + ".join(draw.how for draw in started), 1)


def figures(component: Component, platform: Platform) -> Figures:
    """The calls it may have, those that are kept for it, and its door into the network."""
    spec = component.spec
    assert isinstance(spec, Function)
    yield Pool(ALL, CONCURRENCY, "default quota", SOURCE)
    how = f"{CONCURRENCY:,} by default, of which {LEFT} must stay unreserved"
    yield Pool(RESERVED, CONCURRENCY - LEFT, how, SOURCE)
    if spec.reserved_concurrency == 0:
        yield Fact("calls at one time", "none: `reserved_concurrency: 0` stops it")
    else:
        yield from _calls(component.name, spec.reserved_concurrency, copies(component, platform))
    if connect.needs_network(component, platform):
        # Source: Lambda developer guide, "Understanding Hyperplane Elastic Network Interfaces (ENIs)".
        yield Draw(addresses("private"), 1, "one for all its calls, by subnet and security group")


def _calls(name: str, reserved: int | None, most: Copies) -> Iterator[Pool | Draw | Fact]:
    whose = "reserved for it" if reserved else "the account's, shared with all functions"
    yield Pool(calls(name), reserved or CONCURRENCY, whose, SOURCE)
    if reserved:
        yield Draw(RESERVED, reserved, "`reserved_concurrency`", most.path)
    if most.bounded:
        yield Draw(ALL, most.number, most.how, most.path)
    else:
        yield Fact("calls at one time", f"nothing limits them but the account's {CONCURRENCY:,}")


def _started(component: Component, platform: Platform) -> list[Draw] | None:
    """The calls that each of its triggers starts; None when one of them, or a caller, knows no limit."""
    if next(platform.users_of(component.name), None):
        return None
    own = calls(component.name)
    found = []
    for _, connection in triggers(component, platform):
        started = list(_draws(connection.target, own, platform))
        if not started:
            return None
        found.extend(started)
    if getattr(component.spec, "schedule", None):
        found.append(Draw(own, 1, "1 by its schedule"))
    return found or None


def _draws(name: str, key: Key, platform: Platform) -> Iterator[Draw]:
    declared = capacity.figures(platform.components[name], platform)
    return (each for each in declared if isinstance(each, Draw) and each.key == key)
