"""What a house rule sees: one stack, and the rest of the assembly behind its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from compiler.assembly import Assembly, Stack
from compiler.review.expressions import expression

Path = tuple[str | int, ...]


class Hit(NamedTuple):
    """What a rule found; the path starts inside the resource, or at the template's root without one."""

    logical_id: str
    path: Path
    message: str


class Target(NamedTuple):
    """A resource that an expression names, in whichever stack it is; the attribute is "" for `Ref`."""

    stack: str
    logical_id: str
    attribute: str


@dataclass(frozen=True)
class Resource:
    """One resource of a template."""

    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        return mapping(self.body.get("Properties"))

    def hit(self, message: str, *path: str | int) -> Hit:
        """A finding at a path below the properties."""
        return Hit(self.logical_id, ("Properties", *path), message)


@dataclass(frozen=True)
class Subject:
    """One stack of an assembly."""

    stack: Stack
    assembly: Assembly

    @property
    def template(self) -> Mapping[str, Any]:
        return self.stack.template

    @property
    def region(self) -> str:
        """Where the stack lives."""
        return self.assembly.region_of(self.stack)

    @property
    def production(self) -> bool:
        """Whether the environment has the production profile."""
        return self.assembly.profile == "production"

    @cached_property
    def resources(self) -> Sequence[Resource]:
        """All resources, by logical id."""
        return [Resource(name, body) for name, body in sorted(self.template.get("Resources", {}).items())]

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    @cached_property
    def texts(self) -> Sequence[tuple[Hit, str]]:
        """Every literal text of the template with its place, as a finding without a message.

        A function counts as one text, such as `arn:${AWS::Partition}:s3:::${Bucket}`: what is split between
        the parts of a join is seen as well.
        """
        inside = [
            (Hit(resource.logical_id, path, ""), text)
            for resource in self.resources
            for path, text in texts(resource.body)
        ]
        rest = {name: part for name, part in self.template.items() if name != "Resources"}
        return [*inside, *((Hit("", path, ""), text) for path, text in texts(rest))]

    def target(self, value: Any) -> Target | None:
        """The resource that `Ref` or `Fn::GetAtt` means, followed through parameters into other stacks."""
        stack = self.stack
        while isinstance(name := _called(value, "Ref"), str) and name in stack.parameters:
            wire = stack.parameters[name]
            earlier = {other.name: other for other in self.assembly.stacks}.get(wire.stack)
            if earlier is None:
                return None
            stack, value = earlier, earlier.template["Outputs"][wire.output]["Value"]
        return _target(value, stack)


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The texts inside a value with their paths; a function counts as one."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))
    elif isinstance(value, Mapping):
        name = function(value)
        if name in _TEXT_FUNCTIONS:
            yield path, expression(value)
        elif name not in _NAME_FUNCTIONS:
            for key, item in value.items():
                yield from texts(item, (*path, key))


_TEXT_FUNCTIONS = {"Fn::Sub", "Fn::Join"}
_NAME_FUNCTIONS = {"Ref", "Fn::GetAtt", "Condition"}


def function(value: Any) -> str | None:
    """The intrinsic function that a value calls; None for plain values."""
    if isinstance(value, Mapping) and len(value) == 1:
        (name,) = value
        return name if name == "Ref" or name.startswith("Fn::") else None
    return None


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as no item, anything else as the only one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, anything else as an empty one: what is no mapping, cfn-lint refuses."""
    return value if isinstance(value, Mapping) else {}


def number(value: Any) -> float | None:
    """The number that a literal is; None for functions and words."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def is_true(value: Any) -> bool:
    """Whether a literal says yes; CloudFormation takes text for booleans too."""
    return str(value).lower() == "true"


def _called(value: Any, name: str) -> Any:
    return value[name] if function(value) == name else None


def _target(value: Any, stack: Stack) -> Target | None:
    resources = stack.template.get("Resources", {})
    name, attribute = _called(value, "Ref"), ""
    if name is None and (found := _called(value, "Fn::GetAtt")):
        name, _, attribute = ".".join(map(str, listed(found))).partition(".")
    return Target(stack.name, name, attribute) if isinstance(name, str) and name in resources else None
