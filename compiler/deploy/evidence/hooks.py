"""Hooks of the account that said no: what they found, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence.looks import Looks, Subject

RESULT = Read("cloudformation", "GetHookResult")
READS = (RESULT,)


def look(subject: Subject, looks: Looks, invocation: str) -> Iterator[Evidence]:
    """The findings of one invocation that did not pass."""
    for found in looks.find(RESULT, HookResultId=invocation):
        name = found.get("TypeName", "the hook")
        lines = [_line(note) for note in found.get("Annotations", ()) if note.get("Status") == "FAILED"]
        if not lines and found.get("HookStatusReason"):
            lines = [str(found["HookStatusReason"])]
        yield from subject.evidence("hook", f"{name} ({found.get('FailureMode', 'FAIL')})", lines)


def _line(note: Mapping[str, Any]) -> str:
    name, level = note.get("AnnotationName", ""), note.get("SeverityLevel", "")
    head = f"{name} ({level.lower()})" if level else name
    told = [note.get("StatusMessage"), note.get("RemediationMessage"), note.get("RemediationLink")]
    return ": ".join(filter(None, [head, "; ".join(str(text).rstrip(". ") for text in told if text)]))
