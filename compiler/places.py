"""Which stack holds what a component adds: a function of the component alone, never of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from compiler import names
from compiler.diagnostics import Diagnostic
from compiler.kind import LAYERS, Layer
from compiler.model import Component, Platform
from compiler.registry import all_kinds

ALARMS = "-alarms"


class Place(NamedTuple):
    """A stack: the one of its layer, or one that the spec names."""

    layer: Layer
    label: str = ""

    @property
    def called(self) -> str:
        """What people call the stack, and the end of its name."""
        return self.label or self.layer


def home_layer(component: Component) -> Layer:
    """The layer of a component's own resources."""
    return all_kinds()[component.kind].home(component.spec)


def place(component: Component, layer: Layer) -> Place:
    """The stack that holds what a component adds to a layer.

    A component with a `stack` has its own resources there and its alarms beside it; what it adds elsewhere,
    such as its security group, stays with its like.
    """
    label = getattr(component.spec, "stack", None)
    if label and layer == home_layer(component):
        return Place(layer, label)
    if label and layer == "observability":
        return Place(layer, label + ALARMS)
    return Place(layer)


def stack_name(where: Place, platform: Platform) -> str:
    """The physical name of a stack."""
    return names.physical(platform.name, platform.environment.name, where.called)


def sort_key(found: Place) -> tuple[int, str]:
    """Sorts stacks as layers are deployed, a layer's own stack first."""
    return LAYERS.index(found.layer), found.label


def place_problems(platform: Platform) -> Iterator[Diagnostic]:
    """E215: stacks that the spec names as a layer is called, or uses in two layers."""
    layers: dict[str, tuple[Layer, str]] = {}
    for component in platform.components.values():
        label = getattr(component.spec, "stack", None)
        if not label or component.adopted:
            continue
        layer, first = layers.setdefault(label, (home_layer(component), component.name))
        position = platform.position((*component.path, "stack"))
        for message in _wrong(component, label, layer, first):
            yield Diagnostic(position, "E215", message)


def _wrong(component: Component, label: str, layer: Layer, first: str) -> Iterable[str]:
    if label in LAYERS or label.endswith(ALARMS):
        own = f"names of layers ({', '.join(LAYERS)}) and names in '{ALARMS}' are Formwork's own"
        yield f"no stack can be called '{label}': {own}; choose another name"
    elif (here := home_layer(component)) != layer:
        yield (
            f"the stack '{label}' holds '{first}' of the {layer} layer, so it cannot hold "
            f"'{component.name}' of the {here} layer; give one of them another stack"
        )
