"""The price book: what ships, how it is read, and what holds when two say different things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compiler.cost.price import free_types, pricers
from compiler.pricing.book import CONFIDENCES, Book, Price, Tier, lower, lowest, read, shipped, write
from compiler.views.prices import markdown

BOOK = shipped()
PRICE: dict[str, Any] = {
    "id": "nat.hour",
    "unit": "hour",
    "usd": 0.05,
    "source": "by hand",
    "as_of": "2026-11",
    "confidence": "high",
    "region": "eu-west-1",
}


def book(*prices: dict[str, Any]) -> bytes:
    return json.dumps({"prices": prices}).encode()


@pytest.mark.parametrize(
    ("wanted", "usd"),
    [
        ("nat.hour", 0.045),
        ("ipv4.hour", 0.005),
        ("endpoint.interface.hour", 0.01),
        ("fargate.arm.vcpu", 0.03238),
        ("fargate.x86.gb", 0.004445),
        ("alb.hour", 0.0225),
        ("lambda.arm.gbs", 0.0000133334),
        ("kinesis.shard.hour", 0.015),
        ("aurora.acu", 0.12),
        ("cache.valkey.t4g.small", 0.0256),
        ("efs.standard", 0.30),
        ("kms.key", 1.00),
        ("secret", 0.40),
        ("cw.alarm", 0.10),
        ("cw.logs.ingest", 0.50),
        ("waf.acl", 5.00),
    ],
)
def test_the_shipped_prices_are_those_of_the_list(wanted: str, usd: float) -> None:
    found = BOOK.price(wanted, "us-east-1")
    assert found is not None
    assert found.usd == usd


def test_every_shipped_price_says_who_says_so_and_since_when() -> None:
    for price in BOOK.prices.values():
        assert price.source
        assert price.as_of[:2] == "20"
        assert price.region == "us-east-1"


def test_only_the_free_endpoint_costs_nothing() -> None:
    assert [price.id for price in BOOK.prices.values() if price.usd == 0] == ["endpoint.gateway"]


def test_a_type_is_either_priced_or_free() -> None:
    assert pricers().keys() & free_types().keys() == set()


def test_other_regions_cost_what_us_east_1_does_but_that_is_less_sure() -> None:
    home, away = BOOK.price("nat.hour", "us-east-1"), BOOK.price("nat.hour", "eu-west-1")
    assert home is not None
    assert away is not None
    assert (home.confidence, away.confidence) == ("high", "medium")
    assert (away.usd, away.region) == (home.usd, "us-east-1")


def test_a_price_of_the_region_itself_holds_over_that_of_us_east_1() -> None:
    whole = read(book(PRICE)).over(BOOK)
    found = whole.price("nat.hour", "eu-west-1")
    assert found is not None
    assert (found.usd, found.confidence) == (0.05, "high")
    assert whole.knows("eu-west-1")
    assert not BOOK.knows("eu-west-1")


def test_what_the_book_does_not_know_has_no_price() -> None:
    assert BOOK.price("nat.minute", "us-east-1") is None


def test_a_book_is_the_same_when_it_was_written_and_read() -> None:
    assert read(write(BOOK)) == BOOK


def test_the_shipped_book_lists_its_prices_by_id() -> None:
    file = Path(__file__).parents[1] / "compiler" / "pricing" / "books" / "us-east-1.json"
    ids = [price["id"] for price in json.loads(file.read_text())["prices"]]
    assert ids == sorted(ids)


def test_tiers_are_added_up() -> None:
    requests = BOOK.price("apigw.http", "us-east-1")
    assert requests is not None
    assert requests.cost(300) == pytest.approx(300.00)
    assert requests.cost(400) == pytest.approx(300.00 + 100 * 0.90)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        book({**PRICE, "usd": "free"}),
        book({**PRICE, "usd": -1}),
        book({**PRICE, "confidence": "certain"}),
        book({**PRICE, "colour": "red"}),
        book(PRICE, PRICE),
        book({**PRICE, "usd": 1e7}),
        book({**PRICE, "query": {"service": "AmazonVPC", "usage": "NatGateway-Hours", "per": 0}}),
        book({**PRICE, "tiers": [{"above": 1, "usd": 1}]}),
        book({**PRICE, "tiers": [{"above": 0, "usd": PRICE["usd"] + 1}]}),
        book({**PRICE, "tiers": [{"above": 0, "usd": 1}, {"above": 0, "usd": 2}]}),
    ],
    ids=str,
)
def test_what_is_no_book_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(content)


def test_confidence_goes_down_a_step_and_a_sum_has_the_lowest() -> None:
    assert [lower(each) for each in CONFIDENCES] == ["medium", "low", "low"]
    assert lowest(["high", "low", "medium"]) == "low"
    assert lowest([]) == "high"


@given(some.sampled_from(sorted(BOOK.prices)), some.floats(0, 1e9), some.floats(0, 1e9))
def test_more_of_a_thing_never_costs_less(key: tuple[str, str], some_: float, more: float) -> None:
    price = BOOK.prices[key]
    assert 0 <= price.cost(some_) <= price.cost(some_ + more) + 1e-9


def test_an_empty_book_is_none() -> None:
    assert Book({}).over(BOOK) == BOOK
    assert Price(**{**PRICE, "tiers": (Tier(0, 0.05),)}).cost(2) == pytest.approx(0.10)


def test_the_documented_prices_are_those_of_the_book() -> None:
    document = (Path(__file__).parents[1] / "docs" / "cost.md").read_text()
    assert document.endswith(markdown([BOOK.prices["us-east-1", wanted] for wanted in BOOK.ids()]))
