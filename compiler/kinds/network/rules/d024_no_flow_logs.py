"""D024: production traffic leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.network import Network
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_WARNING, Hit, Remedy

ID = "D024"
SEVERITY = PRODUCTION_WARNING
SUMMARY = "production traffic is not recorded"
WHY = (
    "Flow logs are the only record of who spoke to whom inside the VPC. Without them neither a refused "
    "connection nor an intruder's path can be told afterwards."
)
FIX = "Write `flow_logs: true`, or leave it out: production has it by default."
SOURCE = "CIS AWS Foundations Benchmark, 3.7; VPC user guide, 'Logging IP traffic using VPC Flow Logs', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """The switch."""
    assert isinstance(component.spec, Network)
    if not component.spec.flow_logs:
        message = "'flow_logs: false' records no traffic, accepted or refused; write true"
        yield Hit(("flow_logs",), message, Remedy("set", ("flow_logs",), True))
