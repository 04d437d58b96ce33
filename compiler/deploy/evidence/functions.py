"""Lambda functions, and those that serve custom resources: their state, and the last lines of their logs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence import logs
from compiler.deploy.evidence.looks import Looks, Subject

FUNCTION = "AWS::Lambda::Function"
TYPES = (FUNCTION,)
CONFIGURATION = Read("lambda", "GetFunctionConfiguration")
READS = (CONFIGURATION, *logs.READS)

# CloudFormation names the stream in which a custom resource's function wrote down why.
_STREAM = re.compile(r"Log Stream: (\d{4}/\d\d/\d\d/\[[^\]]+\][0-9a-f]+)")


def look(subject: Subject, looks: Looks) -> Iterator[Evidence]:
    """The state of a function, and its log."""
    return of_function(subject, looks, subject.physical_id, "")


def of_custom(subject: Subject, looks: Looks, function: str, reason: str) -> Iterator[Evidence]:
    """The same of the function that serves a custom resource; `reason` is what CloudFormation said."""
    named = _STREAM.search(reason)
    return of_function(subject, looks, function, named[1] if named else "")


def of_function(subject: Subject, looks: Looks, function: str, stream: str) -> Iterator[Evidence]:
    """State and log of one function by name or ARN."""
    for found in looks.find(CONFIGURATION, FunctionName=function):
        name = str(found.get("FunctionName", function))
        yield from subject.evidence("state", f"function {name}", _states(found))
        group = found.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
        yield from logs.tail(subject, looks, group, stream, f"log of function {name}")


def _states(found: Mapping[str, Any]) -> Iterator[str]:
    """What is not as it should be; Lambda says it in two places."""
    if found.get("State") not in (None, "Active"):
        yield f"{found['State']}: {found.get('StateReason', 'no reason is given')}"
    if found.get("LastUpdateStatus") == "Failed":
        yield f"the last update failed: {found.get('LastUpdateStatusReason', 'no reason is given')}"
