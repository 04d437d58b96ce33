"""Pairs for properties that have none: out of the kinds' examples, with values that the schema allows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from msgspec import UNSET

from compiler import pipeline
from compiler.diagnostics import SpecError
from compiler.document import load
from compiler.model import Platform
from compiler.registry import all_kinds
from compiler.review.changes import RISKS, Risk
from compiler.schema import platform_schema
from tests.review_pairs import Pair, Steps, _path, assembly, example, outcome, put
from tests.test_kinds import EXAMPLES, FOLDER

_QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)([A-Za-z%]+)$")
_MOST = 12  # tries per property that come to something
# An example, where the record is in it, and what has to be written beforehand.
Site = tuple[str, Steps, tuple[tuple[Steps, Any], ...]]


def proposed(kind: str, names: list[str]) -> Iterator[Pair]:
    """A pair for each of these properties that an example can show: the riskiest that was found."""
    for name in names:
        if best := _best(filter(None, map(_done, islice(_tries(kind, name), _MOST * 6)))):
            yield best


def _best(found: Iterator[Pair]) -> Pair | None:
    """The riskiest; the first whose risk none can be above."""
    best = None
    for number, pair in enumerate(found):
        best = min(best or pair, pair, key=_rank)
        # None can be riskier, or enough were looked at; while nothing came of it, more are.
        if not _rank(best)[0] and (_rank(best)[1] == 0 or number >= _MOST):
            break
    return best


def _rank(pair: Pair) -> tuple[bool, int, int, int]:
    risks = [RISKS.index(_risk(line)) for line in pair.changes if line.split()[1] in RISKS]
    quiet = not pair.changes or not risks
    return quiet, min(risks, default=9), len(pair.given), len(pair.changes)


def _risk(line: str) -> Risk:
    return next(risk for risk in RISKS if risk == line.split()[1])


def _done(pair: Pair) -> Pair | None:
    try:
        return outcome(pair)
    except SpecError:
        return None


def _tries(kind: str, name: str) -> Iterator[Pair]:
    record, _, key = name.partition(".")
    for where, site, given in _sites(kind, record):
        base = example(where)
        for at, value in given:
            base = put(base, at, value)
        if key == "existing" and not isinstance(_at(base, site), str):
            yield from _adoptions(name, where, site, base)
            continue
        old = _at(base, (*site, key))
        for value in islice(_values(_definition(record)[key], old, where, site), _MOST):
            pair = Pair(property=name, example=where, at=(*site, key), given=given, before=old, after=value)
            yield pair
            yield msgspec.structs.replace(pair, before=value, after=old)


def _adoptions(name: str, where: str, site: Steps, base: Any) -> Iterator[Pair]:
    """What exists already says nothing else, so the whole component changes."""
    for value in _definition(name.partition(".")[0])["existing"]["examples"]:
        old = _at(base, site)
        yield Pair(property=name, example=where, at=site, before=old, after={"existing": value})


def _definition(record: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = platform_schema()["$defs"][record]["properties"]
    return found


def _at(data: Any, at: Steps) -> Any:
    for step in at:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return UNSET
    return data


def _sites(
    kind: str, record: str, depth: int = 2
) -> Iterator[tuple[str, Steps, tuple[tuple[Steps, Any], ...]]]:
    """Where examples write the record, this kind's own first; else where it can be put."""
    found = False
    for file in sorted(EXAMPLES, key=lambda file: (file.parts[-3] != kind, file.stem != "full", file.parts)):
        for where in _environments(f"{file.parts[-3]}/{file.stem}"):
            for at in _places(where).get(record, ()):
                found = True
                yield where, at, ()
    if not found and depth:
        for parent, key, value in _parents(record):
            for where, at, given in islice(_sites(kind, parent, depth - 1), 6):
                if key == "existing":
                    yield where, (*at, key), (*given, (at, {key: value}))
                    continue
                yield where, _inside((*at, key), value, record), (*given, ((*at, key), value))


def _inside(at: Steps, value: Any, record: str) -> Steps:
    """Where in an example of its parent's property the record is: it, its first item, or its first entry."""
    if isinstance(value, list):
        return (*at, 0)
    known = set(_definition(record))
    if isinstance(value, Mapping) and not known & set(value):
        return (*at, next(iter(value)))
    return at


def _parents(record: str) -> Iterator[tuple[str, str, Any]]:
    needle = f'"#/$defs/{record}"'
    for name, definition in platform_schema()["$defs"].items():
        if name.endswith("Override"):
            continue
        for key, node in definition.get("properties", {}).items():
            if needle in json.dumps(node):
                for value in node.get("examples", ()):
                    if isinstance(value, (Mapping, list)):
                        yield name, key, value


@cache
def _environments(name: str) -> tuple[str, ...]:
    document = load((FOLDER / _path(name)).read_bytes(), name)
    # Production first: more of it can be weakened.
    known = (f"{name} {environment}" for environment in reversed(pipeline.environments(document)))
    return tuple(where for where in known if _stands(where))


