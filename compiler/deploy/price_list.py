"""The AWS Price List API over a boto3 client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.deploy import explain

# Where the API is. Source: AWS Billing user guide, "AWS Price List", 2026.
PRICES_REGION = "us-east-1"


class PriceList:
    """`pricing.refresh.Products` over a boto3 client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def products(self, service: str, attributes: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        filters = [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in sorted(attributes.items())]
        options: dict[str, Any] = {"ServiceCode": service, "Filters": filters, "FormatVersion": "aws_v1"}
        while True:
            try:
                page = self._client.get_products(**options)
            except Exception as error:
                raise explain.failure(error, "pricing get_products", PRICES_REGION, service) from None
            yield from (json.loads(product) for product in page.get("PriceList", ()))
            if not page.get("NextToken"):
                return
            options["NextToken"] = page["NextToken"]
