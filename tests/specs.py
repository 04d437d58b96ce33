"""Small specs for tests: the head that every spec needs, and short ways to compile or to see problems."""

from __future__ import annotations

from datetime import date
from textwrap import dedent
from typing import Any

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.diagnostics import Diagnostic, SpecError
from compiler.document import Document, load
from compiler.model import Platform

HEAD = """\
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev}
  production: {profile: production}
"""
# Waivers end; that of the tests never comes nearer.
TODAY = date(2026, 11, 23)
CODE = {"app.py": b"def handler(event, context):\n    return {}\n"}


def document(body: str = "", head: str = HEAD) -> Document:
    """A spec with the usual head; `body` starts at line 7."""
    return load((head + dedent(body).lstrip("\n")).encode(), "spec.yaml")


def resolved(body: str, environment: str = "dev", head: str = HEAD) -> Platform:
    """The platform of a spec, with the usual head if no other is given."""
    return pipeline.understand(document(body, head), environment)


def compiled(body: str, environment: str = "dev") -> Assembly:
    """The assembly of a spec with the usual head; every code folder holds one small file."""
    return pipeline.compile_spec(document(body), environment, lambda folder: CODE)


def resources(assembly: Assembly, type_: str) -> dict[str, dict[str, Any]]:
    """All resources of one type, by logical id."""
    return {
        name: resource
        for stack in assembly.stacks
        for name, resource in stack.template["Resources"].items()
        if resource["Type"] == type_
    }


def problems(body: str, head: str = HEAD) -> list[str]:
    """What is wrong with a spec, a line each; every environment is checked, and built where it can be."""
    try:
        read = document(body, head)
        pipeline.platforms(read)
        for environment in pipeline.environments(read):
            pipeline.compile_spec(read, environment, lambda folder: CODE)
    except SpecError as error:
        return [str(diagnostic) for diagnostic in error.diagnostics]
    return []


def findings(body: str, head: str = HEAD, today: date = TODAY) -> list[str]:
    """What `formwork validate` says of a spec, a line each: everything wrong, else what the rules find."""
    try:
        said = pipeline.judged(pipeline.platforms(document(body, head)), today)
    except SpecError as error:
        said = list(error.diagnostics)
    return [line(diagnostic) for diagnostic in said]


def line(diagnostic: Diagnostic) -> str:
    """`spec.yaml:7:3 K001 error (production): ...`."""
    where = f" ({', '.join(diagnostic.environments)})" if diagnostic.environments else ""
    said = diagnostic
    return f"{said.position} {said.code} {said.severity}{where}: {said.message}"
