"""The platform's KMS keys: one for all, or one for each purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.kind import ComponentSpec, Kind, Problem, about
from compiler.kinds.encryption.existing import ExistingKeys
from compiler.kinds.encryption.use import EncryptionUsage
from compiler.model import Component, Platform
from compiler.protection import second_region, standing
from compiler.units import DURATION, not_whole


class Encryption(ComponentSpec):
    """How the platform encrypts what it keeps."""

    existing: Annotated[
        ExistingKeys | None,
        about(
            "The keys to use instead of making any.",
            examples=[
                {
                    "data": "1234abcd-12ab-34cd-56ef-1234567890ab",
                    "secrets": "1234abcd-12ab-34cd-56ef-1234567890ab",
                }
            ],
        ),
    ] = None
    keys: Annotated[
        Literal["shared", "per_purpose"],
        about(
            "One key for everything, or one each for data, logs and secrets.",
            examples=["per_purpose"],
            profiles={"production": "per_purpose"},
        ),
    ] = "shared"
    logs: Annotated[
        bool,
        about(
            "Whether log groups and alarm topics use the platform's key; otherwise AWS's own encrypts them.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    rotation: Annotated[bool, about("Whether the key material is replaced every year.", examples=[True])] = (
        True
    )
    replicable: (
        Annotated[
            bool,
            about(
                "Whether keys can have replicas in other regions, which can never be changed; without it, "
                "they can when there is `disaster_recovery`. Write it when that section comes to a platform "
                "that is deployed, or goes from one.",
                examples=[False],
            ),
        ]
        | None
    ) = None
    deletion_window: Annotated[
        str,
        about(
            "How long a deleted key can still be brought back, in whole days.",
            examples=["30d"],
            profiles={"production": "30d"},
            minimum="7d",
            maximum="30d",
            **DURATION,
        ),
    ] = "7d"
    usage: Annotated[
        EncryptionUsage | None,
        about(
            "How often the platform's keys are used in a month, for the estimate of what it costs.",
            examples=[{"requests": 2000000}],
        ),
    ] = None


def is_replicable(spec: Encryption, platform: Platform) -> bool:
    """Whether the platform's keys can have replicas; else a second region has keys of its own."""
    return standing(platform) is not None if spec.replicable is None else spec.replicable


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Encryption)
    if message := not_whole(spec.deletion_window, "d"):
        yield Problem(("deletion_window",), "E105", message)


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    """The second region has keys that are made with those of this one."""
    if region := second_region(platform):
        message = (
            f"no key is made beside keys that exist already, so there would be none in {region}; remove "
            "'existing', or `disaster_recovery` and the `copy_to` of backup plans"
        )
        yield Problem(("existing",), "E210", message)


KIND = Kind(
    name="encryption",
    section="encryption",
    spec=Encryption,
    layer="foundation",
    summary="The platform's KMS keys.",
    singleton=True,
    always=True,
    check=_check,
    check_adopted=_check_adopted,
    availability=lambda component, platform: ("kms",),
)
