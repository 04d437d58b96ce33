"""Random edits of a small platform: whatever their order, each deploys, and no value ends while used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.assembly import Assembly, Stack
from compiler.deploy import execute, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.prepared import Prepared
from tests.fake_values import Broken, WatchfulAws
from tests.fakes import FakeClock, a_stack, an_assembly

STACKS = ("shop-a", "shop-b", "shop-c", "shop-d")
NAMES = ("R0", "R1", "R2", "R3", "R4")


@dataclass(frozen=True)
class Item:
    """A resource: where it is, which of its kind it is, and whose values it takes."""

    home: str
    version: int = 0
    uses: frozenset[str] = frozenset()


Spec = dict[str, Item]


@st.composite
def specs(draw: st.DrawFn) -> tuple[tuple[str, ...], Spec]:
    """The order of the stacks, and what is in them; values travel from earlier resources and stacks only."""
    order = tuple(draw(st.permutations(STACKS)))
    found: Spec = {}
    for name in NAMES:
        if draw(st.integers(0, 3)):
            home = draw(st.sampled_from(order))
            before = [n for n, item in found.items() if order.index(item.home) <= order.index(home)]
            uses = draw(st.frozensets(st.sampled_from(before), max_size=2)) if before else frozenset()
            found[name] = Item(home, draw(st.integers(0, 1)), uses)
    return order, found


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[Assembly, str]]:
    """Assemblies, each with the stack of it that fails, or none."""
    made: list[tuple[Assembly, str]] = []
    last: tuple[tuple[str, ...], Spec] | None = None
    for _ in range(draw(st.integers(2, 4))):
        # Often only one thing is edited: then most of what is live stays.
        order, spec = draw(specs())
        if last and draw(st.booleans()):
            order, spec = last[0], _one_edit(draw, *last)
        last = order, spec
        made.append((compiled(order, spec), draw(st.sampled_from(["", "", *STACKS]))))
    return made


def _one_edit(draw: st.DrawFn, order: tuple[str, ...], spec: Spec) -> Spec:
    name = draw(st.sampled_from(NAMES))
    if name not in spec:
        return spec | {name: Item(draw(st.sampled_from(order)))}
    if draw(st.booleans()):
        return {
            other: replace(item, uses=item.uses - {name}) for other, item in spec.items() if other != name
        }
    return spec | {name: replace(spec[name], version=1 - spec[name].version, uses=frozenset())}


def compiled(order: tuple[str, ...], spec: Spec) -> Assembly:
    """The stacks of a spec; every value that is needed elsewhere is an output."""
    return an_assembly(*(stack for name in order if (stack := _stack(name, spec))))


def _stack(name: str, spec: Spec) -> Stack | None:
    own = {key: item for key, item in spec.items() if item.home == name}
    if not own:
        return None
    taken = {use for item in own.values() for use in item.uses if spec[use].home != name}
    given = {use for item in spec.values() if item.home != name for use in item.uses if use in own}
    resources: dict[str, dict[str, Any]] = {
        key: {
            # A new name is a replacement: the one in a change set, the other in the templates.
            "Name": f"{name}-{key}-{item.version}",
            "TopicName": f"{name}-{key}-{item.version}",
            **{use: {"Ref": use if spec[use].home == name else f"{use}Arn"} for use in sorted(item.uses)},
        }
        for key, item in own.items()
    }
    outputs = {f"{key}Arn": {"Ref": key} for key in sorted(given)}
    return a_stack(
        name, resources, outputs, {f"{use}Arn": f"{spec[use].home}.{use}Arn" for use in sorted(taken)}
    )


def failing(assembly: Assembly, name: str) -> Assembly:
    """The same, but that one stack fails."""
    return replace(assembly, stacks=tuple(_failing(s) if s.name == name else s for s in assembly.stacks))


def _failing(stack: Stack) -> Stack:
    template = json.loads(stack.body)
    next(iter(template["Resources"].values()))["Properties"]["Fail"] = "no"
    return replace(stack, template=template)


def run(aws: WatchfulAws, assembly: Assembly) -> None:
    """Deploys once; whatever ends too early must have been said."""
    before = len(aws.broken)
    with plan.make(assembly, aws, FakeClock()) as prepared:
        said = [f"{stack.stack}: {note}" for stack in prepared.plan.stacks for note in stack.notes]
        try:
            list(execute.run(prepared))
        finally:
            unsaid = [
                broken for broken in aws.broken[before:] if not any(_says(each, broken) for each in said)
            ]
            assert unsaid == [], told(prepared)


def _says(note: str, broken: Broken) -> bool:
    stack, _, resource = broken.source.partition("/")
    return note.startswith(f"{stack}: {resource} ") and "until" in note and broken.taker in note


def told(prepared: Prepared) -> list[tuple[str, str, str, list[str], tuple[str, ...]]]:
    return [
        (s.stack, s.phase, s.action, [f"{c.action} {c.logical_id}" for c in s.changes], s.notes)
        for s in prepared.plan.stacks
    ]


def deploy(aws: WatchfulAws, assembly: Assembly) -> None:
    """Deploys, if need be again: what comes out otherwise than was shown is shown anew."""
    for _ in range(4):
        try:
            run(aws, assembly)
        except RefusedError:
            continue
        break
    else:
        raise AssertionError("it is refused for ever")
    assert {stack.name for stack in aws.stacks()} == {stack.name for stack in assembly.stacks}
    for stack in assembly.stacks:
        assert json.loads(aws.template(stack.name)) == stack.template
        assert aws.change_sets(stack.name) == ()
    assert aws.dangling() == []


def attempts(made: list[tuple[Assembly, str]]) -> Iterator[tuple[Assembly, bool]]:
    for assembly, fails in made:
        if fails:
            yield failing(assembly, fails), fails in {stack.name for stack in assembly.stacks}
        else:
            yield assembly, False


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=edits())
def test_no_order_of_edits_locks_an_environment_or_breaks_what_runs(
    made: list[tuple[Assembly, str]],
) -> None:
    aws = WatchfulAws(refuses=True)
    for assembly, fails in attempts(made):
        if fails:
            with suppress(DeployError):
                run(aws, assembly)
        else:
            deploy(aws, assembly)
    deploy(aws, made[-1][0])
    assert aws.left == []
