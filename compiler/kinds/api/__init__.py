"""HTTP APIs (API Gateway)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.kind import Kind, Problem
from compiler.kinds.api import checks
from compiler.kinds.api.spec import Api, asked
from compiler.kinds.api.watching import alarms
from compiler.model import Component, Platform


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    assert isinstance(component.spec, Api)
    return checks.check(component.spec, component, platform)


def _answers(component: Component, platform: Platform) -> Mapping[str, frozenset[str]]:
    assert isinstance(component.spec, Api)
    return asked(component.spec)


KIND = Kind(
    name="api",
    section="apis",
    spec=Api,
    layer="edge",
    summary="HTTP APIs, by name.",
    references=checks.references,
    check=_check,
    alarms=alarms,
    path="calls",
    availability=lambda component, platform: ("api_gateway",),
    answers=_answers,
)
