"""Notifications: every receiver once, and with a logical id of its own."""

from __future__ import annotations

import pytest

from tests.specs import compiled, problems, resources


def subscriptions(*addresses: str) -> dict[str, str]:
    """Address -> the logical id of its subscription."""
    listed = ", ".join(f"{{email: '{address}'}}" for address in addresses)
    found = resources(compiled(f"notifications: {{critical: [{listed}]}}\n"), "AWS::SNS::Subscription")
    return {resource["Properties"]["Endpoint"]: name for name, resource in found.items()}


def test_a_plain_address_names_its_subscription() -> None:
    assert subscriptions("oncall@example.com") == {
        "oncall@example.com": "NotificationsCriticalTopicOncallExampleCom"
    }


def test_addresses_that_differ_in_their_signs_only_do_not_collide() -> None:
    addresses = (
        "a.b@c.com",
        "a-b@c.com",
        "a@b.c.com",
        "a_b@c.com",
        "a+b@c.com",
        "aB@c.com",
        "ü@c.com",
    )
    found = subscriptions(*addresses)
    assert len(set(found.values())) == len(addresses)
    assert found["a@b.c.com"] == "NotificationsCriticalTopicABCCom"
    assert all(name.isascii() and name.isalnum() for name in found.values())


def test_a_long_address_stays_within_the_limit_of_logical_ids() -> None:
    (name,) = subscriptions(f"{'a' * 240}@example.com").values()
    assert len(name) < 255


def test_the_name_follows_from_the_address_alone() -> None:
    one, two = subscriptions("a.b@c.com"), subscriptions("x@y.com", "a.b@c.com")
    assert one["a.b@c.com"] == two["a.b@c.com"]


@pytest.mark.parametrize("again", ["a@b.co", "A@b.co"])
def test_a_receiver_is_listed_once(again: str) -> None:
    body = "notifications:\n  critical:\n    - email: a@b.co\n    - email: %s\n  warning: [{email: a@b.co}]\n"
    assert problems(body % again) == [f"spec.yaml:10:7 E107 '{again}' is listed twice; remove one of the two"]
