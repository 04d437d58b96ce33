"""Injected faults: the file named by FORMWORK_FAULTS, read anew at every resource operation."""

import json
import os
import time
from pathlib import Path
from typing import Any

VARIABLE = "FORMWORK_FAULTS"
_SPARED: dict[str, int] = {}


class InjectedError(Exception):
    """The failure a fault asks for; its text becomes the reason in the stack event."""


def read() -> list[dict[str, Any]]:
    """The faults in force now: none without the variable or the file."""
    name = os.environ.get(VARIABLE)
    if not name or not Path(name).is_file():
        return []
    try:
        faults = json.loads(Path(name).read_text(encoding="utf-8") or "[]")
    except ValueError as error:
        raise InjectedError(f"the fault file is not JSON: {error}") from error
    return list(faults)


def delays() -> bool:
    """Whether any fault in force waits, so that operations must not run on the event loop."""
    try:
        return any("delay" in fault for fault in read())
    except InjectedError:
        return False


def strike(operation: str, resource_type: str, logical_id: str | None) -> None:
    """Wait or fail as the faults for this operation say."""
    for fault in read():
        if not _meant(fault, operation, resource_type, logical_id) or _spared(fault):
            continue
        time.sleep(float(fault.get("delay", 0)))
        if "fail" in fault:
            raise InjectedError(str(fault["fail"]))


def _meant(fault: dict[str, Any], operation: str, resource_type: str, logical_id: str | None) -> bool:
    wanted = {"operation": operation, "type": resource_type, "logical_id": logical_id}
    return all(fault[name] == value for name, value in wanted.items() if name in fault)


def _spared(fault: dict[str, Any]) -> bool:
    """Whether this is one of the `after` operations let through since the file was written."""
    if not fault.get("after"):
        return False
    key = f"{Path(os.environ[VARIABLE]).stat().st_mtime_ns} {json.dumps(fault, sort_keys=True)}"
    _SPARED[key] = _SPARED.get(key, 0) + 1
    return _SPARED[key] <= int(fault["after"])
