"""Target groups: which targets are not healthy, and what the load balancer says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence.looks import Looks, Subject

TYPES = ("AWS::ElasticLoadBalancingV2::TargetGroup",)
HEALTH = Read("elbv2", "DescribeTargetHealth", "TargetHealthDescriptions")
READS = (HEALTH,)
SHOWN = 10


def look(subject: Subject, looks: Looks) -> Iterator[Evidence]:
    """The targets of the group itself."""
    return of_group(subject, looks, subject.physical_id)


def of_group(subject: Subject, looks: Looks, arn: str) -> Iterator[Evidence]:
    """The targets of a group that is part of the subject; the healthy ones are not worth a word."""
    found = looks.find(HEALTH, TargetGroupArn=arn)
    sick = [target for target in found if target.get("TargetHealth", {}).get("State") != "healthy"]
    name = arn.split("/")[1] if arn.count("/") > 1 else arn
    return subject.evidence("targets", f"targets of {name}", [_line(target) for target in sick[:SHOWN]])


def _line(target: Mapping[str, Any]) -> str:
    health, where = target.get("TargetHealth", {}), target.get("Target", {})
    why = " ".join(filter(None, [health.get("Reason"), health.get("Description")]))
    return (
        f"{where.get('Id', '')}:{where.get('Port', '')} {health.get('State', '')}{f': {why}' if why else ''}"
    )
