"""What a pricer sees: one resource, the values behind its references, and the rest of the assembly."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from compiler.assembly import Assembly, Stack


class Target(NamedTuple):
    """A resource, by its place."""

    stack: str
    logical_id: str


class UnknownValueError(Exception):
    """A value that only a deployment knows; the text says which."""


@dataclass(frozen=True)
class Whole:
    """An assembly, its resources by type and by place."""

    assembly: Assembly

    @cached_property
    def resources(self) -> Mapping[Target, Resource]:
        """Every resource, in the order of the stacks."""
        return {
            Target(stack.name, name): Resource(name, body, stack, self)
            for stack in self.assembly.stacks
            for name, body in sorted(stack.template.get("Resources", {}).items())
        }

    @cached_property
    def by_type(self) -> Mapping[str, list[Resource]]:
        """The resources of each type."""
        found: dict[str, list[Resource]] = {}
        for resource in self.resources.values():
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def stacks(self) -> Mapping[str, Stack]:
        return {stack.name: stack for stack in self.assembly.stacks}

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (resource for type_ in types for resource in self.by_type.get(type_, ()))


@dataclass(frozen=True)
class Resource:
    """One resource of a template."""

    logical_id: str
    body: Mapping[str, Any]
    stack: Stack = field(repr=False)
    whole: Whole = field(repr=False)

    @property
    def type(self) -> str:
        return str(self.body.get("Type", ""))

    @property
    def place(self) -> Target:
        return Target(self.stack.name, self.logical_id)

    @property
    def component(self) -> str:
        """The component that it belongs to, by its tag where the spec is gone; "" where nobody knows."""
        origin = self.stack.origins.get(self.logical_id)
        return origin.component if origin else self._tagged

    @property
    def section(self) -> str:
        """The section of the spec that it comes from; "" where nobody knows."""
        origin = self.stack.origins.get(self.logical_id)
        return origin.path.partition(".")[0] if origin else ""

    @property
    def _tagged(self) -> str:
        tags = _raw(self.body, ("Tags",))
        pairs = tags if isinstance(tags, list) else []
        found = (tag.get("Value") for tag in pairs if isinstance(tag, dict) and tag.get("Key") == "component")
        return str(next(found, ""))

    @property
    def region(self) -> str:
        return self.whole.assembly.region_of(self.stack)

    @property
    def is_abroad(self) -> bool:
        """Whether it is in the second region, where what holds data holds a copy that nobody works with."""
        return self.region != self.whole.assembly.region

    def get(self, *path: str, default: Any = None) -> Any:
        """A property, references to parameters followed; UnknownValueError when only AWS knows it."""
        value: Any = self.body.get("Properties", {})
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
            if value is None:
                return default
            value = followed(value, self.stack, self.whole)[0]
            if _is_function(value) and not _is_reference(value):
                raise UnknownValueError(f"{'.'.join(path)} is known only when it is deployed")
        return value

    def number(self, *path: str, default: float | None = None) -> float:
        """A property that must be a number; UnknownValueError when it is none."""
        value = self.get(*path, default=default)
        try:
            found = float(value)
        except (TypeError, ValueError):
            raise UnknownValueError(f"{'.'.join(path)} is known only when it is deployed") from None
        if not 0 <= found < math.inf:
            raise UnknownValueError(f"{'.'.join(path)} is {value}, which is no amount")
        return found

    def text(self, *path: str, default: str = "") -> str:
        """A property as text; a reference gives the default."""
        value = self.get(*path, default=default)
        return default if _is_function(value) else str(value)

    def count(self, *path: str) -> int:
        """How many entries a list has, also one that travels between stacks as text."""
        value: Any = self.body.get("Properties", {})
        for key in path:
            value = value.get(key, ()) if isinstance(value, Mapping) else ()
        found, stack = followed(value, self.stack, self.whole)
        if _is_function(found) and "Fn::Join" in found:
            found = followed(found["Fn::Join"][1], stack, self.whole)[0]
        if isinstance(found, list | tuple):
            return len(found)
        raise UnknownValueError(f"{'.'.join(path)} is known only when it is deployed")

    def use(self, key: str) -> float | None:
        """What was declared of the component's use; sizes in bytes, durations in seconds."""
        return self.whole.assembly.usage.get(self.component, {}).get(key)

    def share(self, key: str) -> float | None:
        """The same, divided by how many resources of this type the component has."""
        found = self.use(key)
        alike = sum(each.component == self.component for each in self.whole.of(self.type))
        return found and found / alike

    def names(self, value: Any) -> set[Target]:
        """The resources that an expression names, followed through parameters."""
        return set(_named(value, self.stack, self.whole))

    def users(self, type_: str, *path: str) -> list[Resource]:
        """The resources of a type whose property at a path names this one."""
        return [other for other in self.whole.of(type_) if self.place in other.names(_raw(other.body, path))]

    def named(self, type_: str, *path: str) -> Resource | None:
        """The resource of a type that a property names."""
        places = self.names(_raw(self.body, path))
        found = (self.whole.resources[place] for place in sorted(places))
        return next((each for each in found if each.type == type_), None)


def followed(value: Any, stack: Stack, whole: Whole) -> tuple[Any, Stack]:
    """A value with references to parameters replaced by what they stand for, and the stack that is from."""
    seen = 0
    while isinstance(value, Mapping) and isinstance(name := value.get("Ref"), str) and seen < _DEEP:
        seen += 1
        wire = stack.parameters.get(name)
        if wire and wire.stack in whole.stacks:
            stack = whole.stacks[wire.stack]
            value = stack.template.get("Outputs", {}).get(wire.output, {}).get("Value")
        elif "Default" in (parameter := stack.template.get("Parameters", {}).get(name, {})):
            return parameter["Default"], stack
        else:
            break
    return value, stack


_DEEP = 20  # as deep as parameters can lead from stack to stack; a circle must end


def _raw(body: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = body.get("Properties", {})
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _named(value: Any, stack: Stack, whole: Whole) -> Iterator[Target]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _named(item, stack, whole)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("Ref", "Fn::GetAtt", "Fn::Sub"):
                yield from _called(key, item, stack, whole)
            else:
                yield from _named(item, stack, whole)


def _called(function: str, argument: Any, stack: Stack, whole: Whole) -> Iterator[Target]:
    """The resources that one function call names."""
    if function == "Fn::Sub":
        template, variables = argument if isinstance(argument, list) else (argument, {})
        yield from _named(variables, stack, whole)
        names = set(re.findall(r"\$\{([A-Za-z0-9]+)", str(template))) - set(variables)
    else:
        names = {argument if isinstance(argument, str) else str(argument[0])}
        names = {name.partition(".")[0] for name in names}
    for name in sorted(names):
        if name in stack.template.get("Resources", {}):
            yield Target(stack.name, name)
        elif name in stack.parameters:
            value, home = followed({"Ref": name}, stack, whole)
            if home is not stack:
                yield from _named(value, home, whole)


def _is_function(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) == 1
        and all(key == "Ref" or str(key).startswith("Fn::") for key in value)
    )


def _is_reference(value: Mapping[str, Any]) -> bool:
    return "Ref" in value or "Fn::GetAtt" in value
