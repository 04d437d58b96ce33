"""The table of contents: how a spec becomes an assembly, one pass a line."""

from __future__ import annotations

from compiler.assembly import Assembly
from compiler.diagnostics import Diagnostic, SpecError
from compiler.document import Document
from compiler.model import Platform
from compiler.package import Sources
from compiler.resolve import resolve
from compiler.schema import platform_schema
from compiler.validate import validate


def check(document: Document) -> None:
    """Everything that can be wrong with a spec short of building it, for all its environments at once.

    Raises SpecError.
    """
    problems: list[Diagnostic] = []
    for environment in environments(document):
        try:
            resolve(document, environment)
        except SpecError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise SpecError(problems)


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
    from compiler.synthesize import (
        synthesize,
    )  # late: troposphere costs 70 ms, and validation needs none of it

    return synthesize(understand(document, environment), sources)
