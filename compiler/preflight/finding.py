"""One thing that the preflight found: where it comes from in the spec, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compiler.assembly import Origin

Severity = Literal["error", "warning", "unknown", "info"]
ORDER: tuple[Severity, ...] = ("error", "warning", "unknown", "info")  # as they are shown


@dataclass(frozen=True)
class Finding:
    """A problem, something to know, or a thing that could not be seen (`unknown`)."""

    check: str  # the id of the check
    severity: Severity
    message: str
    advice: str = ""
    origin: Origin | None = None
    region: str = ""  # empty for what is the same in all regions
