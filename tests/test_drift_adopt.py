"""Adopting what is live: the spec is changed so that it compiles to just that, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.deploy.doors.drift import Difference, ResourceDrift
from compiler.document import load
from compiler.drift import differences
from compiler.drift.adopt import Adopted, Spec, adopt
from compiler.drift.findings import Finding
from compiler.drift.pointers import NoPlaceError, changed, operation
from compiler.model import Platform
from compiler.review.paths import MISSING, Item, Leaf
from tests.specs import CODE, HEAD

ONE = HEAD.replace("  production: {profile: production}\n", "")
REASON = "found live and adopted"


def compiled(text: str) -> tuple[Platform, Assembly]:
    (platform,) = pipeline.platforms(load(text.encode(), "spec.yaml"), "dev")
    pipeline.judged([platform], date(2026, 11, 23))
    (assembly,) = pipeline.assemble([platform], lambda folder: CODE)
    return platform, assembly


def found(spec: Spec, logical_id: str, name: str, actual: Any) -> Finding:
    """What is found when a property is another one live."""
    stack = next(s for s in spec.assembly.stacks if logical_id in s.template["Resources"])
    resource = stack.template["Resources"][logical_id]
    expected = resource.get("Properties") or {}
    live = {key: value for key, value in {**expected, name: actual}.items() if value is not MISSING}
    told = (Difference(f"/{name}", "NOT_EQUAL", "", ""),)
    drift = ResourceDrift(logical_id, "x", resource["Type"], "MODIFIED", told, expected, live)
    (finding,) = differences.of(drift, stack).findings
    return finding


def adopted(
    body: str, logical_id: str, name: str, actual: Any, head: str = HEAD
) -> tuple[Spec, Adopted | str]:
    spec = Spec(head + body, "spec.yaml", *compiled(head + body))
    return spec, adopt(spec, found(spec, logical_id, name, actual), REASON, compiled)


@pytest.mark.parametrize(
    ("body", "logical_id", "name", "actual", "path", "value"),
    [
        (
            "queues: {work: {}}\n",
            "WorkQueue",
            "VisibilityTimeout",
            60,
            "queues.work.visibility_timeout",
            "1m",
        ),
        (
            "queues: {work: {}}\n",
            "WorkQueue",
            "MessageRetentionPeriod",
            "86400",
            "queues.work.retention",
            "1d",
        ),
        (
            "tables: {orders: {partition_key: {name: id, type: string}}}\n",
            "OrdersTable",
            "DeletionProtectionEnabled",
            True,
            "tables.orders.deletion_protection",
            True,
        ),
        (
            "streams: {clicks: {}}\n",
            "ClicksStream",
            "RetentionPeriodHours",
            48,
            "streams.clicks.retention",
            "2d",
        ),
    ],
)
def test_a_property_of_the_component_is_set_for_this_environment_alone(
    body: str, logical_id: str, name: str, actual: Any, path: str, value: Any
) -> None:
    spec, made = adopted(body, logical_id, name, actual)
    assert isinstance(made, Adopted), made
    assert not made.override
    assert made.fix.path == ("environments", "dev", *path.split("."))
    assert made.fix.value == value
    _, after = compiled(made.text)
    (stack,) = [s for s in after.stacks if logical_id in s.template["Resources"]]
    assert str(stack.template["Resources"][logical_id]["Properties"][name]) == str(actual)
    before = pipeline.understand(load(spec.text.encode(), "spec.yaml"), "production")
    other = pipeline.understand(load(made.text.encode(), "spec.yaml"), "production")
    assert other.values == before.values


def test_the_only_environment_has_it_where_the_spec_says_it() -> None:
    _, made = adopted("queues: {work: {}}\n", "WorkQueue", "VisibilityTimeout", 60, ONE)
    assert isinstance(made, Adopted)
    assert made.fix.path == ("queues", "work", "visibility_timeout")
    assert "queues: {work: {visibility_timeout: 1m}}" in made.text


def test_what_the_language_has_no_word_for_becomes_an_override_with_its_reason() -> None:
    body = "queues: {work: {}}\n"
    _, made = adopted(body, "WorkQueue", "MaximumMessageSize", 2048)
    assert isinstance(made, Adopted)
    assert made.override
    assert made.fix.path == ("environments", "dev", "queues", "work", "overrides")
    patch = {"op": "add", "path": "/Properties/MaximumMessageSize", "value": 2048}
    assert made.fix.value == [{"resource": "WorkQueue", "patch": [patch], "reason": REASON}]
    platform, assembly = compiled(made.text)
    second = Spec(made.text, "spec.yaml", platform, assembly)
    more = adopt(second, found(second, "WorkQueue", "DelaySeconds", 7), REASON, compiled)
    assert isinstance(more, Adopted)
    assert more.fix.value[:1] == made.fix.value or not more.override
    _, both = compiled(more.text)
    (stack,) = [s for s in both.stacks if "WorkQueue" in s.template["Resources"]]
    properties = stack.template["Resources"]["WorkQueue"]["Properties"]
    assert (properties["MaximumMessageSize"], properties["DelaySeconds"]) == (2048, 7)


def test_a_value_that_no_spec_may_have_is_not_adopted() -> None:
    """A rule, or the schema, says no to every way of saying it; nothing is written then."""
    body = "queues: {work: {}}\n"
    spec = Spec(HEAD + body, "spec.yaml", *compiled(HEAD + body))
    finding = found(spec, "WorkQueue", "VisibilityTimeout", 60)

    def refuses(text: str) -> tuple[Platform, Assembly]:
        return compiled("platform: [")

    assert adopt(spec, finding, REASON, refuses) == "nothing that the spec can say compiles to just this"


def test_a_secret_and_a_resource_that_is_gone_are_not_adopted() -> None:
    body = "queues: {work: {}}\n"
    spec = Spec(HEAD + body, "spec.yaml", *compiled(HEAD + body))
    stack = next(s for s in spec.assembly.stacks if "WorkQueue" in s.template["Resources"])
    gone = ResourceDrift("WorkQueue", "x", "AWS::SQS::Queue", "DELETED")
    (finding,) = differences.of(gone, stack).findings
    assert "not written into a spec" in str(adopt(spec, finding, REASON, compiled))


@pytest.mark.parametrize(
    ("properties", "leaf", "made"),
    [
        ({"A": 1}, Leaf(("A",), 1, 2), {"op": "replace", "path": "/Properties/A", "value": 2}),
        ({"A": 1}, Leaf(("A",), 1, MISSING), {"op": "remove", "path": "/Properties/A"}),
        (
            {"A": {"x": 1}},
            Leaf(("A", "b/c", "d"), MISSING, 2),
            {"op": "add", "path": "/Properties/A/b~1c", "value": {"d": 2}},
        ),
        (
            {"A": [{"Key": "k", "Value": 1}, {"Key": "l", "Value": 2}]},
            Leaf(("A", Item("l"), "Value"), 2, 3),
            {"op": "replace", "path": "/Properties/A/1/Value", "value": 3},
        ),
    ],
)
def test_a_difference_is_one_operation_on_the_template(
    properties: dict[str, Any], leaf: Leaf, made: dict[str, Any]
) -> None:
    resource = {"Type": "X", "Properties": properties}
    assert operation(resource, leaf) == made
    assert changed(resource, made) != resource


@pytest.mark.parametrize(
    ("properties", "leaf"),
    [
        ({"A": {"Fn::Sub": "x"}}, Leaf(("A", "b"), 1, 2)),
        ({"A": []}, Leaf(("A", Item("0"), "b"), MISSING, 2)),
        ({}, Leaf(("A",), 1, MISSING)),
        ({"A": 1}, Leaf(("A", "b"), 1, 2)),
    ],
)
def test_what_the_template_computes_around_a_value_leaves_no_place_for_it(
    properties: dict[str, Any], leaf: Leaf
) -> None:
    with pytest.raises(NoPlaceError):
        operation({"Type": "X", "Properties": properties}, leaf)
