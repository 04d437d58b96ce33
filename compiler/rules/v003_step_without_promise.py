"""V003: an environment wants something of a path, and AWS promises nothing of one of its steps."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.availability.budget import unknown
from compiler.availability.paths import Step
from compiler.availability.targets import wanted
from compiler.model import Platform
from compiler.rule import WARNING, Hit

ID = "V003"
SEVERITY = WARNING
SUMMARY = "a path with an `availability_target` has a step of which nothing is promised"
WHY = "What is promised of the other steps says nothing about the path, so no target can be compared with it."
FIX = "Use the component in a way that AWS promises something of: in two zones, not on spare capacity."
SOURCE = "AWS service level agreements, in compiler/availability/slas.json"


def check(platform: Platform) -> Iterator[Hit]:
    """Each such step once, at its component, with the paths that need it."""
    paths: dict[Step, list[str]] = {}
    for way, _ in wanted(platform):
        for step in unknown(way.steps):
            paths.setdefault(step, []).append(way.name)
    for step, names in sorted(paths.items(), key=lambda item: (item[0].component, item[0].promise)):
        yield Hit(platform.components[step.component].path, _message(step, names))


def _message(step: Step, names: list[str]) -> str:
    which = ", ".join(f"'{name}'" for name in names)
    instead = "want nothing of the path, or say `optional: true` where an answer does not need it"
    advice = step.sla.how or instead
    return (
        f"AWS promises nothing of '{step.component}' ({step.sla.service}: {step.sla.configuration}), so the "
        f"target of {which} cannot be compared with anything; {advice}"
    )
