"""A stack's live template and its new one -> the one in between, which loses nothing that is still used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.assembly import Stack, dumps, sha256
from compiler.review.expressions import references

Template = Mapping[str, Any]
Refers = Mapping[str, frozenset[str]]  # what each resource, or each output, names

# They let packets through to groups that stay: nothing names them, and all that talks depends on them.
_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
# Source: "CloudFormation quotas", AWS CloudFormation user guide, 2026-11.
_LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200}


@dataclass(frozen=True)
class Expansion:
    """A stack as it is in between, and what it has only there."""

    stack: Stack
    resources: tuple[str, ...]  # logical ids
    outputs: tuple[str, ...]  # the names of the old values, as the live template has them
    parameters: frozenset[str]  # that only those need; they keep the values that they have


@dataclass(frozen=True)
class Held:
    """What is to be kept of one stack, and what cannot be."""

    resources: frozenset[str]
    outputs: Mapping[str, str]  # the name that each old output has in between -> its own
    lost: Mapping[str, frozenset[str]]  # old output -> what is removed behind it all the same


def expand(new: Stack, old: Template, used: Collection[str], claimed: Collection[str]) -> Expansion | None:
    """The union of both templates as far as the outputs in `used` need it; None when nothing of them goes.

    Resources in `claimed` cannot be kept: others want their names. What is in both templates is as the new
    one has it.
    """
    held = hold(new, old, used, claimed)
    if not held.outputs:
        return None
    resources = {name: _part(old, "Resources")[name] for name in sorted(held.resources)}
    outputs = {name: _output(old, was, name) for name, was in sorted(held.outputs.items())}
    kept: dict[str, Mapping[str, Any]] = {"Resources": resources, "Outputs": outputs}
    kept |= _needs(new.template, old, [*resources.values(), *outputs.values()])
    template = {**new.template}
    for section, parts in kept.items():
        if parts:
            template[section] = {**_part(new.template, section), **parts}
    stack = replace(new, template=template, capabilities=_capabilities(new, resources))
    named = tuple(sorted(set(held.outputs.values())))
    return Expansion(stack, tuple(resources), named, frozenset(kept["Parameters"]))


def is_too_large(stack: Stack) -> bool:
    """Whether a template has more parts than CloudFormation takes."""
    return any(len(_part(stack.template, section)) > most for section, most in _LIMITS.items())


def dangling(kept: Expansion) -> frozenset[str]:
    """The names that what is kept refers to and that its template lacks."""
    template = kept.stack.template
    parts = [_part(template, "Resources")[name] for name in kept.resources]
    parts += [each for name, each in _part(template, "Outputs").items() if name in kept.outputs]
    named = {name for part in parts for name in _names(part) if not name.startswith("AWS::")}
    there = _part(template, "Resources").keys() | _part(template, "Parameters").keys()
    return frozenset(name for name in named if name not in there and _home(name)[0] == "Parameters")


def hold(new: Stack, old: Template, used: Collection[str], claimed: Collection[str]) -> Held:
    """Which removed resources and which outputs have to stay, as long as the outputs in `used` are needed."""
    was, now = _part(old, "Resources"), _part(new.template, "Resources")
    refers = {name: _names(resource) & was.keys() for name, resource in was.items()}
    removed = was.keys() - now.keys()
    resources, outputs, lost = set[str](), dict[str, str](), dict[str, frozenset[str]]()
    for output in sorted(set(used) & _part(old, "Outputs").keys()):
        direct = _names(_part(old, "Outputs")[output]) & was.keys()
        behind = _reached(direct, refers)
        name = _kept_name(output, new.template, old, bool(behind & removed))
        if name is None:
            continue
        needed = _together(_core(direct, behind, removed, refers, was), removed, refers)
        if needed & set(claimed):
            lost[output] = frozenset(behind & removed)
            continue
        resources |= needed
        outputs[name] = output
    outputs |= {name: name for name in _beside(new.template, old, resources, removed)}
    return Held(frozenset(resources), outputs, lost)


def behind(template: Template, output: str) -> frozenset[str]:
    """The resources that an output's value names itself."""
    found = _part(template, "Outputs").get(output) or {}
    return frozenset(_names(found) & _part(template, "Resources").keys())


