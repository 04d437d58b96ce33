"""Policies and security-group rules compared by what they mean."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compiler.review.openings import Opening, added, openings
from compiler.review.patterns import covers
from compiler.review.statements import described, statements, widened


def allow(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def unnamed(element: str, but: Any) -> dict[str, Any]:
    """Allows all but what is named of one element."""
    statement = allow("a:B")
    del statement[element]
    return {**statement, f"Not{element}": but}


def news(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    old, new = statements({"Statement": before}), statements({"Statement": after})
    return [text for statement, grants in widened(old, new) for text in described(statement, grants)]


WHEN = {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([allow("s3:*")], [allow(["s3:GetObject", "s3:PutObject"])]),
        ([allow(["a:B", "a:C"])], [allow("a:B"), allow("a:C")]),
        ([allow("a:B", "x"), allow("a:B", "y")], [allow("a:B", ["x", "y"])]),
        ([allow("a:B")], [allow("a:B", "x")]),
        ([allow("a:B")], [allow("a:B", **WHEN)]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [allow("s3:GetObject")]),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"}],
        ),
        ([allow("a:B")], [allow("a:B"), allow("a:B", effect="Deny")]),
        (
            [allow("a:B", {"Fn::Sub": "${Data.Arn}/*"})],
            [allow("a:B", {"Fn::Join": ["", [{"Fn::GetAtt": ["Data", "Arn"]}, "/in/*"]]})],
        ),
        ([allow("a:B", {"Fn::If": ["C", "x", "y"]})], [allow("a:B", "x")]),
        (
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:*"}})],
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:y"}})],
        ),
        (
            [allow("a:B", Condition={"StringNotEquals": {"k": ["a"]}})],
            [allow("a:B", Condition={"StringNotEquals": {"k": ["a", "b"]}})],
        ),
        (
            [allow("a:B", Condition={"StringEqualsIfExists": {"k": "a"}})],
            [allow("a:B", Condition={"StringEquals": {"k": "a"}})],
        ),
        (
            [allow("a:B", Condition={"StringLike": {"k": "a/*"}})],
            [allow("a:B", Condition={"StringEquals": {"K": "a/b"}})],
        ),
        (
            [allow("a:B", Condition={"ArnEquals": {"aws:SourceArn": "arn:x:*"}})],
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:*"}})],
        ),
        ([unnamed("Resource", "x")], [allow("a:B", "y")]),
        ([unnamed("Resource", "x")], [unnamed("Resource", ["x", "y"])]),
        ([allow("a:B", Principal="*")], [allow("a:B", Principal={"Service": "sns.amazonaws.com"})]),
        (
            [allow("a:B", Principal={"AWS": ["x", "y"]})],
            [allow("a:B", Principal={"AWS": "y"}), allow("a:B", Principal={"AWS": "x"})],
        ),
        ([], [allow("a:B", effect="Deny")]),
        ([allow("a:B", effect="Deny")], [allow("a:*", effect="Deny")]),
        ([allow("a:B", effect="Deny", **WHEN)], [allow("a:B", effect="Deny")]),
    ],
)
def test_what_was_allowed_before_is_no_news(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    assert news(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ([], [allow("a:B", "x")], "allows a:B on x"),
        ([allow("a:B", "x")], [allow("a:B", ["x", "y"])], "allows a:B on y"),
        ([allow("s3:Get*")], [allow("s3:*")], "allows s3:* on *"),
        ([allow("a:B", **WHEN)], [allow("a:B")], "allows a:B on *"),
        ([allow("a:B", effect="Deny")], [], "no longer denies a:B on *"),
        ([allow("a:B", effect="Deny")], [allow("a:B", effect="Deny", **WHEN)], "no longer denies a:B on *"),
        ([], [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "allows all but iam:* on *"),
        ([allow("a:B", Principal={"AWS": "x"})], [allow("a:B", Principal="*")], "allows a:B on * to *"),
        ([], [allow("a:B", **WHEN)], "allows a:B on * under conditions"),
        ([allow("a:B", "x")], [allow("a:B", {"Fn::If": ["C", "x", "y"]})], "allows a:B on y"),
        ([allow("a:B", "y")], [unnamed("Resource", "x")], "allows a:B on all but x"),
        ([unnamed("Resource", ["x", "y"])], [unnamed("Resource", "x")], "allows a:B on all but x"),
        ([unnamed("Resource", "x")], [allow("a:B", "*")], "allows a:B on *"),
        ([unnamed("Resource", "x/*")], [allow("a:B", "x/y")], "allows a:B on x/y"),
        ([unnamed("Action", "iam:*")], [allow("iam:PassRole")], "allows iam:PassRole on *"),
        (
            [allow("a:B", Principal={"AWS": "x"})],
            [{"Effect": "Allow", "Action": "a:B", "Resource": "*", "NotPrincipal": {"AWS": "y"}}],
            "allows a:B on * to all but AWS:y",
        ),
        (
            [allow("a:B", Principal={"Service": "sns.amazonaws.com"})],
            [allow("a:B", Principal={"Service": ["sns.amazonaws.com", "events.amazonaws.com"]})],
            "allows a:B on * to Service:events.amazonaws.com",
        ),
        (
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:y"}})],
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:*"}})],
            "allows a:B on * under conditions",
        ),
        (
            [allow("a:B", Condition={"ArnLike": {"aws:SourceArn": "arn:x:y"}, **WHEN["Condition"]})],
            [allow("a:B", **WHEN)],
            "allows a:B on * under conditions",
        ),
        (
            [allow("a:B", Condition={"StringEquals": {"k": "a"}})],
            [allow("a:B", Condition={"StringEqualsIfExists": {"k": "a"}})],
            "allows a:B on * under conditions",
        ),
        (
            [allow("a:B", Condition={"StringNotEquals": {"k": ["a", "b"]}})],
            [allow("a:B", Condition={"StringNotEquals": {"k": "a"}})],
            "allows a:B on * under conditions",
        ),
        (
            [allow("a:*", effect="Deny")],
            [{"Effect": "Deny", "NotAction": "a:B", "Resource": "*"}],
            "no longer denies a:* on *",
        ),
    ],
)
def test_what_was_not_allowed_before_is_said(
    before: list[dict[str, Any]], after: list[dict[str, Any]], text: str
) -> None:
    assert news(before, after) == [text]


# What a small world knows, with patterns of it, and requests that carry a key, another value of it, or none.
ACTIONS, RESOURCES, PRINCIPALS = ("a:B", "a:C", "b:B"), ("x", "x/y", "z"), ("AWS:p", "AWS:q")
VALUES = ("v", "w", None)


def some_of(known: tuple[str, ...], *patterns: str) -> some.SearchStrategy[list[str]]:
    return some.lists(some.sampled_from([*known, *patterns]), min_size=1, max_size=2, unique=True)


def element(name: str, values: some.SearchStrategy[Any]) -> some.SearchStrategy[dict[str, Any]]:
    return some.one_of(
        some.builds(lambda v: {name: v}, values), some.builds(lambda v: {f"Not{name}": v}, values)
    )


some_conditions = some.one_of(
    some.just({}),
    some.builds(
        lambda operator, values: {"Condition": {operator: {"k": values}}},
        some.sampled_from(["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIfExists"]),
        some_of(("v", "w")),
    ),
)
some_statement = some.builds(
    lambda effect, *parts: {"Effect": effect, **{k: v for part in parts for k, v in part.items()}},
    some.sampled_from(["Allow", "Allow", "Deny"]),
    element("Action", some_of(ACTIONS, "*", "a:*")),
    element("Resource", some_of(RESOURCES, "*", "x*")),
    element("Principal", some.builds(lambda who: {"AWS": who}, some_of(("p", "q"), "*"))),
    some_conditions,
)


def is_named(statement: dict[str, Any], name: str, value: str) -> bool:
    patterns = statement.get(name, statement.get(f"Not{name}"))
    if isinstance(patterns, dict):
        patterns = ["*" if who == "*" else f"AWS:{who}" for who in patterns["AWS"]]
    return any(fnmatchcase(value, pattern) for pattern in patterns) is (name in statement)


def is_met(statement: dict[str, Any], value: str | None) -> bool:
    for operator, keys in statement.get("Condition", {}).items():
        if value is None:
            return operator in ("StringNotEquals", "StringEqualsIfExists")
        return (value in keys["k"]) is (operator != "StringNotEquals")
    return True


def permitted(document: list[dict[str, Any]]) -> set[tuple[str, str, str, str | None]]:
    """Every request of the small world that the statements let through, one by one."""
    found = set()
    for request in product(PRINCIPALS, ACTIONS, RESOURCES, VALUES):
        who, action, resource, value = request
        effects = {
            statement["Effect"]
            for statement in document
            if is_named(statement, "Principal", who)
            and is_named(statement, "Action", action)
            and is_named(statement, "Resource", resource)
            and is_met(statement, value)
        }
        if effects == {"Allow"}:
            found.add(request)
    return found


@settings(max_examples=400, deadline=None)
@given(some.lists(some_statement, max_size=3), some.lists(some_statement, max_size=3))
def test_nothing_that_becomes_possible_goes_unsaid(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    if not news(before, after):
        assert permitted(after) <= permitted(before)


def test_policies_may_be_text() -> None:
    assert statements('{"Statement": {"Effect": "Allow", "Action": "a:B", "Resource": "*"}}')
    assert statements("not json") == ()
    assert statements({"Fn::Sub": "${Whatever}"}) == ()


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("*", "anything", True),
        ("a*", "ab*", True),
        ("ab*", "a*", False),
        ("a?", "ab", True),
        ("a?", "a*", False),
        ("a.b", "axb", False),
        ("${Data.Arn}/*", "${Data.Arn}/in", True),
    ],
)
def test_patterns_cover_patterns(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


def test_ranges_and_networks_cover_their_parts() -> None:
    wide = Opening("tcp", 0, 1024, "10.0.0.0/8")
    assert wide.covers(Opening("tcp", 443, 443, "10.2.0.0/16"))
    assert not wide.covers(Opening("udp", 443, 443, "10.2.0.0/16"))
    assert not wide.covers(Opening("tcp", 443, 2000, "10.2.0.0/16"))
    assert not wide.covers(Opening("tcp", 443, 443, "11.0.0.0/16"))
    assert Opening("-1", 0, 65535, "::/0").covers(Opening("tcp", 1, 1, "fd00::/8"))
    assert not Opening("-1", 0, 65535, "0.0.0.0/0").covers(Opening("tcp", 1, 1, "fd00::/8"))


def test_ports_given_by_functions_are_compared_as_text() -> None:
    port = {"Fn::GetAtt": ["Db", "Endpoint.Port"]}
    rule = {"IpProtocol": "6", "FromPort": port, "ToPort": port, "SourceSecurityGroupId": {"Ref": "Sg"}}
    (found,) = openings({"Fn::If": ["C", [rule], {"Ref": "AWS::NoValue"}]})
    assert str(found) == "tcp ${Db.Endpoint.Port}, ${Sg}"
    assert added([found], openings(rule)) == ()


@pytest.mark.parametrize(
    ("peer", "wide"),
    [("0.0.0.0/0", True), ("0.0.0.0/1", True), ("10.0.0.0/8", False), ("::/0", True), ("sg-1", False)],
)
def test_most_of_the_internet_is_wide(peer: str, wide: bool) -> None:
    assert Opening("tcp", 1, 1, peer).is_wide is wide
