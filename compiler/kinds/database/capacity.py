"""Database -> the connections that its instances take, those that consumers open, and its addresses."""

from __future__ import annotations

import math
from collections.abc import Iterator

from compiler import capacity
from compiler.draw import Copies, Draw, Fact, Figures, Key, Pool, addresses, in_each_zone
from compiler.kinds.database import passwords
from compiler.kinds.database.engine import max_connections
from compiler.kinds.database.proxy_share import MOST_CONNECTIONS
from compiler.kinds.database.spec import Database
from compiler.model import Component, Connection, Platform
from compiler.words import count as counted

SOURCE = "Aurora user guide, 'Maximum connections for Aurora Serverless v2', 2026"
# What a proxy for small instances is to find free in each subnet. Source: Aurora user guide, "Planning for IP
# address capacity" of RDS Proxy, 2026.
PROXY_ADDRESSES = 10


def writer(name: str) -> Key:
    """The connections of the instance that writes."""
    return Key(name, "connections of the writer")


def reader(name: str) -> Key:
    """The connections of one reader."""
    return Key(name, "connections of each reader")


def figures(component: Component, platform: Platform) -> Figures:
    """Connections against those that consumers open, unless a proxy is between; and addresses."""
    spec = component.spec
    assert isinstance(spec, Database)
    least, most = spec.capacity.min, spec.capacity.max
    taken = max_connections(least, most)
    if spec.proxy:
        share = f"{MOST_CONNECTIONS} % of the {taken:,} that an instance takes at {most:g} ACU"
        yield Fact("connections", f"a proxy shares {share} among all who ask")
    else:
        how = f"at {most:g} ACU at most and {least:g} at least"
        yield Pool(writer(component.name), taken, how, SOURCE)
        if spec.readers:
            yield Pool(reader(component.name), taken, how, SOURCE)
        yield from _connections(component.name, spec.readers, platform)
    yield from _addresses(component, spec, platform)


def _connections(name: str, readers: int, platform: Platform) -> Iterator[Draw]:
    """Who may write opens them on the writer; who may read, on all readers alike, where there are any."""
    shared: set[Key] = set()
    for use in platform.users_of(name):
        copies = capacity.copies(platform.components[use.consumer], platform)
        if copies is None:
            continue
        reads = use.verb == "read" and readers > 0
        key, path = (reader(name), ("readers",)) if reads else (writer(name), ("capacity", "max"))
        # Functions without a limit of their own have the account's, all of them together.
        again = not copies.bounded and key in shared
        number, how = (0, "of the same calls") if again else _opened(use, copies)
        shared.update(() if copies.bounded else (key,))
        over = readers if reads else 1
        how += f" over {readers} readers" if over > 1 else ""
        yield Draw(key, math.ceil(number / over), how, path, use.consumer)


def _opened(use: Connection, copies: Copies) -> tuple[int, str]:
    """How many connections a consumer keeps open, with the arithmetic."""
    pool = use.options.get("pool") or copies.connections
    how = f"({copies.how})" if " + " in copies.how else copies.how
    return copies.number * pool, f"{how} x {counted(pool, 'connection')}"


def _addresses(component: Component, spec: Database, platform: Platform) -> Iterator[Draw]:
    readers = max(spec.readers, spec.reader_scaling.max if spec.reader_scaling else 0)
    instances = in_each_zone(1 + readers, platform)
    yield Draw(addresses("isolated"), instances, f"{counted(1 + readers, 'instance')} over all zones")
    if spec.proxy:
        yield Draw(addresses("isolated"), PROXY_ADDRESSES, "its proxy", ("proxy",))
    if spec.migrations:
        yield Draw(addresses("private"), 1, "the function that migrates it", ("migrations",))
    if passwords.users(component, platform):
        yield Draw(addresses("private"), 1, "the function that rotates passwords", ("rotation",))
