"""Estimates for tests: of small specs, and of templates as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from compiler import pipeline
from compiler.assembly import Assembly, Origin, Stack
from compiler.cost.estimate import Estimate, Line
from compiler.cost.price import estimate
from compiler.document import load
from compiler.pricing.book import shipped
from tests.specs import CODE

BOOK = shipped()


def of_spec(spec: str, environment: str = "production") -> Estimate:
    """The estimate of one environment of a whole spec; every code folder holds one small file."""
    return estimate(compiled(spec, environment), BOOK)


def compiled(spec: str, environment: str = "production") -> Assembly:
    """One environment of a whole spec."""
    return pipeline.compile_spec(load(spec.encode(), "spec.yaml"), environment, lambda folder: CODE)


def assembly(
    resources: Mapping[str, Any], use: Mapping[str, float] | None = None, region: str = "us-east-1"
) -> Assembly:
    """One stack with these resources, all of the component `thing`."""
    origins = {name: Origin("thing", f"things.{name}") for name in resources}
    stack = Stack("shop-dev-data", "data", {"Resources": resources}, {}, (), (), origins, ())
    usage = {"thing": use} if use else {}
    return Assembly("shop", "dev", "dev", region, None, {}, (stack,), (), usage=usage)


def of(resources: Mapping[str, Any], use: Mapping[str, float] | None = None) -> Estimate:
    """The estimate of these resources in us-east-1."""
    return estimate(assembly(resources, use), BOOK)


def expected(found: Estimate, wanted: Callable[[Line], bool]) -> float:
    """The expected USD of the lines that fit."""
    return sum(line.usd.expected for line in found.lines if wanted(line))


def priced(found: Estimate) -> dict[str, tuple[float, float, float]]:
    """The amounts of all priced lines by their price, in cents' precision."""
    sums: dict[str, list[float]] = {}
    for line in found.lines:
        if line.state == "priced":
            known = sums.setdefault(line.price, [0.0, 0.0, 0.0])
            sums[line.price] = [a + b for a, b in zip(known, line.usd, strict=True)]
    return {price: (round(a, 2), round(b, 2), round(c, 2)) for price, (a, b, c) in sums.items()}


def open_lines(found: Estimate) -> set[tuple[str, str]]:
    """What depends on use that nobody declared: what it is, and what would tell."""
    return {(line.what, line.note) for line in found.lines if line.state == "usage"}


def unpriced(found: Estimate) -> dict[str, str]:
    """Why resources have no price, by logical id."""
    return {line.logical_id: line.note for line in found.lines if line.state == "unpriced"}
