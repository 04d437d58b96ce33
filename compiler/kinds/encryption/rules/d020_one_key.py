"""D020: one key opens everything in production."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.encryption import Encryption
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit

ID = "D020"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production has one key for data, logs and secrets"
WHY = (
    "Who may read logs then holds a grant on the key of the data and of the secrets, and only IAM stands "
    "between. Keys of their own are told apart in CloudTrail, and shut off one by one."
)
FIX = (
    "Write `keys: per_purpose` before there is data: what exists is encrypted with the key that it has, and "
    "another one means another database, filesystem or cache."
)
SOURCE = "AWS KMS developer guide, 'Key policies in AWS KMS'; Well-Architected, SEC08-BP01, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """How many keys; there is no remedy to apply, for a changed key replaces what it encrypts."""
    assert isinstance(component.spec, Encryption)
    if component.spec.keys == "shared":
        message = "'keys: shared' has one key open data, logs and secrets; write 'per_purpose'"
        yield Hit(("keys",), message)
