"""Assembly + account -> what CloudFormation finds of every live stack, all searched at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from compiler.assembly import Assembly, Stack
from compiler.deploy import guard, regions, shown
from compiler.deploy.clock import Clock, SystemClock
from compiler.deploy.door import Aws
from compiler.deploy.doors.drift import ResourceDrift
from compiler.deploy.records import LiveStack
from compiler.deploy.status import State, state
from compiler.deploy.waiting import Waiting, together

# Seconds. Drift detection takes "several minutes" for a large stack (CloudFormation user guide, "Detect drift
# on an entire CloudFormation stack"), and reads each resource one after the other.
PATIENCE = 1800
# Logical ids of one search. Source: CloudFormation API reference, DetectStackDrift, LogicalResourceIds, 2026.
MOST = 200
NOT_DEPLOYED = "it is not deployed"


@dataclass(frozen=True)
class Searched:
    """One stack: as it is deployed, and how far its resources are from that."""

    stack: Stack  # with the template that is deployed
    drifts: tuple[ResourceDrift, ...] = ()
    obstacle: str = ""  # why it could not be searched
    only: frozenset[str] | None = None  # the logical ids that were looked at; None for all


def search(
    assembly: Assembly, aws: Aws, clock: Clock | None = None, components: Collection[str] = ()
) -> tuple[Searched, ...]:
    """What is found of the assembly's live stacks, in its order; only of some components, if they are named.

    RefusedError in the wrong account or region, or when a stack of this name is somebody else's; DeployError
    when AWS does not let us search.
    """
    guard.check_place(assembly, aws)
    clock = clock or SystemClock()
    live = regions.survey(assembly, aws)
    flows: dict[str, Waiting[Searched]] = {}
    for stack in (*assembly.stacks, *_strangers(assembly, live)):
        only, found = _of(stack, components), live.get(stack.name)
        if only == frozenset():
            continue
        if found:
            guard.check_owned(found, assembly)
        flows[stack.name] = _searching(stack, found, aws.in_region(stack.region), clock, only)
    return tuple(together(flows, clock).values())


def _strangers(assembly: Assembly, live: Mapping[str, LiveStack]) -> Iterator[Stack]:
    """The live stacks of the environment that the spec no longer has."""
    own = {stack.name for stack in assembly.stacks}
    for name in sorted({*live} - own):
        if guard.belongs(live[name], assembly):
            region = "" if live[name].region == assembly.region else live[name].region
            yield Stack(name, "", {}, {}, (), (), {}, (), label=name, region=region)


def _of(stack: Stack, components: Collection[str]) -> frozenset[str] | None:
    if not components:
        return None
    return frozenset(name for name, origin in stack.origins.items() if origin.component in components)


def _searching(
    stack: Stack, live: LiveStack | None, aws: Aws, clock: Clock, only: frozenset[str] | None
) -> Waiting[Searched]:
    if live is None:
        return Searched(stack, obstacle=NOT_DEPLOYED, only=only)
    if state(live.status) is not State.READY:
        return Searched(stack, obstacle=f"it is in {live.status}", only=only)
    deployed = replace(stack, template=shown.deployed(live.name, aws))
    present = frozenset(deployed.template.get("Resources") or {})
    wanted = sorted(only & present) if only is not None else []
    if only is not None and not wanted:
        return Searched(deployed, only=only)
    end = clock.now() + PATIENCE
    detection = aws.detect_drift(live.name, wanted if len(wanted) <= MOST else ())
    yield
    while (found := aws.detection(detection)).status == "DETECTION_IN_PROGRESS":
        if clock.now() > end:
            return Searched(
                deployed, obstacle=f"the search did not end in {PATIENCE // 60} minutes", only=only
            )
        yield
    drifts = aws.drifts(live.name)
    # CloudFormation calls a search failed when a single resource could not be read; the others are there.
    if found.status == "DETECTION_FAILED" and not drifts:
        return Searched(deployed, obstacle=found.reason.rstrip(". ") or "the search failed", only=only)
    kept = (drift for drift in drifts if only is None or drift.logical_id in only)
    return Searched(deployed, tuple(kept), only=only)
