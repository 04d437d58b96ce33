"""What is deployed, and what was before -> an assembly that goes back wherever that touches no data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from compiler.assembly import BOOTSTRAP, Assembly, Asset, Stack
from compiler.deploy.errors import DeployError
from compiler.review.moves import found, touched

Renames = Mapping[str, str]  # component -> what it was called before


def without_data(now: Assembly, before: Assembly) -> Assembly:
    """The assembly with every stack as it was before in which nothing that holds data differs.

    DeployError when one of those needs a value that the others do not give any more.
    """
    earlier = {stack.name: stack for stack in before.stacks}
    back = {stack.name for stack in now.stacks if _may_go_back(stack, earlier.get(stack.name))}
    back = _undivided(back, [*_linked(now, before)])
    stacks = tuple(earlier[stack.name] if stack.name in back else stack for stack in now.stacks)
    names = _components(earlier[name] for name in back)
    renames = {**now.renames, **_since(names, [now.renames])}
    renames = {new: old for new, old in renames.items() if old not in names}
    mixed = replace(now, stacks=stacks, assets=_assets(now, before), renames=renames)
    if lacking := _lacking(mixed):
        raise DeployError(
            f"going back is not possible, for it lacks {', '.join(lacking)}",
            "deploy a corrected spec; what was deployed stays",
        )
    return mixed


def renamed_since(before: Assembly, later: Iterable[Renames]) -> Assembly:
    """An earlier assembly that knows what its components were called `later`, the oldest first: going back
    to it gives them their old names again, instead of making empty ones beside them.
    """
    return replace(before, renames={**before.renames, **_since(_components(before.stacks), later)})


def _since(components: Iterable[str], later: Iterable[Renames]) -> dict[str, str]:
    """What each is called now, of those that have another name."""
    called = {component: component for component in components}
    for renames in later:
        newer = {old: new for new, old in renames.items()}
        called = {component: newer.get(name, name) for component, name in called.items()}
    return {component: name for component, name in sorted(called.items()) if component != name}


def _components(stacks: Iterable[Stack]) -> set[str]:
    return {origin.component for stack in stacks for origin in stack.origins.values()}


def _may_go_back(now: Stack, before: Stack | None) -> bool:
    if before is None or before.region != now.region:
        return False
    held = {*now.stateful, *before.stateful}
    return all(_resource(now, each) == _resource(before, each) for each in held)


def _linked(now: Assembly, before: Assembly) -> Iterator[set[str]]:
    """Stacks that go back together or not at all: between them something moved, or got another name.

    With one of two as it is and the other as it was, what moved would be in both of them, or in neither.
    """
    for move in found(before, now):
        yield {*touched((move,))}
    was = _components(before.stacks)
    for new, old in ((new, old) for new, old in now.renames.items() if old in was):
        yield {s.name for s in now.stacks if new in _components([s])} | {
            s.name for s in before.stacks if old in _components([s])
        }


def _undivided(back: set[str], linked: list[set[str]]) -> set[str]:
    """Those of the stacks that may go back that can do so without one that must not."""
    while stays := {name for group in linked if not group <= back for name in group & back}:
        back = back - stays
    return back


def _resource(stack: Stack, logical_id: str) -> Any:
    return stack.template["Resources"].get(logical_id)


def _assets(now: Assembly, before: Assembly) -> tuple[Asset, ...]:
    both = {asset.key: asset for asset in (*before.assets, *now.assets)}
    return tuple(both[key] for key in sorted(both))


def _lacking(mixed: Assembly) -> list[str]:
    offered = {stack.name: stack.template.get("Outputs", {}).keys() for stack in mixed.stacks}
    wires = {wire for stack in mixed.stacks for wire in stack.parameters.values() if wire.stack != BOOTSTRAP}
    return sorted(f"{w.stack}.{w.output}" for w in wires if w.output not in offered.get(w.stack, ()))
