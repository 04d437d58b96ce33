"""Assembly, book -> Estimate: asks the service of each resource for its charges and looks up their prices."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from compiler.assembly import Assembly
from compiler.cost import services
from compiler.cost.charge import Charge, Pricer, Unpriced
from compiler.cost.estimate import Estimate, Line, Range, State
from compiler.cost.subject import Resource, UnknownValueError, Whole
from compiler.cost.tellers import teller
from compiler.pricing.book import Book


def estimate(assembly: Assembly, book: Book) -> Estimate:
    """What an environment costs in a month; needs nothing but its templates and the declared use."""
    whole = Whole(assembly)
    lines = [line for resource in whole.resources.values() for line in _lines(resource, book)]
    free = Counter(each.type for each in whole.resources.values() if each.type in free_types())
    regions = {assembly.region_of(stack) for stack in assembly.stacks}
    return Estimate(
        platform=assembly.platform,
        environment=assembly.environment,
        region=assembly.region,
        lines=tuple(sorted(lines, key=_order)),
        free=dict(sorted(free.items())),
        elsewhere=tuple(sorted(region for region in regions if not book.knows(region))),
    )


@cache
def pricers() -> Mapping[str, Pricer]:
    """Who prices each resource type: found in the modules of `services`."""
    found: dict[str, Pricer] = {}
    for module in sorted(pkgutil.iter_modules(services.__path__), key=lambda module: module.name):
        found |= importlib.import_module(f"{services.__name__}.{module.name}").PRICERS
    return found


@cache
def free_types() -> Mapping[str, str]:
    """The resource types that cost nothing by themselves, and why."""
    found: Mapping[str, str] = json.loads(
        resources.files("compiler.cost").joinpath("free.json").read_text(encoding="utf-8")
    )
    return found


def _order(line: Line) -> tuple[str, ...]:
    return (line.component, line.stack, line.logical_id, line.what, line.price)


def _lines(resource: Resource, book: Book) -> Iterator[Line]:
    if resource.type in free_types():
        return
    pricer = pricers().get(resource.type)
    if pricer is None:
        yield _unpriced(resource, Unpriced("resource", f"{resource.type} is not in the price book"))
        return
    try:
        for charge in list(pricer(resource)):
            if isinstance(charge, Charge):
                yield _priced(resource, charge, book)
            else:
                yield _unpriced(resource, charge)
    except UnknownValueError as error:
        yield _unpriced(resource, Unpriced("resource", str(error)))
    except (AttributeError, KeyError, TypeError, ValueError):
        # Raw CloudFormation is not checked before it is linted, which says better what is wrong with it.
        yield _unpriced(resource, Unpriced("resource", "its properties are not of the shape that AWS takes"))


def _unpriced(resource: Resource, charge: Unpriced) -> Line:
    return _line(resource, charge.what, "unpriced", note=charge.why)


def _priced(resource: Resource, charge: Charge, book: Book) -> Line:
    price = book.price(charge.price, resource.region)
    if price is None:
        return _unpriced(resource, Unpriced(charge.what, f"the price book has no {charge.price}"))
    known = {
        "price": price.id,
        "unit": price.unit,
        "unit_usd": price.usd,
        "confidence": price.confidence,
    }
    if charge.quantity is None:
        told_by = teller(resource, charge)
        return _line(resource, charge.what, "usage", note=charge.key, teller=told_by, **known)
    usd = Range(*(price.cost(amount) for amount in charge.quantity))
    return _line(resource, charge.what, "priced", quantity=charge.quantity, usd=usd, **known)


def _line(resource: Resource, what: str, state: State, **known: Any) -> Line:
    return Line(
        component=resource.component,
        stack=resource.stack.called,
        logical_id=resource.logical_id,
        what=what,
        type=resource.type,
        region=resource.region,
        state=state,
        **known,
    )
