"""What has been added for one stack -> its template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troposphere import AWSObject, Join, Output, Parameter

from compiler import judged, names
from compiler.assembly import BOOTSTRAP
from compiler.draft import Draft
from compiler.places import Place

Traveller = tuple[str, tuple[str, str]]  # the name of a value, the component that has it, and its attribute


def template(where: Place, travelling: Iterable[Traveller], draft: Draft) -> dict[str, Any]:
    """The template, put together here: troposphere's own stops at a limit with a bare error of its own.

    `travelling` is what leaves stacks (`travellers`); here, what leaves this one.
    """
    platform, holding = draft.platform, draft.places[where]
    about = platform.description or platform.name
    parameters = [
        _parameter(name, component, attribute, draft)
        for name, (component, attribute) in holding.inputs.items()
    ]
    outputs = [Output(name, Value=value) for name, value in _outputs(where, travelling, draft).items()]
    sections = {
        "Parameters": parameters,
        "Resources": list(holding.resources.values()),
        "Outputs": outputs,
    }
    head = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{about} ({where.called}, {platform.environment.name})",
    }
    bodies = {name: _bodies(parts) for name, parts in sections.items() if parts}
    raw = {name for name, made in holding.resources.items() if not isinstance(made, AWSObject)}
    judged.explain(bodies.get("Resources", {}), raw)
    return head | bodies


def _bodies(parts: Iterable[Any]) -> dict[str, Any]:
    return {part.title: part.to_dict() for part in sorted(parts, key=lambda part: str(part.title))}


def _parameter(name: str, component: str, attribute: str, draft: Draft) -> Parameter:
    if component == BOOTSTRAP:
        return Parameter(name, Type="String", Description="The bucket that holds deployment packages")
    offered = draft.attributes(component)[attribute]
    return Parameter(name, Type=offered.type, Description=f"{attribute.replace('_', ' ')} of {component}")


def _outputs(where: Place, travelling: Iterable[Traveller], draft: Draft) -> dict[str, Any]:
    """What other stacks need of this one, and what a component always shows."""
    outputs: dict[str, Any] = {}
    owners: dict[str, str] = {}
    for name, (owner, attribute) in travelling:
        offered = draft.attributes(owner)[attribute]
        if draft.home(owner, offered) == where:
            draft.tell_apart(owner, owners.setdefault(name, owner), name)
            outputs[name] = Join(",", offered.value) if isinstance(offered.value, list) else offered.value
    return outputs


def travellers(draft: Draft) -> list[Traveller]:
    """What leaves its stack, sorted, once all is drafted; in two stacks one name may mean two things."""
    used = {item for holding in draft.places.values() for item in holding.inputs.items()}
    shown = {
        (names.parameter(name, attribute), (name, attribute))
        for name, component in draft.platform.components.items()
        if not component.adopted
        for attribute, offered in draft.attributes(name).items()
        if offered.shown
    }
    return sorted((name, use) for name, use in used | shown if use[0] != BOOTSTRAP)
