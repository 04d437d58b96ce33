"""One environment, compiled, together with what it was made from; and its policies, found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.assembly import Assembly
from compiler.diagnostics import suggest
from compiler.draft import Draft
from compiler.exits import UserError
from compiler.model import Component, Connection, Platform
from compiler.places import Place, stack_name

ROLE = "AWS::IAM::Role"
# Policies that are resources of their own, and name the roles that they are for.
ATTACHED = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True)
class Built:
    """One environment of a platform: its model, what its kinds added, and the templates of that."""

    assembly: Assembly
    draft: Draft

    @property
    def platform(self) -> Platform:
        """What was compiled."""
        return self.draft.platform

    def component(self, name: str) -> Component:
        """The component of this name; UserError with the nearest when there is none."""
        known = self.platform.components
        if name not in known:
            listed = ", ".join(sorted(known))
            raise UserError(f"no component is called '{name}'; there are: {listed}{suggest(name, known)}")
        return known[name]

    def resources(self) -> Iterator[Found]:
        """Every resource, in the order of stacks and of logical ids."""
        by_stack = {stack_name(where, self.platform): where for where in self.draft.places}
        for stack in self.assembly.stacks:
            for logical_id, body in sorted(stack.template["Resources"].items()):
                yield Found(logical_id, by_stack[stack.name], stack.name, body, self.draft)

    def of(self, component: str) -> Iterator[Found]:
        """The resources that a component adds."""
        return (found for found in self.resources() if found.component == component)

    def at_home(self) -> Iterator[Found]:
        """The resources in the environment's own region."""
        return (found for found in self.resources() if not self.assembly.stack(found.stack).region)

    def runs_code(self, component: str) -> bool:
        """Whether code of the user's runs in it, which can have variables and make calls."""
        return hasattr(self.platform.components[component].spec, "environment")


@dataclass(frozen=True)
class Found:
    """A resource as its template has it, and where it comes from."""

    logical_id: str
    where: Place
    stack: str
    body: Mapping[str, Any]
    draft: Draft

    @property
    def type(self) -> str:
        return str(self.body["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body.get("Properties") or {}
        return found

    @property
    def component(self) -> str:
        """The component that added it."""
        return self.draft.places[self.where].origins[self.logical_id].component

    @property
    def path(self) -> str:
        """What in the spec it comes from, dotted."""
        return self.draft.places[self.where].origins[self.logical_id].path

    @property
    def made(self) -> Any:
        """What the kind added, before the template was written and overridden."""
        return self.draft.places[self.where].resources[self.logical_id]

    def is_for(self, connection: Connection) -> bool:
        """Whether it is there because of this connection of the component that added it."""
        holding = self.draft.places[self.where]
        if connection in holding.serves.get(self.logical_id, ()):
            return True
        whole = ".".join(map(str, connection.path))
        return self.path == whole or self.path.startswith(f"{whole}.")
