"""The table of contents: how a spec becomes an assembly, one pass a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from compiler.assembly import Assembly
from compiler.diagnostics import Diagnostic, SpecError
from compiler.document import Document
from compiler.model import Platform
from compiler.package import Sources
from compiler.resolve import resolve
from compiler.schema import platform_schema
from compiler.validate import validate

Made = TypeVar("Made")


def check(document: Document) -> None:
    """Everything that can be wrong with a spec short of building it, for all its environments at once.

    Raises SpecError.
    """
    _each(environments(document), lambda name: resolve(document, name))


def environments(document: Document) -> tuple[str, ...]:
    """The names of the spec's environments, sorted; SpecError when the spec does not fit the schema."""
    problems = validate(document.data, platform_schema(), document.position, document.value_position)
    if problems:
        raise SpecError(problems)
    return tuple(sorted(document.data["environments"]))


def understand(document: Document, environment: str) -> Platform:
    """One environment of a spec, resolved."""
    environments(document)
    return resolve(document, environment)


def compile_spec(document: Document, environment: str, sources: Sources) -> Assembly:
    """One environment of a spec, compiled; SpecError with every problem found."""
    (assembly,) = compile_all(document, environment, sources)
    return assembly


def compile_all(document: Document, environment: str | None, sources: Sources) -> list[Assembly]:
    """One environment of a spec, or all of them, compiled; SpecError with the problems of all."""
    # Late: troposphere costs 70 ms, and validation needs none of it.
    from compiler.synthesize import synthesize

    known = environments(document)
    names = known if environment is None else (environment,)
    return _each(names, lambda name: synthesize(resolve(document, name), sources))


def _each(names: Iterable[str], make: Callable[[str], Made]) -> list[Made]:
    """What is made for each environment; SpecError with the problems of all of them."""
    made: list[Made] = []
    problems: list[Diagnostic] = []
    for name in names:
        try:
            made.append(make(name))
        except SpecError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise SpecError(problems)
    return made
