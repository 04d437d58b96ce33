"""Platform -> Assembly: asks each kind for its resources, splits them into stacks, wires and tags them."""

from __future__ import annotations

from typing import Any

from troposphere import Join, Output, Parameter

from compiler import names
from compiler.assembly import BOOTSTRAP, Assembly, Stack, Wire, dumps
from compiler.blocks.cloudwatch import add_alarm
from compiler.diagnostics import Diagnostic, SpecError
from compiler.draft import Draft, DraftScope
from compiler.kind import LAYERS, Layer
from compiler.model import Component, Platform
from compiler.package import Sources
from compiler.registry import all_kinds
from compiler.stateful import STATEFUL

# Source: CloudFormation user guide, "Understand CloudFormation quotas", 2026.
LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200}
MAX_TEMPLATE_BYTES = 1_000_000


def synthesize(platform: Platform, sources: Sources) -> Assembly:
    """The assembly of a platform; SpecError with every E2xx and E3xx that only shows when building."""
    draft = Draft(platform, sources)
    problems: list[Diagnostic] = []
    for component in platform.components.values():
        try:
            _build(component, draft)
        except SpecError as error:
            problems.extend(error.diagnostics)
    stacks = [_stack(layer, draft) for layer in LAYERS if draft.resources[layer]]
    problems += [problem for stack in stacks for problem in _over_limits(stack, platform)]
    if problems or draft.problems:
        raise SpecError([*problems, *draft.problems])
    environment = platform.environment
    return Assembly(
        platform=platform.name,
        environment=environment.name,
        profile=environment.profile,
        region=environment.region,
        account=environment.account,
        tags=draft.tags,
        stacks=tuple(stacks),
        assets=tuple(sorted(draft.assets.values(), key=lambda asset: asset.key)),
    )


def _build(component: Component, draft: Draft) -> None:
    kind = all_kinds()[component.kind]
    scope = DraftScope(draft, component, kind.layer)
    kind.builder.build(component, scope)
    for alarm in kind.alarms(component, draft.platform):
        add_alarm(alarm, scope)


def _stack(layer: Layer, draft: Draft) -> Stack:
    platform, wires = draft.platform, _wires(layer, draft)
    resources = draft.resources[layer]
    types = {resource.resource_type for resource in resources.values()}
    return Stack(
        name=_stack_name(layer, platform),
        layer=layer,
        template=_template(layer, draft),
        parameters=wires,
        depends_on=tuple(sorted({wire.stack for wire in wires.values()} - {BOOTSTRAP})),
        capabilities=("CAPABILITY_IAM",) if any(name.startswith("AWS::IAM::") for name in types) else (),
        origins=dict(sorted(draft.origins[layer].items())),
        stateful=tuple(sorted(name for name, found in resources.items() if found.resource_type in STATEFUL)),
    )


def _stack_name(layer: str, platform: Platform) -> str:
    return names.physical(platform.name, platform.environment.name, layer)


def _wires(layer: Layer, draft: Draft) -> dict[str, Wire]:
    wires = {}
    for name, (component, attribute) in sorted(draft.inputs[layer].items()):
        if component == BOOTSTRAP:
            wires[name] = Wire(BOOTSTRAP, attribute)
        else:
            home = draft.home(component, draft.attributes(component)[attribute])
            wires[name] = Wire(_stack_name(home, draft.platform), name)
    return wires


def _template(layer: Layer, draft: Draft) -> dict[str, Any]:
    """The template, put together here: troposphere's own stops at a limit with a bare error of its own."""
    platform = draft.platform
    about = platform.description or platform.name
    parameters = [
        _parameter(name, component, attribute, draft)
        for name, (component, attribute) in draft.inputs[layer].items()
    ]
    outputs = [Output(name, Value=value) for name, value in _outputs(layer, draft).items()]
    sections = {
        "Parameters": parameters,
        "Resources": list(draft.resources[layer].values()),
        "Outputs": outputs,
    }
    head = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{about} ({layer}, {platform.environment.name})",
    }
    return head | {name: _bodies(parts) for name, parts in sections.items() if parts}


def _bodies(parts: list[Any]) -> dict[str, Any]:
    return {part.title: part.to_dict() for part in sorted(parts, key=lambda part: str(part.title))}


def _parameter(name: str, component: str, attribute: str, draft: Draft) -> Parameter:
    if component == BOOTSTRAP:
        return Parameter(name, Type="String", Description="The bucket that holds deployment packages")
    offered = draft.attributes(component)[attribute]
    return Parameter(name, Type=offered.type, Description=f"{attribute.replace('_', ' ')} of {component}")


def _outputs(layer: Layer, draft: Draft) -> dict[str, Any]:
    """What later stacks need of this one, and what a component always shows."""
    wanted = {
        name: use for inputs in draft.inputs.values() for name, use in inputs.items() if use[0] != BOOTSTRAP
    }
    for name in draft.platform.components:
        for attribute, offered in draft.attributes(name).items():
            if offered.shown:
                wanted[names.parameter(name, attribute)] = (name, attribute)
    outputs = {}
    for name, (component, attribute) in wanted.items():
        offered = draft.attributes(component)[attribute]
        if draft.home(component, offered) == layer:
            outputs[name] = Join(",", offered.value) if isinstance(offered.value, list) else offered.value
    return outputs


def _over_limits(stack: Stack, platform: Platform) -> list[Diagnostic]:
    position = platform.position(())
    found = [
        f"the {stack.layer} stack has {len(stack.template.get(section, ()))} {section.lower()}, "
        f"CloudFormation allows {limit}; split the platform into two specs"
        for section, limit in LIMITS.items()
        if len(stack.template.get(section, ())) > limit
    ]
    size = len(dumps(stack.template).encode())
    if size > MAX_TEMPLATE_BYTES:
        found.append(
            f"the {stack.layer} template has {size} bytes, CloudFormation allows {MAX_TEMPLATE_BYTES}; "
            "split the platform into two specs"
        )
    return [Diagnostic(position, "E301", message) for message in found]
