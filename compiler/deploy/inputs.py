"""Outputs of live stacks -> the parameters of a later one."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.assembly import BOOTSTRAP, Stack, Wire
from compiler.deploy import bootstrap

Outputs = Mapping[str, Mapping[str, str]]  # by stack, then by name; a stack without any is not live


def source(wire: Wire, stack: Stack) -> str:
    """The name of the stack that a value for `stack` comes from."""
    return bootstrap.name(stack.region) if wire.stack == BOOTSTRAP else wire.stack


def sources(stack: Stack) -> frozenset[str]:
    """Every stack that must be there before this one."""
    wired = {source(wire, stack) for wire in stack.parameters.values()}
    bucket = {bootstrap.name(stack.region)} if bootstrap.uses(stack) else set()
    return frozenset(wired | bucket | set(stack.depends_on))


def resolve(stack: Stack, outputs: Outputs) -> dict[str, str] | None:
    """The value of each parameter; None when one is not known yet."""
    values = {
        name: outputs.get(source(wire, stack), {}).get(wire.output) for name, wire in stack.parameters.items()
    }
    known = {name: value for name, value in values.items() if value is not None}
    return known if len(known) == len(values) else None


def unknown(stack: Stack, outputs: Outputs) -> list[str]:
    """What is not known, as `stack.output`, sorted."""
    wires = {(source(wire, stack), wire.output) for wire in stack.parameters.values()}
    return sorted(f"{name}.{key}" for name, key in wires if key not in outputs.get(name, {}))
