"""A described change set -> what CloudFormation says about it beside the changes: warnings and hooks."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.assembly import Stack
from compiler.deploy.changeset import finding
from compiler.deploy.records import ChangeSet, Hook


def notes(stack: Stack, made: ChangeSet) -> Iterator[str]:
    """In words, sorted; a hook that can stop the deployment is told before those that only warn."""
    for text in sorted({finding(stack, warning) for warning in made.warnings}):
        yield f"CloudFormation warns: {text}"
    for name, mode in sorted({(hook.name, hook.mode) for hook in made.hooks}, key=lambda h: (h[1], h[0])):
        yield _hook(name, mode, made.hooks)


def _hook(name: str, mode: str, hooks: tuple[Hook, ...]) -> str:
    seen = sorted({hook.logical_id for hook in hooks if (hook.name, hook.mode) == (name, mode)})
    power = "only warns" if mode == "WARN" else "can stop the deployment"
    return f"hook {name}, which {power}, will look at {', '.join(filter(None, seen)) or 'the stack'}"
