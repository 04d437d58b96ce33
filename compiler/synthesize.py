"""Platform -> Assembly: asks each kind for its resources, splits them into stacks, wires and tags them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.assembly import BOOTSTRAP, Assembly, Stack, Wire
from compiler.blocks.cloudwatch import add_alarms
from compiler.diagnostics import Diagnostic, SpecError
from compiler.draft import Draft, DraftScope
from compiler.model import Component, Platform
from compiler.overriding import override
from compiler.package import Sources
from compiler.places import Place, home_layer, sort_key, stack_name
from compiler.protection import region_of, second_region
from compiler.registry import all_kinds
from compiler.renames import renames
from compiler.stateful import STATEFUL
from compiler.template import template, travellers

# Source: CloudFormation user guide, "Understand CloudFormation quotas", 2026.
LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200}
MAX_TEMPLATE_BYTES = 1_000_000
# Resources with a name of their own that CloudFormation wants to be told of.
# Source: CloudFormation user guide, "Acknowledging IAM resources in CloudFormation templates".
NAMED_IAM = ("GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName")


def synthesize(platform: Platform, sources: Sources) -> Assembly:
    """The assembly of a platform; SpecError with every E2xx and E3xx that only shows when building."""
    return synthesize_with_draft(platform, sources)[0]


def synthesize_with_draft(platform: Platform, sources: Sources) -> tuple[Assembly, Draft]:
    """The same, and what it was made from: which connection a statement, a rule or a trigger comes from."""
    draft = Draft(platform, sources)
    problems: list[Diagnostic] = []
    for component in platform.components.values():
        try:
            _build(component, draft)
        except SpecError as error:
            problems.extend(error.diagnostics)
    travelling = travellers(draft)
    templates = {where: template(where, travelling, draft) for where in sorted(draft.places, key=sort_key)}
    problems += [*draft.problems, *override(templates, draft)]
    stacks = [_stack(where, found, draft) for where, found in templates.items() if "Resources" in found]
    problems += [problem for stack in stacks for problem in _over_limits(stack, platform)]
    if problems:
        raise SpecError(problems)
    environment = platform.environment
    assembly = Assembly(
        platform=platform.name,
        environment=environment.name,
        profile=environment.profile,
        region=environment.region,
        account=environment.account,
        tags=draft.tags,
        stacks=tuple(_in_order(stacks, platform)),
        assets=tuple(sorted(draft.assets.values(), key=lambda asset: asset.key)),
        migrators=tuple(sorted(draft.migrators, key=lambda migrator: migrator.component)),
        waivers=environment.waivers,
        usage=dict(_usage(platform)),
        budget=environment.budget,
        checks=environment.checks,
        execution_role=environment.execution_role,
        renames=renames(platform),
    )
    return assembly, draft


def _usage(platform: Platform) -> Iterable[tuple[str, Mapping[str, float]]]:
    """What is known of how much each component is used, of those that are made."""
    for name, component in platform.components.items():
        known = {} if component.adopted else all_kinds()[component.kind].usage(component.spec)
        if known:
            yield name, known


def _build(component: Component, draft: Draft) -> None:
    if component.adopted:  # whoever made it watches it too
        return
    kind = all_kinds()[component.kind]
    scope = DraftScope(draft, component, home_layer(component))
    kind.builder.build(component, scope)
    if second_region(draft.platform) and kind.recovery:
        kind.recovery.build(component, scope)
    add_alarms(scope)


def _stack(where: Place, body: Mapping[str, Any], draft: Draft) -> Stack:
    wires = _wires(where, draft)
    resources = body["Resources"]
    return Stack(
        name=stack_name(where, draft.platform),
        layer=where.layer,
        template=body,
        parameters=wires,
        depends_on=tuple(sorted({wire.stack for wire in wires.values()} - {BOOTSTRAP})),
        capabilities=_capabilities(body),
        origins=dict(sorted(draft.places[where].origins.items())),
        stateful=tuple(sorted(name for name, found in resources.items() if found["Type"] in STATEFUL)),
        label=where.label,
        region=region_of(where.layer, draft.platform),
    )


def _capabilities(body: Mapping[str, Any]) -> tuple[str, ...]:
    expands = ("CAPABILITY_AUTO_EXPAND",) if _transforms(body["Resources"]) else ()
    iam = [found for found in body["Resources"].values() if found["Type"].startswith("AWS::IAM::")]
    if any(name in found.get("Properties", {}) for found in iam for name in NAMED_IAM):
        return (*expands, "CAPABILITY_NAMED_IAM")
    return (*expands, "CAPABILITY_IAM") if iam else expands


def _transforms(value: Any) -> bool:
    """Whether a macro changes the template, which only raw CloudFormation can ask for."""
    if isinstance(value, Mapping):
        return "Fn::Transform" in value or any(_transforms(item) for item in value.values())
    return isinstance(value, list) and any(_transforms(item) for item in value)


def _wires(where: Place, draft: Draft) -> dict[str, Wire]:
    wires = {}
    for name, (component, attribute) in sorted(draft.places[where].inputs.items()):
        if component == BOOTSTRAP:
            wires[name] = Wire(BOOTSTRAP, attribute)
        else:
            home = draft.home(component, draft.attributes(component)[attribute])
            wires[name] = Wire(stack_name(home, draft.platform), name)
    return wires


def _in_order(stacks: Iterable[Stack], platform: Platform) -> list[Stack]:
    """Each stack after those whose values it uses; SpecError E303 when some need each other."""
    waiting = {stack.name: stack for stack in stacks}
    ordered: list[Stack] = []
    while waiting:
        ready = [stack for stack in waiting.values() if not waiting.keys() & set(stack.depends_on)]
        if not ready:
            called = ", ".join(sorted(stack.called for stack in _circling(waiting)))
            message = f"the stacks {called} need values of each other; put their components into one 'stack'"
            raise SpecError([Diagnostic(platform.position(()), "E303", message)])
        ordered.append(waiting.pop(ready[0].name))
    return ordered


def _circling(waiting: Mapping[str, Stack]) -> Iterable[Stack]:
    """Of the stacks that wait for each other, those that others wait for: not who only comes after."""
    needed = {name for stack in waiting.values() for name in stack.depends_on}
    if needed >= waiting.keys():
        return waiting.values()
    return _circling({name: stack for name, stack in waiting.items() if name in needed})


def _over_limits(stack: Stack, platform: Platform) -> list[Diagnostic]:
    position = platform.position(())
    advice = "give some components a 'stack' of their own, or split the platform into two specs"
    found = [
        f"the {stack.called} stack has {len(stack.template.get(section, ()))} {section.lower()}, "
        f"CloudFormation allows {limit}; {advice}"
        for section, limit in LIMITS.items()
        if len(stack.template.get(section, ())) > limit
    ]
    size = len(stack.body.encode())
    if size > MAX_TEMPLATE_BYTES:
        found.append(
            f"the {stack.called} template has {size} bytes, CloudFormation allows {MAX_TEMPLATE_BYTES}; "
            f"{advice}"
        )
    return [Diagnostic(position, "E301", message) for message in found]
