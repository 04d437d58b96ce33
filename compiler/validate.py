"""A document and the schema -> every problem, in the words of the spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from compiler.diagnostics import Diagnostic, Position
from compiler.units import quantity
from compiler.wording.explain_alternatives import problems_of
from compiler.wording.explain_schema_error import Problem
from compiler.words import Path

Locate = Callable[[Path], Position]
VERSION_KEY = "schema_version"


def validate(
    data: Mapping[str, Any], schema: Mapping[str, Any], position: Locate, value_position: Locate
) -> list[Diagnostic]:
    """Every problem, sorted by place, each once; none exactly when the data fits the schema.

    `position` finds the key at a path, `value_position` the value. The data is plain dicts, lists and
    scalars without NaN or infinities, as `document.load` gives it. The schema is draft 2020-12 that refers
    to `#/$defs/` only and may say `x-form` (what a value must be, in words), `x-minimum` and `x-maximum` (of
    texts with a unit).
    """
    errors = _validator_class()(schema).iter_errors(data)
    problems = {problem for error in errors for problem in problems_of(error, schema)}
    found = {_diagnostic(problem, position, value_position) for problem in _most_telling(problems)}
    return sorted(found)


def _diagnostic(problem: Problem, position: Locate, value_position: Locate) -> Diagnostic:
    at = position(problem.path) if problem.about == "key" else value_position(problem.path)
    names_version = problem.path[:1] == (VERSION_KEY,) or f"needs the key '{VERSION_KEY}'" in problem.message
    code = "E007" if names_version and len(problem.path) <= 1 else problem.code
    return Diagnostic(at, code, problem.message, fix=problem.fix)


def _most_telling(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Without "must be text" where "must be one of a, b or c" says more about the same value."""
    by_place: dict[Path, set[str]] = {}
    for problem in problems:
        by_place.setdefault(problem.path, set()).add(problem.code)
    for problem in problems:
        if not (problem.code == "E103" and problem.about == "value" and "E104" in by_place[problem.path]):
            yield problem


@cache
def _validator_class() -> Any:
    # Late, because the import takes longer than compiling a small spec.
    from jsonschema import Draft202012Validator, validators

    extend: Any = validators.extend
    own = {
        "x-minimum": _x_minimum,
        "x-maximum": _x_maximum,
        "pattern": _pattern,
        "properties": _properties,
        "propertyNames": _property_names,
    }
    return extend(Draft202012Validator, own)


def _x_minimum(validator: Any, limit: str, value: Any, schema: Any) -> Iterator[Exception]:
    if _compare(value, limit) < 0:
        yield _error(f"less than {limit}")


def _x_maximum(validator: Any, limit: str, value: Any, schema: Any) -> Iterator[Exception]:
    if _compare(value, limit) > 0:
        yield _error(f"more than {limit}")


def _compare(value: Any, limit: str) -> float:
    """Below, equal to or above zero; 0 for what is no quantity of the same kind, which `pattern` refuses."""
    try:
        given, bound = quantity(value), quantity(limit)
    except (TypeError, ValueError):
        return 0
    return given.amount - bound.amount if given.dimension == bound.dimension else 0


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[Exception]:
    # In JSON Schema `$` is the very end; Python's also stands before a last line end, which no name may have.
    strict = f"{pattern[:-1]}\\Z" if pattern.endswith("$") and not pattern.endswith("\\$") else pattern
    if isinstance(value, str) and not re.search(strict, value):
        yield _error("no match")


def _properties(validator: Any, properties: Any, value: Any, schema: Any) -> Iterator[Exception]:
    """jsonschema's own loses the path of a key whose schema is `false`."""
    for key, part in properties.items() if isinstance(value, dict) else ():
        if key in value and part is False:
            yield _error("not allowed", validator="forbidden", instance=value[key], schema=part, path=[key])
        elif key in value:
            yield from validator.descend(value[key], part, path=key, schema_path=key)


def _property_names(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[Exception]:
    """One error per bad name, which knows the name and its rule; jsonschema's own mixes them with values."""
    if not isinstance(value, dict):
        return
    checker = validator.evolve(schema=rule)
    for name in value:
        if not checker.is_valid(name):
            yield _error(
                "bad name", validator="propertyNames", instance=name, schema=rule, validator_value=rule
            )


def _error(message: str, **details: Any) -> Exception:
    from jsonschema import ValidationError

    return ValidationError(message, **details)
