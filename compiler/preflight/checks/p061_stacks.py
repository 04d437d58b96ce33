"""P061: stacks that have our names and are not ours, and the bootstrap stack."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy import bootstrap, guard
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Site

ID = "P061"
TITLE = "stacks"
SUMMARY = (
    "Stacks with a name that the environment wants and that belong to somebody else, and the bootstrap "
    "stack, which the first deployment makes where it is missing."
)
SOURCE = "CloudFormation API reference, DescribeStacks"
READS = ()


def looks(site: Site) -> Iterator[Look]:
    """One for the names, one for the bootstrap stack where one is needed."""
    yield partial(_taken, site)
    if _region(site) in bootstrap.needed(site.assembly):
        yield partial(_bootstrap, site)


def _taken(site: Site) -> Iterator[Hit]:
    for stack in site.stacks:
        live = site.live.get(stack.name)
        if live and not guard.belongs(live, site.assembly):
            message = f"stack {live.name} exists already and belongs to something else"
            yield Hit("error", message, "rename the platform or the environment, or delete the stack")


def _bootstrap(site: Site) -> Iterator[Hit]:
    name = bootstrap.name(_region(site))
    if name not in site.live:
        message = f"stack {name}, which holds the bucket for packages and templates, is not there yet"
        yield Hit("info", message, "the first deployment makes it")


def _region(site: Site) -> str:
    return "" if site.region == site.assembly.region else site.region
