"""Rules about updates that AWS refuses: the deployment would fail and be rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Rule
from compiler.review.paths import dotted
from compiler.review.rules.guards import shortened
from compiler.review.schemas import exclusive
from compiler.review.values import shorten, text

# Databases whose engine is another product, and cannot be turned into one in place. RDS for Oracle can change
# its edition (provider schema AWS::RDS::DBInstance, text of Engine, 2026-10-20).
_ENGINES = {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"}
_CONVERTED = "oracle-"
# Sources, 2026: RDS user guide, "Upgrading a DB instance engine version"; ElastiCache user guide, "Version
# management" (both: no downgrade); Amazon DocumentDB developer guide, "Upgrading".
_VERSIONED = _ENGINES | {"AWS::DocDB::DBCluster", "AWS::ElastiCache::ReplicationGroup"}
# What can grow and never shrink. Sources: RDS user guide, "Increasing DB instance storage capacity"; EBS user
# guide, "Modify a volume"; both 2026.
_GROWS = {"AWS::RDS::DBInstance": "AllocatedStorage", "AWS::EC2::Volume": "Size"}


def _name_taken(case: Case) -> Iterator[str]:
    """Source: CloudFormation user guide, "Name type": what has a custom name cannot be replaced, 2026."""
    before, after = case.before or {}, case.after or {}
    if case.action != "replace" or before.get("Type") != after.get("Type"):
        return
    named = [(name, case.new(name)) for name in exclusive(case.type)]
    if named and named[0][1] is not None and all(_stays(case, name) for name, _ in named):
        shown = ", ".join(f"{name} {shorten(text(value))}" for name, value in named if value is not None)
        kept = ", ".join(dotted(leaf.path) for leaf in case.leaves if leaf.recreation == "always")
        yield (
            f"it must be replaced, and CloudFormation refuses: the old one still has its name ({shown}) when "
            f"the new one is made; leave {kept or 'all'} as it was, or name it anew (rename the component): "
            "the new one begins empty"
        )


def _stays(case: Case, name: str) -> bool:
    moved = name in case.named or any(leaf.path[:1] == (name,) for leaf in case.leaves)
    return case.old(name) == case.new(name) and not moved


def _engine(case: Case) -> Iterator[str]:
    """Source: CloudFormation template reference, AWS::RDS::DBCluster, "Engine": replaced, 2026."""
    was, now = str(case.old("Engine")), str(case.new("Engine"))
    if case.type not in _ENGINES or not case.persists or was == now or "None" in (was, now):
        return
    if not (was.startswith(_CONVERTED) and now.startswith(_CONVERTED)) and _is_named(case):
        yield (
            f"no {was} becomes {now}, and a replacement would have the name of the old one; leave `engine` "
            "as it was, or add a database of another name with the new engine and move the data"
        )


def _is_named(case: Case) -> bool:
    """Otherwise CloudFormation replaces it: nothing refuses that."""
    return all(case.new(name) is not None and _stays(case, name) for name in exclusive(case.type))


def _version(case: Case) -> Iterator[str]:
    if case.type not in _VERSIONED or case.action == "replace" or case.old("Engine") != case.new("Engine"):
        return
    was, now = case.old("EngineVersion"), case.new("EngineVersion")
    if _is_back(_parts(was), _parts(now)):
        yield (
            f"EngineVersion goes back from {was} to {now}, which AWS refuses; write at least {was}, or "
            "restore a backup of the time before into a new one"
        )


def _is_back(was: tuple[int, ...], now: tuple[int, ...]) -> bool:
    """As far as both say: `16` may well be 16.4."""
    said = min(len(was), len(now))
    return was[:said] > now[:said]


def _parts(version: Any) -> tuple[int, ...]:
    """`16.4` -> (16, 4); nothing of what is no plain version."""
    parts = str(version).split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _shrinks(case: Case) -> Iterator[str]:
    name = _GROWS.get(case.type, "")
    was, now = case.old(name), case.new(name)
    if case.action == "modify" and was is not None and now is not None and shortened(was, now):
        yield f"{name} shrinks from {was} to {now} GiB, which AWS refuses; write at least {was}"


def _network(case: Case) -> Iterator[str]:
    """Sources, 2026: API references of RDS (ModifyDBSubnetGroup), ElastiCache (ModifyCacheSubnetGroup) and
    Elastic Load Balancing (SetSubnets): none of these leaves its VPC.
    """
    was, now = case.old("CidrBlock"), case.new("CidrBlock")
    if case.type == "AWS::EC2::VPC" and case.persists and was != now:
        yield (
            f"the block {was} cannot become {now}: groups of subnets and load balancers stay in the VPC that "
            "they were made in, so the deployment would fail halfway; leave the block as it was, or make an "
            "environment with the new block beside this one and move the data"
        )


RULES = (
    Rule("R161", "interrupting", "what has a name of its own must be replaced", _name_taken, refuses=True),
    Rule("R162", "interrupting", "a database gets another engine", _engine, refuses=True),
    Rule("R163", "interrupting", "an engine's version goes back", _version, refuses=True),
    Rule("R164", "interrupting", "a disk shrinks", _shrinks, refuses=True),
    Rule("R167", "interrupting", "a VPC gets another block", _network, refuses=True),
)
