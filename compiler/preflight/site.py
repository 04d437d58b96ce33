"""One region of an environment: what the templates want there, and what our stacks there hold already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from compiler.assembly import Assembly, Origin, Stack
from compiler.deploy.account import Account, Read, UnseenError
from compiler.deploy.records import Identity, LiveResource, LiveStack
from compiler.preflight.values import name_of, text

Properties = Mapping[str, Any]
_HOLDER = Read("cloudformation", "DescribeStackResources", "StackResources")


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a template."""

    stack: Stack
    logical_id: str
    type: str
    properties: Properties

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other one of the environment."""
        return self.stack.name, self.logical_id

    @property
    def origin(self) -> Origin | None:
        """The part of the spec that it comes from."""
        return self.stack.origins.get(self.logical_id)


@dataclass(frozen=True)
class Site:
    """What the checks see. Nothing in it is asked of AWS again, but by `account`."""

    assembly: Assembly
    region: str
    caller: Identity
    account: Account
    stacks: tuple[Stack, ...]  # those of the assembly that live in this region
    live: Mapping[str, LiveStack]  # every live stack of the environment or with a name of its, by name
    owned: tuple[LiveResource, ...]  # everything that our stacks hold here
    deployed: Mapping[tuple[str, str], Properties]  # what our stacks hold here was last deployed with
    now: datetime
    may_create_roles: bool = True  # whether service-linked roles may be made by who deploys

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Everything that the templates have in this region, in their order."""
        return tuple(
            Resource(stack, name, body["Type"], body.get("Properties", {}))
            for stack in self.stacks
            for name, body in sorted(stack.template.get("Resources", {}).items())
        )

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    def is_new(self, resource: Resource) -> bool:
        """Whether no stack of ours has it yet."""
        return resource.key not in self.deployed

    def own_ids(self, type_: str) -> set[str]:
        """The physical ids of what our stacks hold of a type."""
        return {found.physical_id for found in self.owned if found.type == type_}

    def text(self, value: Any) -> str | None:
        """The text that a value will be in this region; None when it is not known before the deployment."""
        return text(value, self._pseudo)

    def target(self, stack: Stack, value: Any) -> Resource | None:
        """The resource that `Ref` or `Fn::GetAtt` means, followed through parameters into other stacks."""
        by_name = {other.name: other for other in self.assembly.stacks}
        while (name := name_of(value)) in stack.parameters:
            wire = stack.parameters[name]
            if wire.stack not in by_name:
                return None
            stack = by_name[wire.stack]
            value = stack.template["Outputs"][wire.output]["Value"]
        body = stack.template.get("Resources", {}).get(name)
        return Resource(stack, name, body["Type"], body.get("Properties", {})) if body else None

    def holder(self, physical_id: str) -> str:
        """The name of the stack, of whatever platform, that holds a thing; empty when that is unknown."""
        try:
            found = self.account.ask(_HOLDER, PhysicalResourceId=physical_id)
        except UnseenError:
            return ""
        return str(found[0]["StackName"]) if found else ""

    @property
    def _pseudo(self) -> Mapping[str, str]:
        partition = self.caller.arn.split(":")[1]
        return {
            "AWS::AccountId": self.caller.account,
            "AWS::Partition": partition,
            "AWS::Region": self.region,
            "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
        }
