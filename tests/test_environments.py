"""Merging an environment over the platform, and where every value comes from."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from compiler.environments import _merge as merge_values
from compiler.model import Platform
from tests.specs import document, problems, resolved

KEYS = some.text(string.ascii_lowercase, min_size=1, max_size=3)
VALUES = some.recursive(
    some.integers() | some.booleans() | some.lists(some.integers(), max_size=3),
    lambda inner: some.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
MAPS = some.dictionaries(KEYS, VALUES, max_size=5)


@given(MAPS)
def test_merging_nothing_changes_nothing(base: dict[str, Any]) -> None:
    assert merge_values(base, {}) == base
    assert merge_values({}, base) == base


@given(MAPS)
def test_merging_a_thing_over_itself_changes_nothing(base: dict[str, Any]) -> None:
    assert merge_values(base, base) == base


@given(MAPS, MAPS, MAPS)
def test_merging_is_associative(first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]) -> None:
    one = merge_values(merge_values(first, second), third)
    assert one == merge_values(first, merge_values(second, third))


@given(MAPS, MAPS)
def test_what_the_environment_says_holds(base: dict[str, Any], over: dict[str, Any]) -> None:
    merged = merge_values(base, over)
    for key, value in over.items():
        if not isinstance(value, dict):
            assert merged[key] == value


def where(platform: Platform, *path: str | int) -> tuple[str, str | None]:
    origin = platform.origin(path)
    return origin.source, str(origin.position) if origin.position else None


SPEC = """
streams:
  telemetry:
    load: {devices: 10, messages_per_second: 1, message_size: 1KiB}
"""
HEAD = """\
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev, region: eu-central-1, streams: {telemetry: {load: {devices: 3}, retention: 48h}}}
  production: {profile: production}
"""


def test_every_value_knows_where_it_comes_from() -> None:
    from compiler import pipeline

    platform = pipeline.understand(document(SPEC, HEAD), "dev")
    load = ("streams", "telemetry", "load")
    assert where(platform, *load, "devices") == ("environment dev", "spec.yaml:5:74")
    assert where(platform, *load, "messages_per_second") == ("spec", "spec.yaml:9:25")
    assert where(platform, *load, "headroom") == ("default", None)
    assert where(platform, *load) == ("spec", "spec.yaml:9:5")
    assert where(platform, "region") == ("environment dev", "spec.yaml:5:23")
    assert platform.environment.region == "eu-central-1"


def test_a_profile_gives_defaults_below_what_the_spec_says() -> None:
    production = resolved(SPEC, "production")
    assert where(production, "streams", "telemetry", "retention") == ("profile production", None)
    assert production.values["streams"]["telemetry"]["retention"] == "7d"


def test_lists_are_replaced_not_joined() -> None:
    head = HEAD.replace("retention: 48h}}", "retention: 48h}}, notifications: {warning: [{email: a@b.co}]}")
    body = SPEC + "notifications: {warning: [{email: c@d.co}, {email: e@f.co}]}\n"
    from compiler import pipeline

    platform = pipeline.understand(document(body, head), "dev")
    assert platform.values["notifications"]["warning"] == [{"email": "a@b.co"}]


def test_an_unknown_environment_is_named_with_those_that_exist() -> None:
    import pytest

    from compiler.diagnostics import SpecError

    with pytest.raises(SpecError) as caught:
        resolved(SPEC, "prod")
    assert str(caught.value) == (
        "spec.yaml:4:1 E208 no environment is named 'prod'; the spec has: dev, production; "
        "did you mean 'production'?"
    )


def test_a_wrong_value_of_an_environment_is_shown_where_it_stands() -> None:
    head = HEAD.replace("devices: 3", "devices: none")
    assert [problem.split()[0] for problem in problems(SPEC, head)] == ["spec.yaml:5:83"]


def test_a_mapping_over_a_number_is_shown_where_the_environment_says_it() -> None:
    body = "network: {}\nservices: {web: {image: {repository: web, tag: '1'}, count: 2}}\n"
    head = HEAD.replace(
        "streams: {telemetry: {load: {devices: 3}, retention: 48h}}", "services: {web: {count: {min: 5}}}"
    )
    assert {problem.split()[0] for problem in problems(body, head)} == {"spec.yaml:5:62"}


def test_tags_that_aws_refuses_are_refused_at_the_tag() -> None:
    (problem,) = problems('tags: {"aws:x": y}\n')
    assert problem.startswith("spec.yaml:7:8 E105")
