"""Assembly, door -> the sites to look at; read-only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from compiler.assembly import Assembly
from compiler.deploy import guard, regions
from compiler.deploy.door import Aws
from compiler.deploy.records import Identity, LiveResource, LiveStack
from compiler.preflight.site import Properties, Site


def sites(assembly: Assembly, aws: Aws, now: datetime, may_create_roles: bool = True) -> list[Site]:
    """One for each region of the environment, its own first.

    Raises RefusedError in the wrong account or region, DeployError when the stacks cannot be read.
    """
    caller = guard.check_place(assembly, aws)
    live = regions.survey(assembly, aws)
    there = sorted({stack.region for stack in assembly.stacks} - {""})
    return [_site(assembly, region, caller, live, aws, now, may_create_roles) for region in ("", *there)]


def _site(
    assembly: Assembly,
    region: str,
    caller: Identity,
    live: Mapping[str, LiveStack],
    aws: Aws,
    now: datetime,
    may_create_roles: bool,
) -> Site:
    door = aws.in_region(region)
    here = {s.name: s for s in live.values() if s.region == door.region and guard.belongs(s, assembly)}
    owned = {name: door.resources(name) for name in sorted(here)}
    return Site(
        assembly=assembly,
        region=door.region,
        caller=caller,
        account=door.account(),
        stacks=tuple(stack for stack in assembly.stacks if stack.region == region),
        live=live,
        owned=tuple(resource for found in owned.values() for resource in found if _is_there(resource)),
        deployed=dict(_deployed(owned, door)),
        now=now,
        may_create_roles=may_create_roles,
    )


def _is_there(resource: LiveResource) -> bool:
    return bool(resource.physical_id) and resource.status != "DELETE_COMPLETE"


def _deployed(
    owned: Mapping[str, tuple[LiveResource, ...]], door: Aws
) -> Iterator[tuple[tuple[str, str], Properties]]:
    for name, resources in owned.items():
        bodies = _bodies(door.template(name)) if resources else {}
        for resource in filter(_is_there, resources):
            body = bodies.get(resource.logical_id, {})
            yield (name, resource.logical_id), body.get("Properties", {})


def _bodies(template: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(template).get("Resources", {})
    except ValueError:
        return {}  # YAML, so not of our making
    return found