def _stands(where: str) -> bool:
    """Whether the environment can be written as a spec of its own; not one that adopts what others make."""
    try:
        _platform(where)
    except SpecError:
        return False
    return True


@cache
def _platform(where: str) -> Platform:
    data = example(where)
    (environment,) = data["environments"]
    return pipeline.understand(load(json.dumps(data).encode(), where), environment)


@cache
def _places(where: str) -> Mapping[str, list[Steps]]:
    """By record, where the example has it, defaults included."""
    found: dict[str, list[Steps]] = {}
    platform, schema = _platform(where), platform_schema()
    for name, node in schema["properties"].items():
        if name != "environments" and name in platform.values:
            _walk(node, platform.values[name], (name,), found)
    for component in platform.components.values():
        for connection in component.connections:
            verb = all_kinds()[platform.components[connection.target].kind].verbs.get(connection.verb)
            at = (*component.path, "connections", connection.target)
            if verb and verb.options and isinstance(_at(platform.values, at), Mapping):
                found.setdefault(verb.options.__name__, []).append(at)
    return found


def _walk(node: Mapping[str, Any], value: Any, at: Steps, found: dict[str, list[Steps]]) -> None:
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        if isinstance(value, Mapping):
            found.setdefault(name, []).append(at)
        node = platform_schema()["$defs"][name]
    for choice in node.get("anyOf", ()):
        if _may_be(choice, value):
            _walk(choice, value, at, found)
    for key, inner, item in _inner(node, value):
        _walk(inner, item, (*at, key), found)


def _may_be(choice: Mapping[str, Any], value: Any) -> bool:
    target = platform_schema()["$defs"].get(choice.get("$ref", "").removeprefix("#/$defs/"), choice)
    if isinstance(value, Mapping):
        return not set(value) - set(target.get("properties", value))
    return isinstance(value, list) and "items" in target


def _inner(node: Mapping[str, Any], value: Any) -> Iterator[tuple[str | int, Mapping[str, Any], Any]]:
    """What a list or a mapping holds, each with the schema that describes it."""
    if isinstance(value, list) and isinstance(node.get("items"), Mapping):
        yield from ((number, node["items"], item) for number, item in enumerate(value))
    if isinstance(value, Mapping):
        for key, item in value.items():
            inner = node.get("properties", {}).get(key, node.get("additionalProperties"))
            if isinstance(inner, Mapping):
                yield key, inner, item


def _values(node: Mapping[str, Any], old: Any, where: str, site: Steps) -> Iterator[Any]:
    """Other values than the old one, the likeliest first; UNSET where the property may be left out."""
    seen = [json.dumps(old, default=str)]
    for value in (*_likely(node, old), *_special(node, where, site), UNSET):
        if (text := json.dumps(value, default=str)) not in seen:
            seen.append(text)
            yield value


def _likely(node: Mapping[str, Any], old: Any) -> Iterator[Any]:
    if node.get("type") == "boolean" or isinstance(old, bool):
        yield not (node.get("default") if old is UNSET else old)
    for choice in (node, *node.get("anyOf", ())):
        yield from choice.get("enum", ())
    yield from node.get("examples", ())
    base = node.get("default") if old is UNSET else old
    if isinstance(base, (int, float)) and not isinstance(base, bool):
        yield from (base * 2, base // 2, base + 1, base - 1)
    if isinstance(base, str) and (found := _QUANTITY.match(base)):
        number = int(float(found[1]))
        yield from (f"{each}{found[2]}" for each in (number // 2, number * 2, number + 1, number - 1))
    if isinstance(old, list):
        yield from (old[:-1], [*old, *(item for each in node.get("examples", ()) for item in each)])
    if isinstance(old, Mapping):
        yield from ({key: item for key, item in old.items() if key != left} for left in old)
    if isinstance(old, str):
        yield from (f"{old}-b", f"{old}2")


def _special(node: Mapping[str, Any], where: str, site: Steps) -> Iterator[Any]:
    """What only this platform knows: its components, their alarms, their resources."""
    platform = _platform(where)
    if '"x-form": "a name in kebab-case"' in json.dumps(node):
        yield "elsewhere"
    component = next((c for c in platform.components.values() if c.path == site), None)
    if component is None:
        yield from (name for name in platform.components)
        return
    alarms = [alarm.name for alarm in all_kinds()[component.kind].alarms(component, platform)]
    if "AlarmSetting" in json.dumps(node) and alarms:
        yield {alarms[0]: False}
    if "ResourcePatch" in json.dumps(node):
        yield from (_override(*found) for found in _resources(where, component.name))


def _override(resource: str, has_metadata: bool) -> list[dict[str, Any]]:
    path, value = ("/Metadata/Note", "seen") if has_metadata else ("/Metadata", {"Note": "seen"})
    patch = {"op": "add", "path": path, "value": value}
    return [{"resource": resource, "patch": [patch], "reason": "a note for whoever reads the template"}]


@cache
def _resources(where: str, component: str) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (name, "Metadata" in stack.template["Resources"][name])
        for stack in assembly(example(where), where).stacks
        for name, origin in sorted(stack.origins.items())
        if origin.component == component
    )[:2]
