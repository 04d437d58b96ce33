"""Raw resource -> the same in a template, with references to components resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troposphere import GetAtt, Ref

from compiler import names
from compiler.kinds.resource import RawResource
from compiler.kinds.resource.expressions import Resolving
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope


@dataclass
class Raw:
    """A resource that troposphere need not know, in the form in which scopes take resources."""

    title: str
    resource_type: str
    body: Mapping[str, Any]
    # What keeps data, where the body sets none itself.
    DeletionPolicy: str | None = None
    UpdateReplacePolicy: str | None = None
    props: Mapping[str, Any] = field(default_factory=dict)  # none that tags could be put into

    def to_dict(self) -> dict[str, Any]:
        """The resource as a template holds it."""
        policies = {
            "DeletionPolicy": self.DeletionPolicy,
            "UpdateReplacePolicy": self.UpdateReplacePolicy,
        }
        given = {name: value for name, value in policies.items() if value}
        return {"Type": self.resource_type, **given, **self.body}


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its Ref, and the attributes that the spec lists."""
    spec = component.spec
    assert isinstance(spec, RawResource)
    title = names.logical_id(component.name, "")
    listed = {name: Attribute(GetAtt(title, name)) for name in spec.attributes}
    return {"Ref": Attribute(Ref(title)), **listed}


def build(component: Component, scope: Scope) -> None:
    """Adds the resource as it was written."""
    spec = component.spec
    assert isinstance(spec, RawResource)
    body = {
        "Properties": Resolving(scope).resolved(spec.properties, ("Properties",)),
        "DependsOn": sorted(spec.depends_on),
        "DeletionPolicy": spec.deletion_policy,
        "UpdateReplacePolicy": spec.update_replace_policy,
        "Metadata": spec.metadata,
    }
    # In every layer the id that was written, which others refer to.
    title = names.logical_id(component.name, "")
    scope.add(Raw(title, spec.type, {key: value for key, value in body.items() if value}))
