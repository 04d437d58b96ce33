"""What users may write of any component: records, and the properties that every component has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping that users may write; each property is declared once, with `about`."""

    # Keys that people will look for in vain -> why AWS has no such thing, and what to do instead.
    impossible: ClassVar[Mapping[str, str]] = {}


def about(
    description: str,
    *,
    examples: Iterable[Any] = (),
    profiles: Mapping[str, Any] | None = None,
    **constraints: Any,
) -> msgspec.Meta:
    """One property's documentation and limits.

    `profiles` maps a profile to its default, where that differs from the field's own. For an optional
    field write `Annotated[str, about(...)] | None`, for msgspec takes no constraint on a union; for an
    optional record `Annotated[Load | None, about(...)]`, for it loses a record's description otherwise.
    `constraints` are msgspec's (ge, le, gt, lt, multiple_of, pattern, min_length, max_length), and, for
    texts with a unit, `minimum` and `maximum` (written with the unit) and `form` (the form in words):
    `**DURATION`, `**SIZE` and `**PERCENT` of `compiler.units` give pattern and form. `advice` is what whoever
    wants more than a limit should do instead.
    """
    extra: dict[str, Any] = {"x-profiles": dict(profiles)} if profiles else {}
    for keyword in ("minimum", "maximum", "form", "advice"):
        if keyword in constraints:
            extra[f"x-{keyword}"] = constraints.pop(keyword)
    shown = list(examples)
    return msgspec.Meta(
        description=description, examples=shown or None, extra_json_schema=extra or None, **constraints
    )


# The form of a key's id, for `about`: by an alias no policy could name the key.
KEY_ID: Mapping[str, str] = {
    "pattern": "^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
    "form": "the id of a KMS key, such as 1234abcd-12ab-34cd-56ef-1234567890ab",
}


class Existing(Record):
    """What is there already and is only used: its kind's own record says how it is found."""

    key: (
        Annotated[
            str,
            about(
                "The id of the KMS key that encrypts it, when that is a key of the account's own.",
                examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
                **KEY_ID,
            ),
        ]
        | None
    ) = None


# How the spec names the security group in front of something that exists already.
SecurityGroupId = Annotated[
    str,
    about(
        "The id of the security group in front of it; rules that admit its users are added to it.",
        examples=["sg-0a1b2c3d4e5f60718"],
        pattern="^sg-([0-9a-f]{8}|[0-9a-f]{17})$",
        form="the id of a security group, such as sg-0a1b2c3d4e5f60718",
    ),
]


class PatchOperation(Record):
    """One operation of a JSON Patch (RFC 6902)."""

    op: Annotated[
        Literal["add", "remove", "replace", "test"],
        msgspec.Meta(
            description="What is done; `replace` and `remove` fail when there is nothing at the path, and "
            "`test` when something else is there.",
            examples=["replace"],
        ),
    ]
    path: Annotated[
        str,
        msgspec.Meta(
            description="Where, as a JSON Pointer into the resource.",
            examples=["/Properties/BacktrackWindow"],
            pattern="^/(Properties|Metadata|DependsOn|DeletionPolicy|UpdateReplacePolicy)(/.*)?$",
            extra_json_schema={
                "x-form": "a JSON Pointer that begins with /Properties, /Metadata, /DependsOn, "
                "/DeletionPolicy or /UpdateReplacePolicy"
            },
        ),
    ]
    value: Annotated[
        Any,
        msgspec.Meta(
            description="What is put or expected there.",
            examples=[3600],
        ),
    ] = None


class ResourcePatch(Record):
    """A change to one resource that the spec language has no words for."""

    resource: Annotated[
        str,
        msgspec.Meta(
            description="The logical id of a resource of this component.", examples=["RegistryCluster"]
        ),
    ]
    patch: Annotated[
        list[PatchOperation],
        msgspec.Meta(
            description="What changes; the build fails when a path no longer fits.",
            examples=[[{"op": "add", "path": "/Properties/BacktrackWindow", "value": 3600}]],
            min_length=1,
        ),
    ]
    reason: Annotated[
        str,
        msgspec.Meta(
            description="Why, for whoever reads the spec next; it goes into the resource's metadata.",
            examples=["backtracking is wanted until the import is done"],
            min_length=10,
        ),
    ]


class ComponentSpec(Record):
    """What every component may say."""

    stack: (
        Annotated[
            str,
            msgspec.Meta(
                description="The stack of the component, where it should not be the one of its layer.",
                examples=["ingest"],
                pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                max_length=32,
                extra_json_schema={"x-form": "a name in kebab-case"},
            ),
        ]
        | None
    ) = None
    renamed_from: (
        Annotated[
            str,
            msgspec.Meta(
                description="What the component was called when it was first deployed: what it holds is "
                "taken along, and its resources keep the names that they have in AWS.",
                examples=["orders"],
                pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                max_length=63,
                extra_json_schema={"x-form": "a name in kebab-case"},
            ),
        ]
        | None
    ) = None
    overrides: Annotated[
        list[ResourcePatch],
        msgspec.Meta(
            description="Changes to resources of the component that the spec language has no words for.",
            examples=[
                [
                    {
                        "resource": "RegistryCluster",
                        "patch": [{"op": "add", "path": "/Properties/BacktrackWindow", "value": 3600}],
                        "reason": "backtracking is wanted until the import is done",
                    }
                ]
            ],
        ),
    ] = []
    alarms: Annotated[
        dict[str, bool | AlarmSetting],
        msgspec.Meta(
            description="Alarms of this component to change or turn off, by name.",
            examples=[{"throttled-writes": {"threshold": 5}, "high-cpu": False}],
        ),
    ] = {}


class AlarmSetting(Record):
    """How one default alarm differs."""

    threshold: Annotated[
        float | None,
        msgspec.Meta(description="Replaces the threshold, in the alarm's own unit.", examples=[5]),
    ] = None
    severity: Annotated[
        Literal["critical", "warning"] | None,
        msgspec.Meta(
            description="`critical` wakes somebody, through the composite alarm of the component's path; "
            "`warning` only tells the warning topic.",
            examples=["critical"],
        ),
    ] = None


class ConsumerSpec(ComponentSpec):
    """What a component that uses others may say."""

    connections: Annotated[
        dict[str, Any],
        msgspec.Meta(
            description="What this component uses: the target's name, and a verb the target offers.",
            examples=[{"telemetry": "produce"}],
            extra_json_schema={"additionalProperties": {"$ref": "#/$defs/Connection"}},
        ),
    ] = {}
