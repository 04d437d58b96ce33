"""Policies and security-group rules compared by what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.review.openings import Opening, added, openings
from compiler.review.statements import covers, described, statements, widened


def allow(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


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
    ],
)
def test_what_was_not_allowed_before_is_said(
    before: list[dict[str, Any]], after: list[dict[str, Any]], text: str
) -> None:
    assert news(before, after) == [text]


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
