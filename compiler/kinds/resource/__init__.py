"""Raw CloudFormation beside the components: the honest escape hatch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from compiler.kind import RECOVERY_LAYERS, ComponentSpec, Kind, Layer, Problem, about
from compiler.model import Component, Platform
from compiler.protection import second_region

Policy = Literal["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"]
# Source: CloudFormation user guide, "Resources section": a logical id is alphanumeric.
LOGICAL_ID = {
    "pattern": "^[A-Z][A-Za-z0-9]*$",
    "maxLength": 64,
    "x-form": "a logical id: letters and digits, starting with a capital",
}


ANYTHING = msgspec.Meta(extra_json_schema={"additionalProperties": True})


class RawResource(ComponentSpec, kw_only=True):
    """One resource as CloudFormation writes it, under its logical id.

    Inside `Properties`, `Fn::GetAtt: [component, attribute]` and `${component.attribute}` in `Fn::Sub` mean
    what a component offers; everything else is passed on as it is.
    """

    type: Annotated[
        str,
        about(
            "The resource type.",
            examples=["AWS::Signer::SigningProfile"],
            pattern="^(AWS|Alexa|Custom)::[A-Za-z0-9]+(::[A-Za-z0-9]+)?$",
            form="a resource type such as AWS::Signer::SigningProfile",
        ),
    ] = msgspec.field(name="Type")
    properties: Annotated[
        dict[str, Any],
        about("The properties, unchanged.", examples=[{"PlatformId": "AWSLambda-SHA384-ECDSA"}]),
        ANYTHING,
    ] = msgspec.field(name="Properties", default_factory=dict)
    depends_on: Annotated[
        list[str],
        about("Logical ids, in the same stack, that must be there first.", examples=[["FirmwareRole"]]),
    ] = msgspec.field(name="DependsOn", default_factory=list)
    deletion_policy: (
        Annotated[Policy, about("What happens to it when it is removed.", examples=["Retain"])] | None
    ) = msgspec.field(name="DeletionPolicy", default=None)
    update_replace_policy: (
        Annotated[Policy, about("What happens to it when it is replaced.", examples=["Retain"])] | None
    ) = msgspec.field(name="UpdateReplacePolicy", default=None)
    metadata: Annotated[
        dict[str, Any],
        about("Metadata, unchanged.", examples=[{"Owner": "firmware-team"}]),
        ANYTHING,
    ] = msgspec.field(name="Metadata", default_factory=dict)
    attributes: Annotated[
        list[str],
        about("Attributes that other raw resources, in other stacks, may refer to.", examples=[["Arn"]]),
    ] = []
    layer: Annotated[
        Layer,
        about(
            "The stack it belongs to; it may refer to components of the same or an earlier layer.",
            examples=["data"],
        ),
    ] = "compute"


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, RawResource)
    if spec.layer in RECOVERY_LAYERS and not second_region(platform):
        message = (
            f"the layer '{spec.layer}' is in a second region, which this environment has not; write "
            "`disaster_recovery`, or another layer"
        )
        yield Problem(("layer",), "E210", message)


KIND = Kind(
    name="resource",
    section="resources",
    spec=RawResource,
    layer="compute",
    layer_of=lambda spec: spec.layer,
    names=LOGICAL_ID,
    check=_check,
    summary="Raw CloudFormation resources, by logical id.",
)
