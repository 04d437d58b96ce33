"""Lambda functions: requests and how long they take."""

from __future__ import annotations

from compiler.cost.charge import Charge, Charges, used
from compiler.cost.estimate import exactly
from compiler.cost.subject import Resource
from compiler.pricing.book import HOURS

MILLION = 1e6
INCLUDED_MB = 512  # of /tmp. Source: Lambda pricing page, 2026


def function(resource: Resource) -> Charges:
    """By the declared requests and their average duration, the same at any load."""
    requests, lasts = resource.use("requests"), resource.use("duration")
    yield used("requests", "lambda.requests", requests, "requests", MILLION)
    seconds = None if requests is None or lasts is None else requests * lasts
    memory = resource.number("MemorySize", default=128) / 1024
    time = None if seconds is None else exactly(seconds * memory)
    yield Charge("duration", f"lambda.{_processor(resource)}.gbs", time, "requests and duration")
    disk = (resource.number("EphemeralStorage", "Size", default=INCLUDED_MB) - INCLUDED_MB) / 1024
    if disk > 0:
        yield Charge("disk", "lambda.storage.gbs", time and exactly((seconds or 0) * disk), "duration")


def published(resource: Resource) -> Charges:
    """Concurrency that is kept ready; a version or an alias without any is free."""
    ready = resource.number("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions", default=0)
    if not ready:
        return
    owner = resource.named("AWS::Lambda::Function", "FunctionName")
    memory = owner.number("MemorySize", default=128) / 1024 if owner else 128 / 1024
    processor = _processor(owner) if owner else "x86"
    seconds = exactly(ready * memory * HOURS * 3600)
    yield Charge("provisioned concurrency", f"lambda.provisioned.{processor}.gbs", seconds)


def _processor(resource: Resource) -> str:
    return "arm" if "arm64" in resource.get("Architectures", default=()) else "x86"


PRICERS = {
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Version": published,
    "AWS::Lambda::Alias": published,
}
