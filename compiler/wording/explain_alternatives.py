"""A value that fits none of several alternatives -> the problems of the alternative that was meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.wording.expectations import advice, allowed_values, expected, near, one_of, types
from compiler.wording.explain_schema_error import Error, Problem, explain, no_value, subject
from compiler.wording.mended_value import mended
from compiler.wording.schema_walk import Schema
from compiler.words import Path, dotted, either, shown, with_type

Group = list[Error]  # all errors of one alternative

CHOICES = ("anyOf", "oneOf")


def problems_of(error: Error, root: Schema) -> Iterator[Problem]:
    """What an error of any kind means; at least one problem."""
    if error.validator not in CHOICES:
        yield from explain(error, root)
    elif error.instance is None:
        yield no_value(tuple(error.absolute_path))
    elif not error.context:
        yield _too_many(error)
    else:
        yield from _choose(error, root)


def _choose(error: Error, root: Schema) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    groups = _groups(error)
    fitting = [group for group in groups if not _wrong_type(group)]
    meant = _discriminated(fitting)
    if not fitting:
        yield _none_fits(error, path, groups, "E103")
    elif len(meant) == 1:
        yield from _all(meant[0], root)
    elif all(_about_the_value_itself(group) for group in meant):
        yield _none_fits(error, path, meant, "E105")
    elif all(len(group) == 1 and group[0].validator == "required" and _at_top(group[0]) for group in meant):
        yield _one_key_missing(path, meant)
    else:
        # The nearest alternative is a guess: good enough to tell, not to change a spec by.
        guessed = (problem._replace(fix=None) for problem in _all(min(meant, key=_distance), root))
        yield from _same_key(meant) or guessed


def _groups(error: Error) -> list[Group]:
    found: dict[Any, Group] = {}
    for inner in error.context:
        found.setdefault(inner.relative_schema_path[0], []).append(inner)
    return list(found.values())


def _wrong_type(group: Group) -> bool:
    """Whether the alternative is for another type of value altogether."""
    return any(_at_top(error) and _is_type_error(error) for error in group)


def _is_type_error(error: Error) -> bool:
    if error.validator in CHOICES:
        return bool(error.context) and all(_wrong_type(group) for group in _groups(error))
    if error.validator in ("enum", "const"):
        return not any(type(value) is type(error.instance) for value in allowed_values(error.schema))
    return bool(error.validator == "type")


def _discriminated(groups: list[Group]) -> list[Group]:
    """The alternatives whose telling key (`engine: redis`) has the right value, if any; else all."""
    return [group for group in groups if not any(_tells(error) for error in group)] or groups


def _tells(error: Error) -> bool:
    return error.validator in ("enum", "const") and len(error.relative_path) == 1


def _about_the_value_itself(group: Group) -> bool:
    keywords = ("type", "enum", "const", "pattern", "minimum", "maximum", "x-minimum", "x-maximum")
    return all(_at_top(error) and error.validator in keywords for error in group)


def _at_top(error: Error) -> bool:
    return not error.relative_path


def _distance(group: Group) -> tuple[int, int]:
    """Few errors first, then those deep inside: the alternative that was followed furthest."""
    return len(group), -max(len(error.relative_path) for error in group)


def _all(group: Group, root: Schema) -> Iterator[Problem]:
    for error in group:
        yield from problems_of(error, root)


def _none_fits(error: Error, path: Path, groups: list[Group], code: str) -> Problem:
    schemas = [schema for group in groups for schema in _top_schemas(group)]
    values = [
        value
        for schema in schemas
        if "enum" in schema or "const" in schema
        for value in allowed_values(schema)
    ]
    wanted = error.schema.get("x-form") or either(dict.fromkeys(map(expected, _worth_saying(schemas))))
    shown_ = with_type(error.instance) if code == "E103" else shown(error.instance)
    if code == "E105" and len(values) >= len(schemas) and all("enum" in s or "const" in s for s in schemas):
        code, wanted = "E104", one_of(dict.fromkeys(values))
    help_ = near(error.instance, values) or advice(error.instance, schemas)
    fix = mended(path, error.instance, schemas, dict.fromkeys(values))
    return Problem(path, "value", code, f"{subject(path)} must be {wanted}, not {shown_}{help_}", fix)


def _top_schemas(group: Group) -> Iterator[Schema]:
    for error in group:
        if _at_top(error) and error.validator in CHOICES:
            yield from (schema for inner in _groups(error) for schema in _top_schemas(inner))
        elif _at_top(error):
            yield error.schema


def _worth_saying(schemas: list[Schema]) -> list[Schema]:
    return [schema for schema in schemas if types(schema) != ["null"]] or schemas


def _one_key_missing(path: Path, groups: list[Group]) -> Problem:
    missing = [key for group in groups for key in group[0].validator_value if key not in group[0].instance]
    keys = either(dict.fromkeys(f"'{key}'" for key in missing))
    return Problem(path, "key", "E102", f"{subject(path)} needs one of the keys {keys}")


def _same_key(groups: list[Group]) -> list[Problem]:
    """When every alternative asks for another value of the same key: one sentence with all of them."""
    telling = [error for group in groups for error in group if _tells(error)]
    places = {tuple(error.absolute_path) for error in telling}
    if len(places) != 1 or len(telling) < len(groups) or telling[0].instance is None:
        return []
    (path,) = places
    values = list(dict.fromkeys(value for error in telling for value in allowed_values(error.schema)))
    message = f"must be {one_of(values)}, not {shown(telling[0].instance)}{near(telling[0].instance, values)}"
    fix = mended(path, telling[0].instance, (), values)
    return [Problem(path, "value", "E104", f"{dotted(path)} {message}", fix)]


def _too_many(error: Error) -> Problem:
    path = tuple(error.absolute_path)
    wanted = [
        key for part in error.validator_value if isinstance(part, dict) for key in part.get("required", ())
    ]
    present = [
        f"'{key}'"
        for key in dict.fromkeys(wanted)
        if isinstance(error.instance, dict) and key in error.instance
    ]
    if len(present) > 1:
        message = f"{subject(path)} takes only one of the keys {', '.join(present[:-1])} and {present[-1]}"
    else:
        message = f"{subject(path)} can be read in more than one way; leave out what is not needed"
    return Problem(path, "value", "E210", message)
