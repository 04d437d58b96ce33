"""Removals -> the resources that AWS itself would refuse to delete, known before anything is deleted.

A deletion that AWS refuses halfway leaves an environment without what uses it. Source: the properties of the
CloudFormation resource reference, 2026-11; `DeletionPolicy: Retain` leaves the resource alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.assembly import Assembly
from compiler.deploy.errors import RefusedError
from compiler.deploy.prepared import Removal
from compiler.deploy.status import UPDATABLE, state

_PROPERTIES = ("DeletionProtection", "DeletionProtectionEnabled")
_ATTRIBUTE = "deletion_protection.enabled"  # of load balancers, which have a list of them
_KEPT = ("Retain", "RetainExceptOnCreate")


def check(assembly: Assembly, removals: Iterable[Removal]) -> None:
    """RefusedError when the deployed templates protect what is to be deleted, with what to write in the spec.

    A stack that takes no deployment now is let through: that could not turn the protection off.
    """
    found = [each for each in removals if state(each.live.status) in UPDATABLE]
    named = [f"{each.live.name}/{name}" for each in found for name in _protected(each.template)]
    if not named:
        return
    parts = sorted({part for each in found for part in _components(assembly, each)})
    where = f" of {', '.join(parts)}" if parts else " (or the property that the resource has for it)"
    raise RefusedError(
        f"AWS would refuse to delete what its deletion protection covers: {', '.join(named)}",
        f"nothing was deleted; if they really are to go, write `deletion_protection: false`{where} in "
        f"environment '{assembly.environment}' (in production with a waiver, as `formwork validate` says), "
        "deploy that, and run again",
    )


def _protected(template: Mapping[str, Any]) -> Iterator[str]:
    for name, resource in sorted(template.get("Resources", {}).items()):
        if resource.get("DeletionPolicy") not in _KEPT and _is_on(resource.get("Properties") or {}):
            yield name


def _is_on(properties: Mapping[str, Any]) -> bool:
    if any(_is_true(properties.get(name)) for name in _PROPERTIES):
        return True
    attributes = properties.get("LoadBalancerAttributes")
    listed = attributes if isinstance(attributes, list) else []
    return any(
        isinstance(e, dict) and e.get("Key") == _ATTRIBUTE and _is_true(e.get("Value")) for e in listed
    )


def _is_true(value: object) -> bool:
    """CloudFormation takes both; what a parameter or a condition decides is not known here."""
    return value is True or value == "true"


def _components(assembly: Assembly, removal: Removal) -> Iterator[str]:
    origins = next((s.origins for s in assembly.stacks if s.name == removal.live.name), {})
    for name in _protected(removal.template):
        if name in origins:
            yield origins[name].component
