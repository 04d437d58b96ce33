"""The table of contents: how a spec becomes an assembly, one pass a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from compiler.assembly import Assembly
from compiler.diagnostics import Diagnostic, SpecError
from compiler.document import Document
from compiler.judge import judge, merged
from compiler.model import Platform
from compiler.package import Sources
from compiler.resolve import resolve
from compiler.schema import platform_schema
from compiler.validate import validate

if TYPE_CHECKING:
    from compiler.draft import Draft

Given = TypeVar("Given")
Made = TypeVar("Made")


def platforms(document: Document, environment: str | None = None) -> list[Platform]:
    """One environment of a spec, or all of them, resolved; SpecError with the problems of all."""
    known = environments(document)
    return _each(known if environment is None else (environment,), lambda name: resolve(document, name))


def judged(found: Iterable[Platform], today: date) -> list[Diagnostic]:
    """What the rules say of platforms and only warn of, each thing once; SpecError when there is more."""
    said = merged(diagnostic for platform in found for diagnostic in judge(platform, today))
    if any(diagnostic.severity == "error" for diagnostic in said):
        raise SpecError(said)
    return said


def environments(document: Document) -> tuple[str, ...]:
    """The names of the spec's environments, sorted; SpecError when the spec does not fit the schema."""
    problems = validate(document.data, platform_schema(), document.position, document.value_position)
    if problems:
        raise SpecError(problems)
    return tuple(sorted(document.data["environments"]))


def understand(document: Document, environment: str) -> Platform:
    """One environment of a spec, resolved."""
    (found,) = platforms(document, environment)
    return found


def compile_spec(document: Document, environment: str, sources: Sources) -> Assembly:
    """One environment of a spec, compiled; SpecError with every problem found."""
    (assembly,) = assemble(platforms(document, environment), sources)
    return assembly


def compile_with_draft(document: Document, environment: str, sources: Sources) -> tuple[Assembly, Draft]:
    """One environment compiled, and what it was made from; SpecError with every problem found."""
    from compiler.synthesize import synthesize_with_draft  # late, as below

    return synthesize_with_draft(understand(document, environment), sources)


def assemble(found: Iterable[Platform], sources: Sources) -> list[Assembly]:
    """Platforms, compiled; SpecError with the problems of all."""
    # Late: troposphere costs 70 ms, and validation needs none of it.
    from compiler.synthesize import synthesize

    return _each(found, lambda platform: synthesize(platform, sources))


def _each(given: Iterable[Given], make: Callable[[Given], Made]) -> list[Made]:
    """What is made of each environment; SpecError with the problems of all of them."""
    made: list[Made] = []
    problems: list[Diagnostic] = []
    for each in given:
        try:
            made.append(make(each))
        except SpecError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise SpecError(problems)
    return made
