"""Tracing -> an X-Ray group and a sampling rule for whatever is called as the platform's stacks are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from troposphere import xray

from compiler import names
from compiler.kinds.tracing import Tracing
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope
from compiler.units import percent

LONGEST = 32  # of a group's name and a rule's. Source: X-Ray API reference, "CreateGroup", "SamplingRule".
# Before X-Ray's own rule, which is 10,000, and behind those that people make by hand.
PRIORITY = 5000


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """None: what is traced needs to know neither."""
    return {}


def build(component: Component, scope: Scope) -> None:
    """Adds the group, which collects the traces of the platform, and the rule that says how many there are.

    Functions have names that begin with the platform and the environment: their stack gives them.
    """
    spec = component.spec
    assert isinstance(spec, Tracing)
    prefix = names.physical(scope.platform.name, scope.platform.environment.name)
    name = _short(prefix)
    scope.add(
        xray.Group(
            scope.id("Group"),
            GroupName=name,
            FilterExpression=f'name BEGINSWITH "{prefix}-"',
            InsightsConfiguration=xray.InsightsConfiguration(
                InsightsEnabled=spec.insights, NotificationsEnabled=False
            ),
        )
    )
    scope.add(
        xray.SamplingRule(
            scope.id("SamplingRule"),
            SamplingRule=xray.SamplingRuleProperty(
                RuleName=name,
                Priority=PRIORITY,
                FixedRate=percent(spec.sampling.rate) / 100,
                ReservoirSize=spec.sampling.per_second,
                ServiceName=f"{prefix}-*",
                ServiceType="*",
                Host="*",
                HTTPMethod="*",
                URLPath="*",
                ResourceARN="*",
                Version=1,
            ),
        ),
        path=("sampling",),
    )


def _short(name: str) -> str:
    """The name, or where it is too long, its beginning and six digits that tell it from others like it."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 7]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
