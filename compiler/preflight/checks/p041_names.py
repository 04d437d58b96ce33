"""P041: names that the templates fix and that something else in the account has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from compiler.preflight.check import Hit, Look
from compiler.preflight.named import NAMED, Named
from compiler.preflight.site import Resource, Site

ID = "P041"
TITLE = "names that are taken"
SUMMARY = (
    "Things of the account that have a name which a template fixes, and which no stack of the platform "
    "holds: creating ours would fail. Very often these are log groups that a service made before, or that an "
    "earlier deployment left behind."
)
SOURCE = "CloudFormation user guide, 'Name type'; the API reference of each service"
READS = tuple(named.read for named in NAMED)


def looks(site: Site) -> Iterator[Look]:
    """One for each name, or for as many as one call takes."""
    for named in NAMED:
        names = {name: resource for resource in site.of(named.type) if (name := _name(site, resource, named))}
        ordered = sorted(names.items())
        for start in range(0, len(ordered), named.at_once):
            yield partial(_look, site, named, dict(ordered[start : start + named.at_once]))


def _name(site: Site, resource: Resource, named: Named) -> str | None:
    """The name that is still to be taken; None when there is none, or when ours has it already."""
    name = site.text(resource.properties.get(named.property))
    before = site.deployed.get(resource.key, {})
    return None if name == site.text(before.get(named.property)) else name


def _look(site: Site, named: Named, names: Mapping[str, Resource]) -> Iterator[Hit]:
    own = site.own_ids(named.type)
    for item in site.account.ask(named.read, **named.options(list(names))):
        name, id_ = named.name_of(item, list(names)), named.id_of(item)
        if name in names and id_ not in own:
            yield _taken(site, named, name, id_, names[name])


def _taken(site: Site, named: Named, name: str, id_: str, resource: Resource) -> Hit:
    holder = site.holder(id_)
    whose = f"stack {holder} holds it" if holder else "no stack of this platform holds it"
    message = f"{named.what} '{name}' exists already, and {whose}"
    return Hit("error", message, named.advice.format(name=name, region=site.region), resource)
