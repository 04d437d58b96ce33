"""Aurora: capacity, instances, storage, further readers, proxies and insights."""

from __future__ import annotations

from compiler.cost.charge import GB, Charges, Unpriced, hourly, monthly, used
from compiler.cost.estimate import Range, exactly
from compiler.cost.scaling import TARGET
from compiler.cost.subject import Resource

MILLION = 1e6
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
SERVERLESS = "db.serverless"
READERS = "rds:cluster:ReadReplicaCount"
# The least that a proxy is billed for, and the vCPUs of the instance classes in the book.
# Source: RDS Proxy pricing page; Aurora user guide, "DB instance classes", 2026.
PROXY_ACUS, PROXY_VCPUS = 8, 2
VCPUS = {"db.t4g.medium": 2, "db.r7g.large": 2, "db.r8g.large": 2}


def cluster(resource: Resource) -> Charges:
    """Storage, requests to it, and backups beyond the cluster's own size."""
    if not resource.text("Engine").startswith("aurora"):
        yield Unpriced("cluster", f"engine {resource.text('Engine') or '(none)'} is not in the price book")
        return
    iopt = ".iopt" if _optimized(resource) else ""
    yield used("storage", f"aurora.storage{iopt}", resource.use("stored"), "stored", GB)
    if not iopt:
        yield used("requests to storage", "aurora.io", resource.use("io_requests"), "io_requests", MILLION)
    yield used("backups", "aurora.backup", resource.use("backup_stored"), "backup_stored", GB)
    if str(resource.get("ManageMasterUserPassword", default="false")).lower() == "true":
        yield monthly("the master's secret", "secret")
    if resource.get("GlobalClusterIdentifier") is not None:
        writes = resource.use("io_requests")
        yield used("replicated writes", "aurora.global.writes", writes, "io_requests", MILLION)


def instance(resource: Resource) -> Charges:
    """Serverless: from the least to the most ACUs, expected the least, where no load peaks are.

    A cluster that may pause (0 ACU) is expected to. `capacity` of the component's usage, the average ACUs of
    an instance, says better what to expect.
    """
    owner = resource.named(CLUSTER, "DBClusterIdentifier")
    if owner is None:
        engine, class_ = resource.text("Engine"), resource.text("DBInstanceClass")
        yield Unpriced("instance", f"{class_} of {engine or 'an unknown engine'} is not in the price book")
        return
    yield from _instances(owner, resource.text("DBInstanceClass"), exactly(1))


def readers(resource: Resource) -> Charges:
    """Readers that scaling may add to those of the template; none of them is expected."""
    owner = resource.named(CLUSTER, "ResourceId")
    if owner is None or resource.text("ScalableDimension") != READERS:
        return  # what scales is priced where it is
    there = owner.users(INSTANCE, "DBClusterIdentifier")
    most = max(0.0, resource.number("MaxCapacity") - (len(there) - 1))
    if most and there:
        class_ = there[0].text("DBInstanceClass")
        yield from _instances(owner, class_, Range(0, 0, most), "further readers")


def proxy(resource: Resource) -> Charges:
    """By the capacity of the database behind it, but never less than 8 ACUs or 2 vCPUs."""
    groups = resource.users("AWS::RDS::DBProxyTargetGroup", "DBProxyName")
    owners = [owner for group in groups if (owner := group.named(CLUSTER, "DBClusterIdentifiers"))]
    classes = [
        each.text("DBInstanceClass") for o in owners for each in o.users(INSTANCE, "DBClusterIdentifier")
    ]
    if SERVERLESS in classes or not classes:
        acus = [_acus(owner) * classes.count(SERVERLESS) for owner in owners[:1]] or [exactly(0)]
        billed = Range(*(max(PROXY_ACUS, amount) for amount in acus[0]))
        yield hourly("proxy", "rds.proxy", billed)
    else:
        vcpus = sum(VCPUS.get(class_, PROXY_VCPUS) for class_ in classes)
        yield hourly("proxy", "rds.proxy.vcpu", max(PROXY_VCPUS, vcpus))


def proxy_endpoint(resource: Resource) -> Charges:
    """A further endpoint of a proxy is an interface endpoint in each of its subnets."""
    yield hourly("proxy endpoint", "endpoint.interface.hour", resource.count("VpcSubnetIds"))


def _instances(owner: Resource, class_: str, count: Range, what: str = "instance") -> Charges:
    if class_ != SERVERLESS:
        iopt = " with I/O-optimized storage" if _optimized(owner) else ""
        if iopt:
            yield Unpriced(what, f"{class_}{iopt} is not in the price book")
            return
        yield hourly(what, f"aurora.{class_}", count)
        if _insights(owner):
            price = "dbinsights.advanced.vcpu"
            yield hourly("Database Insights", price, count * VCPUS.get(class_, PROXY_VCPUS))
        return
    acus = _acus(owner)
    billed = Range(*(number * each for number, each in zip(count, acus, strict=True)))
    yield hourly(f"capacity of {what}" if what != "instance" else "capacity", _acu_price(owner), billed)
    if _insights(owner):
        yield hourly("Database Insights", "dbinsights.advanced.acu", billed)


def _acus(owner: Resource) -> Range:
    least = owner.number("ServerlessV2ScalingConfiguration", "MinCapacity")
    most = max(least, owner.number("ServerlessV2ScalingConfiguration", "MaxCapacity"))
    expected = owner.use("capacity")
    return Range(least, least if expected is None else min(max(expected, least), most), most)


def _acu_price(owner: Resource) -> str:
    return "aurora.acu.iopt" if _optimized(owner) else "aurora.acu"


def _optimized(owner: Resource) -> bool:
    return owner.text("StorageType") == "aurora-iopt1"


def _insights(owner: Resource) -> bool:
    return owner.text("DatabaseInsightsMode") == "advanced"


PRICERS = {
    CLUSTER: cluster,
    INSTANCE: instance,
    TARGET: readers,
    "AWS::RDS::DBProxy": proxy,
    "AWS::RDS::DBProxyEndpoint": proxy_endpoint,
}
