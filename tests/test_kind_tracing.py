"""Tracing: a group and a sampling rule for what is called as the platform is."""

from __future__ import annotations

from typing import Any

from compiler import pipeline
from tests.specs import HEAD, compiled, document, problems, resources


def rule(settings: str) -> dict[str, Any]:
    (found,) = resources(compiled(f"tracing: {settings}"), "AWS::XRay::SamplingRule").values()
    properties: dict[str, Any] = found["Properties"]["SamplingRule"]
    return properties


def test_the_rule_holds_for_what_is_called_as_the_platform_is() -> None:
    found = rule("{}")
    assert (found["FixedRate"], found["ReservoirSize"]) == (0.05, 1)
    assert (found["RuleName"], found["ServiceName"], found["Priority"]) == ("shop-dev", "shop-dev-*", 5000)


def test_the_spec_says_how_many_requests_are_followed() -> None:
    found = rule("{sampling: {rate: 0.5%, per_second: 10}}")
    assert (found["FixedRate"], found["ReservoirSize"]) == (0.005, 10)


def test_the_group_collects_the_platforms_traces() -> None:
    (found,) = resources(compiled("tracing: {insights: true}"), "AWS::XRay::Group").values()
    properties = found["Properties"]
    assert properties["FilterExpression"] == 'name BEGINSWITH "shop-dev-"'
    assert properties["InsightsConfiguration"] == {"InsightsEnabled": True, "NotificationsEnabled": False}
    assert {"Key": "component", "Value": "tracing"} in properties["Tags"]


def test_nothing_is_followed_unless_the_spec_says_so() -> None:
    assert resources(compiled("queues: {work: {}}"), "AWS::XRay::SamplingRule") == {}


def test_names_that_are_too_long_for_xray_stay_different() -> None:
    head = (
        HEAD.replace("shop", "p" * 20)
        .replace("dev: {", "stagingarea1: {")
        .replace("  production: {", "  stagingarea2: {")
    )
    names = []
    for environment in ("stagingarea1", "stagingarea2"):
        assembly = pipeline.compile_spec(document("tracing: {}", head), environment, lambda folder: {})
        (found,) = resources(assembly, "AWS::XRay::Group").values()
        names.append(found["Properties"]["GroupName"])
    assert len(set(names)) == 2
    assert all(len(name) == 32 for name in names)


def test_a_rate_is_a_percentage_up_to_100() -> None:
    (message,) = problems("tracing: {sampling: {rate: 120%}}")
    assert "100%" in message
