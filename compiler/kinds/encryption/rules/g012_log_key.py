"""G012: production logs without a key of the platform's own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.encryption import Encryption
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit, Remedy

ID = "G012"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production log groups and alarm topics do not use the platform's key"
WHY = (
    "Logs hold what requests hold. With AWS's own key, whoever may read log groups reads them all; with the "
    "platform's, the key's policy has to let them in too, and each use of it is recorded."
)
FIX = (
    "Write `logs: true` under `encryption`, or leave it out: production has it by default. Who waives this "
    "waives F123 and F124 too, which see the same in the templates."
)
SOURCE = "CloudWatch Logs user guide, 'Encrypt log data using AWS KMS', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch; that each group then has the key and a retention, F171 and F172 see in the templates."""
    assert isinstance(component.spec, Encryption)
    if not component.spec.logs:
        message = "'logs: false' leaves the logs to AWS's own key, which nobody here controls; write true"
        yield Hit(("logs",), message, Remedy("set", ("logs",), True))
