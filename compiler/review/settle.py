"""Two assemblies -> the same with everything carried out that is known: what is left differs in earnest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.assembly import Assembly, Stack
from compiler.review.evaluate import Known, alike, evaluated, is_known
from compiler.review.paths import MISSING, Leaf, scalar
from compiler.review.template_conditions import settled

Outputs = Mapping[str, Mapping[str, Any]]  # by stack, then by name; only those whose value is known
# What a parameter of these types holds is looked up by CloudFormation when it deploys.
_LOOKED_UP = "AWS::SSM::Parameter"


@dataclass
class Side:
    """One assembly, its stacks evaluated one after the other."""

    assembly: Assembly | None
    stacks: dict[str, Stack] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def result(self) -> Assembly | None:
        """The assembly with its evaluated stacks, in its own order."""
        if self.assembly is None:
            return None
        return replace(self.assembly, stacks=tuple(self.stacks[stack.name] for stack in self.assembly.stacks))


@dataclass(frozen=True)
class Settled:
    """Both sides, and what tells whether two values that are left come to the same all the same."""

    before: Assembly | None
    after: Assembly
    _known: Mapping[str, tuple[Known, Known]]

    def is_same(self, stack: str, leaf: Leaf) -> bool:
        """Whether a leaf of a stack differs only in how it is written."""
        if stack not in self._known or MISSING in (leaf.before, leaf.after):
            return False
        was, now = self._known[stack]
        return alike(evaluated(leaf.before, was.whole), evaluated(leaf.after, now.whole))


def settle(before: Assembly | None, after: Assembly) -> Settled:
    """Parameters, conditions, mappings and functions carried out on both sides as far as they are known.

    A value that another stack hands over counts as known only where it is on both sides, for what AWS has
    made of the other one may be the same.
    """
    old, new = Side(before), Side(after)
    for name in dict.fromkeys(stack.name for stack in (*after.stacks, *(before.stacks if before else ()))):
        sides = [(side, stack) for side in (old, new) if (stack := _stack(side.assembly, name))]
        given = [_given(stack, side.outputs) for side, stack in sides]
        unsure = {
            key
            for (_, stack), values in zip(sides, given, strict=True)
            for key in {*stack.parameters} - {*values}
        }
        for (side, stack), values in zip(sides, given, strict=True):
            _take(side, stack, {key: value for key, value in values.items() if key not in unsure})
    both = {name: (old.known[name], new.known[name]) for name in old.known if name in new.known}
    return Settled(old.result, new.result or after, both)


def _stack(assembly: Assembly | None, name: str) -> Stack | None:
    return next((stack for stack in assembly.stacks if stack.name == name), None) if assembly else None


def _take(side: Side, stack: Stack, given: Mapping[str, Any]) -> None:
    assert side.assembly is not None
    known = _known(stack, side.assembly, given)
    resources = {
        name: evaluated(resource, known) for name, resource in _present(stack, "Resources", known).items()
    }
    outputs = {name: evaluated(each, known) for name, each in _present(stack, "Outputs", known).items()}
    sections = {"Resources": resources} | ({"Outputs": outputs} if "Outputs" in stack.template else {})
    side.stacks[stack.name] = replace(stack, template={**stack.template, **sections})
    side.known[stack.name] = known
    values = {name: evaluated(each.get("Value"), known.whole) for name, each in outputs.items()}
    side.outputs[stack.name] = {name: value for name, value in values.items() if is_known(value)}


def _present(stack: Stack, section: str, known: Known) -> dict[str, Any]:
    """What a section holds, without what a condition leaves out, and without conditions that are met."""
    found = {}
    for name, each in (stack.template.get(section) or {}).items():
        holds = known.conditions.get(str(each.get("Condition")))
        if holds is not False:
            found[name] = {key: each[key] for key in each if key != "Condition"} if holds else each
    return found


def _known(stack: Stack, assembly: Assembly, given: Mapping[str, Any]) -> Known:
    declared = stack.template.get("Parameters") or {}
    defaults = {name: each["Default"] for name, each in declared.items() if "Default" in each}
    own = {name: value for name, value in defaults.items() if name not in stack.parameters}
    values = {
        name: _typed(value, str(declared[name].get("Type", "")))
        for name, value in {**own, **given}.items()
        if _is_plain(declared.get(name))
    }
    known = Known(values, _pseudo(stack, assembly), stack.template.get("Mappings") or {})
    return replace(known, conditions=settled(stack.template.get("Conditions") or {}, known))


def _is_plain(declared: Any) -> bool:
    """Whether the parameter means what is given for it, and may be shown."""
    if not isinstance(declared, Mapping) or scalar(declared.get("NoEcho", "")).lower() == "true":
        return False
    return _LOOKED_UP not in str(declared.get("Type"))


def _typed(value: Any, kind: str) -> Any:
    """Lists are given as one text."""
    if isinstance(value, list) or not (kind == "CommaDelimitedList" or kind.startswith("List<")):
        return value
    return [part.strip() for part in scalar(value).split(",")]


def _given(stack: Stack, outputs: Outputs) -> dict[str, Any]:
    """The values that are wired to the stack's parameters, as far as they are known."""
    wires = stack.parameters.items()
    return {
        name: outputs[wire.stack][wire.output]
        for name, wire in wires
        if wire.output in outputs.get(wire.stack, {})
    }


def _pseudo(stack: Stack, assembly: Assembly) -> dict[str, str]:
    """Source: CloudFormation template reference, "Pseudo parameters reference", 2026."""
    region = assembly.region_of(stack)
    china, government = region.startswith("cn-"), region.startswith("us-gov-")
    account = {"AWS::AccountId": assembly.account} if assembly.account else {}
    return {
        "AWS::Region": region,
        "AWS::StackName": stack.name,
        "AWS::Partition": "aws-cn" if china else "aws-us-gov" if government else "aws",
        "AWS::URLSuffix": "amazonaws.com.cn" if china else "amazonaws.com",
        **account,
    }
