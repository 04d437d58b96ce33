"""Service -> how many tasks there are at one time, and what they take."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.draw import Copies, Draw, Fact, Figures, Key, addresses, in_each_zone, zones
from compiler.kinds.service import strategy
from compiler.kinds.service.count import ServiceCount
from compiler.kinds.service.spec import Service
from compiler.model import Component, Platform
from compiler.words import count as counted
from compiler.words import figure

# What a pool of connections holds when nobody says more: node-postgres (`max`) and HikariCP
# (`maximumPoolSize`) have 10, by their own documentation, 2026; SQLAlchemy has 5 and lets 10 more overflow.
USUAL_POOL = 10
BALANCER = "load_balancer"


def copies(component: Component, platform: Platform) -> Copies:
    """The most tasks that it may have, those of the next version included."""
    spec = component.spec
    assert isinstance(spec, Service)
    scales = isinstance(spec.count, ServiceCount)
    most = spec.count.max if isinstance(spec.count, ServiceCount) else spec.count
    times = strategy.MOST_PERCENT // 100
    how = f"{counted(most, 'task')} x {times} while a version comes"
    return Copies(most * times, how, USUAL_POOL, path=("count", "max") if scales else ("count",))


def figures(component: Component, platform: Platform) -> Figures:
    """An address for each task, and a place at the load balancer."""
    spec = component.spec
    assert isinstance(spec, Service)
    tasks = copies(component, platform)
    how = f"{tasks.how}, over {counted(zones(platform), 'zone')}"
    yield Draw(addresses("private"), in_each_zone(tasks.number, platform), how, tasks.path)
    if spec.http:
        yield from _requests(spec)


def _requests(spec: Service) -> Iterator[Draw | Fact]:
    trial = spec.deployment.trial is not None
    yield Draw(
        Key(BALANCER, "listener rules"), 1 + trial, "its own, and one for trials" if trial else "its own"
    )
    groups = 2 if strategy.shifts(spec) else 1
    how = f"{spec.deployment.strategy} moves requests between two" if groups > 1 else "its own"
    yield Draw(Key(BALANCER, "target groups"), groups, how)
    if isinstance(spec.count, ServiceCount) and spec.count.requests:
        most = figure(spec.count.max * spec.count.requests / 60)
        yield Fact(
            "requests",
            f"{counted(spec.count.max, 'task')} x {spec.count.requests:,} a minute = {most} a second, when "
            "each has what it scales by",
        )
