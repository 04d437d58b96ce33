"""What is deployed, and what was before -> an assembly that goes back wherever that touches no data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compiler.assembly import BOOTSTRAP, Assembly, Asset, Stack
from compiler.deploy.errors import DeployError


def without_data(now: Assembly, before: Assembly) -> Assembly:
    """The assembly with every stack as it was before in which nothing that holds data differs.

    DeployError when one of those needs a value that the others do not give any more.
    """
    earlier = {stack.name: stack for stack in before.stacks}
    stacks = tuple(_chosen(stack, earlier.get(stack.name)) for stack in now.stacks)
    mixed = replace(now, stacks=stacks, assets=_assets(now, before))
    if lacking := _lacking(mixed):
        raise DeployError(
            f"going back is not possible, for it lacks {', '.join(lacking)}",
            "deploy a corrected spec; what was deployed stays",
        )
    return mixed


def _chosen(now: Stack, before: Stack | None) -> Stack:
    if before is None or before.region != now.region:
        return now
    held = {*now.stateful, *before.stateful}
    return now if any(_resource(now, each) != _resource(before, each) for each in held) else before


def _resource(stack: Stack, logical_id: str) -> Any:
    return stack.template["Resources"].get(logical_id)


def _assets(now: Assembly, before: Assembly) -> tuple[Asset, ...]:
    both = {asset.key: asset for asset in (*before.assets, *now.assets)}
    return tuple(both[key] for key in sorted(both))


def _lacking(mixed: Assembly) -> list[str]:
    offered = {stack.name: stack.template.get("Outputs", {}).keys() for stack in mixed.stacks}
    wires = {wire for stack in mixed.stacks for wire in stack.parameters.values() if wire.stack != BOOTSTRAP}
    return sorted(f"{w.stack}.{w.output}" for w in wires if w.output not in offered.get(w.stack, ()))