def _beside(new: Template, old: Template, kept: Collection[str], removed: Collection[str]) -> Iterator[str]:
    """The outputs that tell of what is kept though nobody listens: without them, often nothing need be done
    to the stack before its end.
    """
    for name in sorted(_part(old, "Outputs").keys() - _part(new, "Outputs").keys()):
        goes = _names(_part(old, "Outputs")[name]) & set(removed)
        if goes and goes <= set(kept):
            yield name


def _kept_name(output: str, new: Template, old: Template, loses: bool) -> str | None:
    """What an old output is called in between; None when the new template does without it safely."""
    was, now = _part(old, "Outputs")[output], _part(new, "Outputs").get(output)
    if now is None:
        return output
    if was.get("Value") == now.get("Value") or not loses:
        return None
    # Its own name is taken by the new value; so that a later plan knows who holds the old one, that stays.
    return f"{output}Before{sha256(dumps(was.get('Value')).encode())[:6]}"


def _core(
    direct: Collection[str], behind: Collection[str], removed: Collection[str], refers: Refers, was: Template
) -> set[str]:
    """What is removed behind a value, and what belongs to it though the value does not name it."""
    attached = {name for name in removed if refers[name] & set(direct)}
    rules = {name for name in removed if was[name].get("Type") in _RULES and refers[name] & set(behind)}
    return set(behind) & set(removed) | attached | rules


def _together(core: Iterable[str], removed: Collection[str], refers: Refers) -> set[str]:
    """The removed resources, and all removed ones that they name or that name them."""
    both: dict[str, set[str]] = {name: set(refers[name]) & set(removed) for name in removed}
    for name in removed:
        for other in refers[name] & set(removed):
            both[other].add(name)
    return _reached(core, both)


def _reached(start: Iterable[str], onwards: Mapping[str, Collection[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(start)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(onwards.get(name, ()))
    return found


def _needs(new: Template, old: Template, parts: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The parameters, conditions and mappings that the parts name and that the new template lacks."""
    found: dict[str, dict[str, Any]] = {"Parameters": {}, "Conditions": {}, "Mappings": {}}
    ahead = [name for part in parts for name in _names(part)]
    while ahead:
        section, name = _home(ahead.pop())
        there = _part(old, section)
        if name in there and name not in _part(new, section) and name not in found[section]:
            found[section][name] = there[name]
            ahead.extend(_names(there[name], is_condition=section == "Conditions"))
    return {section: dict(sorted(names.items())) for section, names in found.items()}


def _home(name: str) -> tuple[str, str]:
    """The section that something named is in, resources aside, and its name there."""
    section, _, rest = name.partition(".")
    return (section, rest) if rest and section in ("Conditions", "Mappings") else ("Parameters", section)


def _names(part: Any, *, is_condition: bool = False) -> frozenset[str]:
    """Everything a part of a template names; of an attribute the resource, of a condition `Conditions.X`."""
    found = {name if name.startswith(("Mappings.", "Conditions.")) else name.partition(".")[0]
             for name in references(part)}  # fmt: skip
    found |= {f"Conditions.{name}" for name in _conditions(part)}
    depends = part.get("DependsOn", ()) if isinstance(part, Mapping) and not is_condition else ()
    return frozenset({*found, *([depends] if isinstance(depends, str) else depends)})


def _conditions(part: Any) -> Iterator[str]:
    """The names after the key `Condition`, wherever a text stands there: a policy has a mapping."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "Condition" and isinstance(value, str):
                yield value
            else:
                yield from _conditions(value)
    elif isinstance(part, (list, tuple)):
        for item in part:
            yield from _conditions(item)


def _output(old: Template, was: str, name: str) -> Mapping[str, Any]:
    """An old output; under another name without its export, which may be there only once."""
    found: Mapping[str, Any] = _part(old, "Outputs")[was]
    return found if name == was else {key: value for key, value in found.items() if key != "Export"}


def _capabilities(new: Stack, resources: Mapping[str, Any]) -> tuple[str, ...]:
    kept = {"CAPABILITY_NAMED_IAM"} if any(_is_iam(each) for each in resources.values()) else set[str]()
    kept |= {"CAPABILITY_AUTO_EXPAND"} if "Fn::Transform" in dumps(resources) else set()
    return (*new.capabilities, *sorted(kept - set(new.capabilities)))


def _is_iam(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("Type", "")).startswith("AWS::IAM::")


def _part(template: Template, section: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = template.get(section) or {}
    return found
