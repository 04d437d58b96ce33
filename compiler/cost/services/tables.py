"""DynamoDB tables: requests or provisioned capacity, storage and recovery."""

from __future__ import annotations

from compiler.cost.charge import GB, Charges, hourly, used
from compiler.cost.scaling import scaled
from compiler.cost.subject import Resource

MILLION = 1e6


def table(resource: Resource) -> Charges:
    """On demand by requests; provisioned by the hour, between scaling's limits, expected the least."""
    if resource.text("BillingMode", default="PROVISIONED") == "PAY_PER_REQUEST":
        yield used("reads", "dynamodb.read", resource.use("reads"), "reads", MILLION)
        yield used("writes", "dynamodb.write", resource.use("writes"), "writes", MILLION)
    else:
        yield from _provisioned(resource)
    rare = ".ia" if resource.text("TableClass") == "STANDARD_INFREQUENT_ACCESS" else ""
    yield used("storage", f"dynamodb.storage{rare}", resource.use("stored"), "stored", GB)
    recovery = resource.get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled", default=False)
    if str(recovery).lower() == "true":
        yield used("point-in-time recovery", "dynamodb.pitr", resource.use("stored"), "stored", GB)


def _provisioned(resource: Resource) -> Charges:
    for way, price in (("Read", "dynamodb.read.hour"), ("Write", "dynamodb.write.hour")):
        own = resource.number("ProvisionedThroughput", f"{way}CapacityUnits", default=0)
        units = scaled(resource, f"dynamodb:table:{way}CapacityUnits", own)
        yield hourly(f"{way.lower()} capacity", price, units)
    for index in resource.get("GlobalSecondaryIndexes", default=()):
        capacity = index.get("ProvisionedThroughput", {})
        for way, price in (("Read", "dynamodb.read.hour"), ("Write", "dynamodb.write.hour")):
            own = float(capacity.get(f"{way}CapacityUnits", 0))
            dimension = f"dynamodb:index:{way}CapacityUnits"
            each = scaled(resource, dimension, own, str(index.get("IndexName")))
            yield hourly(f"{way.lower()} capacity of {index.get('IndexName')}", price, each)


PRICERS = {"AWS::DynamoDB::Table": table}
