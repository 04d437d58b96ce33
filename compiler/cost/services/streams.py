"""Kinesis streams, their consumers, and Firehose."""

from __future__ import annotations

from compiler.cost.charge import GB, Charge, Charges, hourly, monthly, used
from compiler.cost.estimate import Range, exactly
from compiler.cost.subject import Resource

MILLION = 1e6
SHARD_METRICS = 7  # what ALL means. Source: Kinesis developer guide, "Enhanced shard-level metrics", 2026
INCLUDED_HOURS, EXTENDED_HOURS = 24, 168  # of retention. Source: Kinesis pricing page, 2026


def stream(resource: Resource) -> Charges:
    """Shards between the scaler's limits, expected those it begins with; use is that of the declared load."""
    on_demand = resource.text("StreamModeDetails", "StreamMode") == "ON_DEMAND" or (
        resource.get("ShardCount") is None
    )
    yield from _on_demand(resource) if on_demand else _provisioned(resource)


def consumer(resource: Resource) -> Charges:
    """Enhanced fan-out: each consumer has every shard for itself."""
    owner = resource.named("AWS::Kinesis::Stream", "StreamARN")
    if owner and owner.get("ShardCount") is not None:
        yield hourly("fan-out of shards", "kinesis.efo.hour", shards(owner))
        yield used("fan-out of data", "kinesis.efo.gb", owner.use("bytes"), "load", GB)
    else:
        price = "kinesis.on_demand.efo"
        yield used("fan-out of data", price, owner.use("bytes") if owner else None, "load", GB)


def delivery(resource: Resource) -> Charges:
    """What Firehose takes in; the archive of logs takes what all log groups do."""
    yield used("delivered data", "firehose.ingest", resource.share("ingested"), "ingested", GB)


def shards(resource: Resource) -> Range:
    """The shards of a provisioned stream; with a scaler, those between its limits."""
    written = resource.number("ShardCount")
    for function in resource.users("AWS::Lambda::Function", "Environment", "Variables"):
        variables = function.get("Environment", "Variables")
        if {"MIN_SHARDS", "MAX_SHARDS"} <= set(variables):
            least, most = float(variables["MIN_SHARDS"]), float(variables["MAX_SHARDS"])
            return Range(min(least, written), written, max(most, written))
    return exactly(written)


def _provisioned(resource: Resource) -> Charges:
    count = shards(resource)
    yield hourly("shards", "kinesis.shard.hour", count)
    yield used("PUT payload units", "kinesis.put", resource.use("payload_units"), "load", MILLION)
    names = resource.get("DesiredShardLevelMetrics", default=())
    metrics = SHARD_METRICS if "ALL" in names else len(names)
    if metrics:
        yield monthly("shard metrics", "cw.metric", count * metrics)
    kept = resource.number("RetentionPeriodHours", default=INCLUDED_HOURS)
    if kept > INCLUDED_HOURS:
        yield hourly("extended retention", "kinesis.ext_retention", count)
    if kept > EXTENDED_HOURS:
        yield _long(resource, "kinesis.long_retention", kept)


def _on_demand(resource: Resource) -> Charges:
    yield hourly("stream on demand", "kinesis.on_demand.hour")
    yield used("data in", "kinesis.on_demand.in", resource.use("bytes"), "load", GB)
    yield used("data out", "kinesis.on_demand.out", resource.use("bytes_out"), "load", GB)
    kept = resource.number("RetentionPeriodHours", default=INCLUDED_HOURS)
    if kept > INCLUDED_HOURS:
        price, until = "kinesis.on_demand.ext_retention", min(kept, EXTENDED_HOURS)
        yield _kept(resource, "extended retention", price, until - INCLUDED_HOURS)
    if kept > EXTENDED_HOURS:
        yield _long(resource, "kinesis.on_demand.long_retention", kept)


def _long(resource: Resource, price: str, kept: float) -> Charge:
    return _kept(resource, "long-term retention", price, kept - EXTENDED_HOURS)


def _kept(resource: Resource, what: str, price: str, hours: float) -> Charge:
    """What came in during the last hours and is still there, on an average day of the month."""
    came = resource.use("bytes")
    return used(what, price, None if came is None else came * hours / 730, "load", GB)


PRICERS = {
    "AWS::Kinesis::Stream": stream,
    "AWS::Kinesis::StreamConsumer": consumer,
    "AWS::KinesisFirehose::DeliveryStream": delivery,
}
