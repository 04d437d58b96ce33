"""Prices from the AWS Price List API: answers made by hand in its real shape (format aws_v1), no network."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from compiler import cli
from compiler.commands import prices
from compiler.deploy.errors import DeployError
from compiler.deploy.price_list import PriceList
from compiler.pricing.book import read, shipped
from compiler.pricing.refresh import refresh

REGION = "eu-west-1"


def product(usage: str, *steps: tuple[str, str], currency: str = "USD") -> dict[str, Any]:
    """A product as `GetProducts` gives it: where each tier begins, and what a unit costs there."""
    dimensions = {
        f"SKU.JRTCKXETXF.{number}": {
            "unit": "Quantity",
            "beginRange": begin,
            "endRange": "Inf",
            "description": f"{usd} per unit",
            "rateCode": f"SKU.JRTCKXETXF.{number}",
            "appliesTo": [],
            "pricePerUnit": {currency: usd},
        }
        for number, (begin, usd) in enumerate(steps)
    }
    offer = {
        "priceDimensions": dimensions,
        "sku": "SKU",
        "effectiveDate": "2026-11-01T00:00:00Z",
        "offerTermCode": "JRTCKXETXF",
        "termAttributes": {},
    }
    return {
        "product": {
            "productFamily": "Any",
            "attributes": {"usagetype": usage, "regionCode": REGION},
            "sku": "SKU",
        },
        "serviceCode": "Any",
        "terms": {"OnDemand": {"SKU.JRTCKXETXF": offer}},
        "version": "20261101000000",
        "publicationDate": "2026-11-01T00:00:00Z",
    }


class FakeProducts:
    """Answers with the products of a service, and remembers what it was asked."""

    def __init__(self, **products: list[dict[str, Any]]) -> None:
        self.by_service = products
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def products(self, service: str, attributes: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        self.asked.append((service, attributes))
        yield from self.by_service.get(service, ())


def usd(api: FakeProducts, wanted: str) -> float | None:
    found = refresh(shipped(), REGION, api).book.prices.get((REGION, wanted))
    return found.usd if found else None


def test_a_price_of_the_region_is_found_by_its_usage_type_with_the_regions_prefix() -> None:
    api = FakeProducts(AmazonEC2=[product("EU-NatGateway-Hours", ("0", "0.0480000000"))])
    found = refresh(shipped(), REGION, api)
    price = found.book.prices[REGION, "nat.hour"]
    assert (price.usd, price.as_of, price.confidence) == (0.048, "2026-11-01", "high")
    assert price.source == "AWS Price List API"
    assert "nat.hour" not in found.missing
    assert ("AmazonEC2", {"regionCode": REGION, "productFamily": "NAT Gateway"}) in api.asked


def test_what_is_asked_alike_is_asked_once() -> None:
    api = FakeProducts()
    refresh(shipped(), REGION, api)
    asked = [(service, tuple(sorted(attributes.items()))) for service, attributes in api.asked]
    assert len(asked) == len(set(asked))


def test_what_is_not_found_keeps_its_price_and_is_told() -> None:
    found = refresh(shipped(), REGION, FakeProducts())
    assert "nat.hour" in found.missing
    assert "cw.alarm.anomaly" in found.unasked
    assert found.book.prices == {}


@pytest.mark.parametrize(
    "products",
    [
        [product("EU-Tables-NatGateway-Hours", ("0", "9"))],
        [product("EU-NatGateway-Hours", ("0", "0.048")), product("EU-NatGateway-Hours", ("0", "0.05"))],
        [product("EU-NatGateway-Hours", ("0", "0"))],
        [product("EU-NatGateway-Hours", ("0", "9"), currency="CNY")],
        [{"product": {}}],
        [{"product": None}],
        [product("EU-NatGateway-Hours", ("0", "dear"))],
        [product("EU-NatGateway-Hours", ("0", "-0.048"))],
        [product("EU-NatGateway-Hours", ("0", "Infinity"))],
        [product("EU-NatGateway-Hours", ("0", "0.048"), ("0", "0.05"))],
    ],
    ids=[
        "another usage type",
        "two prices",
        "free",
        "another currency",
        "no usage type",
        "no product",
        "no number",
        "negative",
        "endless",
        "two tiers from one amount",
    ],
)
def test_what_is_no_sure_answer_is_none(products: list[dict[str, Any]]) -> None:
    assert usd(FakeProducts(AmazonEC2=products), "nat.hour") is None


def test_units_are_those_of_the_book_and_tiers_are_kept() -> None:
    steps = ("0", "0.0000011100"), ("300000000", "0.0000010000")
    api = FakeProducts(AmazonApiGateway=[product("EU-ApiGatewayHttpRequest", *steps)])
    price = refresh(shipped(), REGION, api).book.prices[REGION, "apigw.http"]
    assert [(tier.above, tier.usd) for tier in price.tiers] == [(0, 1.11), (300, 1.00)]
    assert price.cost(301) == pytest.approx(300 * 1.11 + 1.00)


def test_what_an_account_has_free_at_first_is_not_counted() -> None:
    api = FakeProducts(awskms=[product("eu-west-1-KMS-Requests", ("0", "0"), ("20000", "0.000003"))])
    assert usd(api, "kms.requests") == pytest.approx(0.03)


def options(folder: Path) -> argparse.Namespace:
    return argparse.Namespace(region=REGION, out=str(folder / "prices.eu-west-1.json"))


def test_the_command_writes_a_book_that_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api = FakeProducts(AmazonEC2=[product("EU-NatGateway-Hours", ("0", "0.048"))])
    assert prices.fetch(options(tmp_path), api) == 0
    assert "1 price\nnot found, so they stay as they were: alb.hour" in capsys.readouterr().out
    whole = read((tmp_path / "prices.eu-west-1.json").read_bytes()).over(shipped())
    found = whole.price("nat.hour", REGION)
    assert found is not None
    assert found.usd == 0.048


def test_a_region_of_which_nothing_is_known_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="AWS publishes no prices of eu-west-1"):
        prices.fetch(options(tmp_path), FakeProducts())
    assert list(tmp_path.iterdir()) == []


class FakeClient:
    """A boto3 client of two pages."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_products(self, **options: Any) -> dict[str, Any]:
        self.asked.append(options)
        if "NextToken" in options:
            return {"FormatVersion": "aws_v1", "PriceList": [json.dumps({"page": 2})]}
        return {"FormatVersion": "aws_v1", "PriceList": [json.dumps({"page": 1})], "NextToken": "more"}


def test_the_door_reads_all_pages_with_exact_filters() -> None:
    client = FakeClient()
    found = list(PriceList(client).products("AmazonEC2", {"regionCode": REGION}))
    assert found == [{"page": 1}, {"page": 2}]
    assert client.asked[0]["Filters"] == [{"Type": "TERM_MATCH", "Field": "regionCode", "Value": REGION}]
    assert client.asked[1]["NextToken"] == "more"


def test_without_credentials_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["prices", "refresh", "--region", REGION]) == 3
    assert "no AWS credentials were found" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_prices_are_listed_by_their_beginnings(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prices", "list", "nat", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["prices"]
    assert [price["id"] for price in found] == ["nat.gb", "nat.hour", "nat.regional.hour"]
    assert cli.main(["prices", "list", "apigw.http"]) == 0
    assert "1.00 (0.90 above 300) USD per million requests" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["list", "nta"], "the price book has no 'nta'; did you mean 'nat'?"),
        (["list", "--region", "Dublin"], "'Dublin' is no region; give an AWS region such as eu-west-1"),
        (["refresh", "--region", "Dublin"], "'Dublin' is no region"),
    ],
)
def test_wrong_words_are_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["prices", *arguments]) == 2
    assert told in capsys.readouterr().err
