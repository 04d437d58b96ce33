"""Platform -> everything that is wrong with its connections: E201 to E203, E205 to E207, E211."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from compiler.connect import variables
from compiler.diagnostics import Diagnostic, Fix, suggest
from compiler.kind import Kind, Verb
from compiler.misspelling import unmistakable
from compiler.model import Component, Connection, Path, Platform
from compiler.registry import all_kinds
from compiler.words import article

EVERY_VERB = ("access", "env", "optional")  # what the long form of a connection may always say


def connection_problems(platform: Platform) -> Iterator[Diagnostic]:
    """Missing targets, wrong verbs and options, collisions, missing sections, circles."""
    kinds = all_kinds()
    sound: dict[str, list[Connection]] = {}
    for component in platform.components.values():
        found = [(use, list(_check_connection(use, platform, kinds))) for use in component.connections]
        yield from (problem for _, problems in found for problem in problems)
        sound[component.name] = [use for use, problems in found if not problems]
        yield from _collisions(component, sound[component.name], platform, kinds)
        yield from _needs(component, sound[component.name], platform, kinds)
    yield from _cycles(platform, sound)


def _check_connection(
    connection: Connection, platform: Platform, kinds: Mapping[str, Kind]
) -> Iterator[Diagnostic]:
    def problem(code: str, message: str, fix: Fix | None = None) -> Diagnostic:
        return Diagnostic(connection.position, code, message, fix=fix)

    target = platform.components.get(connection.target)
    if target is None:
        known = [c.name for c in platform.components.values() if kinds[c.kind].verbs]
        message = f"no component is named '{connection.target}'{suggest(connection.target, known)}"
        yield problem("E201", message, _right_target(connection, platform, known))
        return
    offered = {
        name: verb
        for name, verb in kinds[target.kind].verbs.items()
        if connection.derived or not verb.derived_only
    }
    if connection.verb not in offered:
        wrong = _wrong_target if connection.derived else _wrong_verb
        yield problem("E202", wrong(connection, target, offered), _right_verb(connection, platform, offered))
        return
    verb = offered[connection.verb]
    consumer = kinds[platform.components[connection.consumer].kind]
    if verb.only_starts and verb.starts not in consumer.accepts:
        yield problem(
            "E211",
            f"{article(consumer.name)} cannot '{connection.verb}' {article(target.kind)}: "
            f"it is not started by {article(verb.starts)}",
        )
    yield from (problem("E203", message) for message in _wrong_options(connection, verb, target))


def _right_target(connection: Connection, platform: Platform, known: Iterable[str]) -> Fix | None:
    """The connection under the name that must be meant, or the reference with it."""
    right = unmistakable(connection.target, known)
    path = _naming(connection, platform) if connection.derived else connection.path
    where = platform.written(path) if path else None
    taken = {use.target for use in platform.components[connection.consumer].connections if not use.derived}
    if not (where and right) or (right in taken and not connection.derived):
        return None
    return Fix("set" if connection.derived else "rename", where, right)


def _naming(connection: Connection, platform: Platform) -> Path | None:
    """Where a reference has the name of its target: at its place, or in the mapping there."""
    value = platform.value(connection.path) if connection.path in platform.provenance else None
    if value == connection.target:
        return connection.path
    inside = value.items() if isinstance(value, Mapping) else ()
    keys = [key for key, name in inside if name == connection.target]
    return (*connection.path, keys[0]) if len(keys) == 1 else None


def _right_verb(connection: Connection, platform: Platform, offered: Iterable[str]) -> Fix | None:
    right = None if connection.derived else unmistakable(connection.verb, offered)
    if right is None:
        return None
    short = platform.value(connection.path) == connection.verb
    where = platform.written(connection.path if short else (*connection.path, "access"))
    return Fix("set", where, right) if where else None


def _wrong_verb(connection: Connection, target: Component, offered: Mapping[str, Verb]) -> str:
    what = f"{article(target.kind)} offers: {', '.join(sorted(offered))}" if offered else "it offers nothing"
    message = f"'{connection.consumer}' cannot use '{connection.target}' with '{connection.verb}'; {what}"
    return message + suggest(connection.verb, offered)


def _wrong_target(connection: Connection, target: Component, offered: Mapping[str, Verb]) -> str:
    """For what no connection says, and so no other verb could mend."""
    takers = sorted(kind.name for kind in all_kinds().values() if connection.verb in kind.verbs)
    return (
        f"'{connection.consumer}' cannot {connection.verb} to '{connection.target}', "
        f"which is not one of: {', '.join(takers)}"
    )


def _wrong_options(connection: Connection, verb: Verb, target: Component) -> Iterator[str]:
    fields = msgspec.structs.fields(verb.options) if verb.options else ()
    allowed = [field.name for field in fields]
    use = f"'{connection.verb}' on the {target.kind} '{target.name}'"
    for option in sorted(set(connection.options) - set(allowed)):
        yield f"'{option}' means nothing for {use}; allowed: {', '.join((*EVERY_VERB, *allowed))}"
    for option in sorted({field.name for field in fields if field.required} - set(connection.options)):
        yield f"{use} needs '{option}'"
    for field in fields:
        if field.name in connection.options:
            yield from _wrong_value(connection.options[field.name], field, use)


def _wrong_value(value: Any, field: msgspec.structs.FieldInfo, use: str) -> Iterator[str]:
    """Options of one name may have another range for another verb, which the schema cannot tell apart."""
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        yield f"'{field.name}' of {use} cannot be {value!r}: {str(error)[:1].lower()}{str(error)[1:]}"


def _collisions(
    component: Component, sound: Iterable[Connection], platform: Platform, kinds: Mapping[str, Kind]
) -> Iterator[Diagnostic]:
    owner = dict.fromkeys(getattr(component.spec, "environment", {}), "its own environment")
    for connection in sound:
        kind = kinds[platform.components[connection.target].kind]
        plain, secret = variables(connection, kind.verbs[connection.verb], kinds[component.kind].injects)
        names_set = sorted({**plain, **secret})
        for other in sorted({owner[name] for name in names_set if name in owner}):
            clashes = ", ".join(name for name in names_set if owner.get(name) == other)
            yield Diagnostic(
                connection.position,
                "E206",
                f"'{connection.target}' and {other} both set {clashes} in '{component.name}'; "
                "give one connection another prefix with 'env'",
            )
        owner |= {name: f"'{connection.target}'" for name in names_set if name not in owner}


def _needs(
    component: Component, sound: Iterable[Connection], platform: Platform, kinds: Mapping[str, Kind]
) -> Iterator[Diagnostic]:
    if component.adopted:
        return
    needed = dict.fromkeys(kinds[component.kind].needs(component.spec), component.position)
    for connection in sound:
        if kinds[platform.components[connection.target].kind].verbs[connection.verb].network:
            needed.setdefault("network", connection.position)
    for name, position in sorted(needed.items()):
        if name not in platform.components:
            section = kinds[name].section
            message = f"'{component.name}' ({component.kind}) needs a {name}; add a '{section}:' section"
            yield Diagnostic(position, "E207", message)


def _cycles(platform: Platform, sound: Mapping[str, list[Connection]]) -> Iterator[Diagnostic]:
    """One diagnostic for each circle, with its path, at its first connection."""
    done: set[str] = set()
    for start in platform.components:
        yield from (_circle(platform, circle, sound) for circle in _circles(start, sound, done))


def _circles(start: str, sound: Mapping[str, list[Connection]], done: set[str]) -> Iterator[tuple[str, ...]]:
    """The circles that a walk from `start` meets first; a loop, for a long chain is deeper than the stack."""
    path: list[str] = []
    waiting = [(start, False)]
    while waiting:
        name, leaving = waiting.pop()
        if leaving:
            done.add(path.pop())
        elif name in path:
            yield (*path[path.index(name) :], name)
        elif name not in done:
            path.append(name)
            waiting.append((name, True))
            waiting.extend((use.target, False) for use in reversed(sound[name]))


def _circle(platform: Platform, circle: tuple[str, ...], sound: Mapping[str, list[Connection]]) -> Diagnostic:
    pairs = itertools.pairwise(circle)
    edges = [next(use for use in sound[name] if use.target == target) for name, target in pairs]
    message = f"components depend on each other in a circle: {' -> '.join(circle)}; "
    reasons = dict.fromkeys(_verb(platform, edge).order for edge in edges)
    message += "".join(f"{reason}; " for reason in reasons if reason)
    return Diagnostic(edges[0].position, "E205", f"{message}remove one of these connections")


def _verb(platform: Platform, use: Connection) -> Verb:
    return all_kinds()[platform.components[use.target].kind].verbs[use.verb]
