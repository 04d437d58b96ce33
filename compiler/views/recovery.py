"""What losing a region costs -> text for people, data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from compiler import protection
from compiler.model import Platform
from compiler.outlook import Prospect, prospects, stateless
from compiler.protection import Outlook
from compiler.views.style import Style


def text(platform: Platform, style: Style) -> str:
    """Each component with its times, then what is lost, then what has to be deployed again."""
    found = prospects(platform)
    lines = [style.paint(_head(platform), "bold")]
    for prospect in found:
        if prospect.is_covered:
            lines += ["", *_covered(prospect, style)]
    if lost := [prospect for prospect in found if not prospect.is_covered]:
        lines += ["", style.paint("not covered", "yellow")]
        lines += [f"  {prospect.component} ({prospect.kind}): {prospect.reason}" for prospect in lost]
    if anew := stateless(platform):
        lines += ["", style.paint("not there until it is deployed there", "bold"), f"  {', '.join(anew)}"]
    return "\n".join(lines) + "\n"


def data(platform: Platform) -> dict[str, Any]:
    """The same, complete."""
    standing = protection.standing(platform)
    return {
        "platform": platform.name,
        "environment": platform.environment.name,
        "region": platform.environment.region,
        "second_region": protection.second_region(platform),
        "tier": standing.tier if standing else None,
        "components": [_entry(prospect) for prospect in prospects(platform)],
        "not_deployed_there": list(stateless(platform)),
    }


def _head(platform: Platform) -> str:
    standing, region = protection.standing(platform), protection.second_region(platform)
    what = f"{standing.tier} in {region}" if standing else f"copies of backups in {region}"
    return f"{platform.name} {platform.environment.name}: {what if region else 'no second region'}"


def _covered(prospect: Prospect, style: Style) -> Iterator[str]:
    yield f"{style.paint(prospect.component, 'bold')} ({prospect.kind})"
    for outlook in prospect.outlooks:
        yield f"  {outlook.how}"
        yield f"    RPO  {outlook.rpo}"
        yield f"    RTO  {outlook.rto}"
        yield f"    {style.paint(outlook.source, 'dim')}"


def _entry(prospect: Prospect) -> dict[str, Any]:
    return {
        "component": prospect.component,
        "kind": prospect.kind,
        "covered": prospect.is_covered,
        "by": list(_ways(prospect.outlooks)),
        "reason": prospect.reason or None,
    }


def _ways(outlooks: Iterable[Outlook]) -> Iterator[dict[str, str]]:
    return (outlook._asdict() for outlook in outlooks)
