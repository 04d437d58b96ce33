"""Encryption -> keys in the second region, replicas or others, and one for backups copied there."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, kms

from compiler import names
from compiler.blocks import iam
from compiler.kinds.encryption import Encryption, is_replicable
from compiler.kinds.encryption.build import (
    VIA,
    add_alias,
    add_key,
    described,
    key_names,
    key_part,
    policy,
    purposes_of,
    through,
)
from compiler.model import Component, Platform
from compiler.protection import Outlook, copy_regions, standing
from compiler.scope import Attribute, Purpose, Scope

COPIES = "copies"


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """`recovery_<purpose>_key_arn` for each purpose, and `copies_key_arn` where backups are copied."""
    spec = component.spec
    assert isinstance(spec, Encryption)
    found = {}
    if standing(platform):
        word = "ReplicaKey" if is_replicable(spec, platform) else "Key"
        for purpose in purposes_of(spec):
            found[f"recovery_{purpose}_key_arn"] = _arn(component, key_part(spec, purpose) + word)
    if copy_regions(platform):
        found["copies_key_arn"] = _arn(component, names.pascal(COPIES) + "Key")
    return found


def build(component: Component, scope: Scope) -> None:
    """Adds the keys to the first stack of the second region."""
    spec, there = component.spec, scope.at("recovery-foundation")
    assert isinstance(spec, Encryption)
    for name, purposes in key_names(spec).items() if standing(scope.platform) else ():
        if is_replicable(spec, scope.platform):
            _replica(there, spec, name, purposes)
        else:
            add_key(there, spec, name, policy(there, purposes))
    if copy_regions(scope.platform):
        add_key(there, spec, COPIES, iam.document(through(VIA["data"])))


def outlook(component: Component, platform: Platform) -> Outlook | None:
    """Keys hold no data."""
    return None


def _replica(there: Scope, spec: Encryption, name: str, purposes: tuple[Purpose, ...]) -> None:
    title = there.id(names.pascal(name) + "ReplicaKey")
    there.add(
        kms.ReplicaKey(
            title,
            PrimaryKeyArn=there.value(there.component.name, f"{purposes[0]}_key_arn"),
            KeyPolicy=policy(there, purposes).JSONrepr(),  # troposphere takes a dict here, unlike for keys
            **described(there, spec, name),
        )
    )
    add_alias(there, title, name)


def _arn(component: Component, part: str) -> Attribute:
    return Attribute(GetAtt(names.recovery_id(component.name, part), "Arn"), layer="recovery-foundation")
