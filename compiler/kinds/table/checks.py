"""Table -> what is wrong with it that no schema can say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler import names
from compiler.kind import Problem
from compiler.kinds.table.spec import MOST_PROJECTED, Table, TableCapacity, TableIndex, TableKey
from compiler.model import Path, Platform
from compiler.units import not_whole


def check(spec: Table, name: str, platform: Platform) -> Iterable[Problem]:
    """Every problem of one table."""
    yield from _unkeyed(spec, name)
    yield from _keys(spec)
    yield from _ttl(spec)
    yield from _projections(spec)
    yield from _index_names(spec)
    yield from _capacity(spec)
    if message := not_whole(spec.recovery, "d"):
        yield Problem(("recovery",), "E105", message)
    yield from _consumers(spec, name, platform)


def _unkeyed(spec: Table, name: str) -> Iterable[Problem]:
    if spec.partition_key is None:
        message = (
            f"tables.{name} needs the key 'partition_key', or 'existing' for a table that is there already"
        )
        yield Problem((), "E102", message)


def check_adopted(spec: Table, name: str, platform: Platform) -> Iterable[Problem]:
    """A function that wants the changes of a table whose stream nobody named."""
    assert spec.existing is not None
    if spec.existing.stream:
        return
    for use in platform.users_of(name):
        if use.verb == "consume":
            message = f"'{use.consumer}' consumes the changes of '{name}'; name its stream with 'stream'"
            yield Problem(("existing",), "E102", message)


def keys(spec: Table) -> Iterator[tuple[Path, TableKey]]:
    """Every key attribute with its path, those of the table first."""
    owners: list[tuple[Path, Table | TableIndex]] = [((), spec)]
    owners += [(("indexes", name), index) for name, index in sorted(spec.indexes.items())]
    for path, owner in owners:
        if owner.partition_key:
            yield (*path, "partition_key"), owner.partition_key
        if owner.sort_key:
            yield (*path, "sort_key"), owner.sort_key


def _keys(spec: Table) -> Iterable[Problem]:
    """A key has two different attributes, and an attribute has one type in all keys."""
    types: dict[str, tuple[str, Path]] = {}
    seen: dict[Path, str] = {}
    for path, key in keys(spec):
        if seen.get(path[:-1]) == key.name:
            message = f"'{key.name}' is the partition key already; sort by another attribute, or by none"
            yield Problem((*path, "name"), "E210", message)
        seen[path[:-1]] = key.name
        known, where = types.setdefault(key.name, (key.type, path))
        if known != key.type:
            message = (
                f"'{key.name}' is a {key.type} here and a {known} in {'.'.join(map(str, where))}; "
                "an attribute has one type in all keys"
            )
            yield Problem((*path, "type"), "E210", message)


def _ttl(spec: Table) -> Iterable[Problem]:
    for path, key in keys(spec):
        if key.name != spec.ttl:
            continue
        if len(path) == 1:
            message = f"'{key.name}' is a key of the table; let items expire by an attribute of its own"
            yield Problem(("ttl",), "E210", message)
        elif key.type != "number":
            message = f"items expire by a number, and '{key.name}' is a {key.type} in {path[1]}"
            yield Problem(("ttl",), "E210", message)


def _projections(spec: Table) -> Iterable[Problem]:
    named = 0
    of_table = {key.name for path, key in keys(spec) if len(path) == 1}
    for name, index in sorted(spec.indexes.items()):
        listed = index.projection if isinstance(index.projection, list) else []
        named += len(listed)
        own = {key.name for key in (index.partition_key, index.sort_key) if key}
        path: Path = ("indexes", name, "projection")
        if index.projection == []:
            yield Problem(path, "E210", "no attribute is named; write `keys`, or name some")
        for number, attribute in enumerate(listed):
            if attribute in of_table | own:
                message = f"'{attribute}' is a key, which the index holds anyway; remove it"
                yield Problem((*path, number), "E210", message)
            elif attribute in listed[:number]:
                yield Problem((*path, number), "E210", f"'{attribute}' is named twice; remove one of them")
    if named > MOST_PROJECTED:
        message = f"the indexes name {named} attributes, DynamoDB takes {MOST_PROJECTED} in all; write `all`"
        yield Problem(("indexes",), "E210", message)


def _index_names(spec: Table) -> Iterable[Problem]:
    """Alarms and scaling are called after the index, in letters and digits only."""
    known: dict[str, str] = {}
    for name in sorted(spec.indexes):
        other = known.setdefault(names.pascal(name), name)
        if other != name:
            message = f"'{name}' and '{other}' differ in punctuation or case alone; rename one"
            yield Problem(("indexes", name), "E210", message)


def _capacity(spec: Table) -> Iterable[Problem]:
    if isinstance(spec.capacity, TableCapacity):
        yield from _limits(spec.capacity, ("capacity",))
    for name, index in sorted(spec.indexes.items()):
        path: Path = ("indexes", name, "capacity")
        if index.capacity and isinstance(spec.capacity, str):
            message = (
                "the table is on_demand, and so are its indexes; remove this, or give the table capacity"
            )
            yield Problem(path, "E210", message)
        elif index.capacity:
            yield from _limits(index.capacity, path)


def _limits(capacity: TableCapacity, path: Path) -> Iterable[Problem]:
    for way, units in (("read", capacity.read), ("write", capacity.write)):
        if units.max < units.min:
            message = (
                f"at most {units.max} units is less than at least {units.min}; write {units.min} or more"
            )
            yield Problem((*path, way, "max"), "E210", message)


def _consumers(spec: Table, name: str, platform: Platform) -> Iterable[Problem]:
    if spec.stream:
        return
    for use in platform.users_of(name):
        if use.verb == "consume":
            message = (
                f"'{use.consumer}' consumes the changes of '{name}', which tells nobody of them; "
                "write `stream: new_and_old_images`"
            )
            yield Problem((), "E210", message)
