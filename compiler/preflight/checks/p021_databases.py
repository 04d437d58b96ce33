"""P021: engine versions and instance classes of databases, as the region offers them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.finding import Severity
from compiler.preflight.site import Resource, Site
from compiler.preflight.zones import SUBNET, ZONES, zone_of, zones

ID = "P021"
TITLE = "database engines"
SUMMARY = (
    "Whether the region offers the engine version, whether AWS has deprecated it, when its standard support "
    "ends (extended support costs, and cannot be had where it is disabled), and whether the instance class "
    "is offered in the zones of the network."
)
SOURCE = "Amazon RDS API reference; Aurora user guide, 'Amazon RDS Extended Support'"
_VERSIONS = Read("rds", "DescribeDBEngineVersions", "DBEngineVersions")
_MAJORS = Read("rds", "DescribeDBMajorEngineVersions", "DBMajorEngineVersions")
_CLASSES = Read("rds", "DescribeOrderableDBInstanceOptions", "OrderableDBInstanceOptions")
READS = (_VERSIONS, _MAJORS, _CLASSES, ZONES)
_CLUSTER, _INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
_STANDARD = "open-source-rds-standard-support"
_SOON = timedelta(days=180)
_SHOWN = 6  # versions, the newest


def looks(site: Site) -> Iterator[Look]:
    """Version and support of each cluster, and each class of instance once a cluster."""
    for cluster in site.of(_CLUSTER):
        if all(_engine(site, cluster)):
            yield partial(_version, site, cluster)
            yield partial(_support, site, cluster)
    seen: set[tuple[str, str]] = set()
    for instance in site.of(_INSTANCE):
        cluster_of = site.target(instance.stack, instance.properties.get("DBClusterIdentifier"))
        class_ = site.text(instance.properties.get("DBInstanceClass"))
        if cluster_of and class_ and (cluster_of.logical_id, class_) not in seen:
            seen.add((cluster_of.logical_id, class_))
            yield partial(_class, site, instance, cluster_of, class_)


def _engine(site: Site, cluster: Resource) -> tuple[str, str]:
    """Its engine and version, each empty when it is not said."""
    engine, version = (site.text(cluster.properties.get(key)) or "" for key in ("Engine", "EngineVersion"))
    return engine, version


def _version(site: Site, cluster: Resource) -> Iterator[Hit]:
    engine, version = _engine(site, cluster)
    found = site.account.ask(_VERSIONS, Engine=engine, EngineVersion=version, IncludeAll=True)
    if not found:
        yield from _not_offered(site, cluster, engine, version)
    elif all(offer.get("Status") == "deprecated" for offer in found):
        message = f"{engine} {version} is deprecated: no new cluster can be made with it"
        severity: Severity = "error" if site.is_new(cluster) else "warning"
        yield Hit(severity, message, "set a newer `version`", cluster)


def _not_offered(site: Site, cluster: Resource, engine: str, version: str) -> Iterator[Hit]:
    offered = [str(offer["EngineVersion"]) for offer in site.account.ask(_VERSIONS, Engine=engine)]
    # A major version alone stands for its default minor one.
    if any(other.startswith(f"{version}.") for other in offered):
        return
    same = [other for other in offered if other.split(".")[0] == version.split(".")[0]]
    near = f"; offered of it: {', '.join(same[-_SHOWN:])}" if same else ""
    message = f"{engine} {version} is not offered in {site.region}{near}"
    yield Hit("error", message, "set `version` to one that is offered", cluster)


def _support(site: Site, cluster: Resource) -> Iterator[Hit]:
    engine, version = _engine(site, cluster)
    major = version.split(".")[0]
    for found in site.account.ask(_MAJORS, Engine=engine, MajorEngineVersion=major):
        for span in found.get("SupportedEngineLifecycles", ()):
            if span["LifecycleSupportName"] == _STANDARD:
                yield from _ending(site, cluster, f"{engine} {major}", span["LifecycleSupportEndDate"])


def _ending(site: Site, cluster: Resource, what: str, end: datetime) -> Iterator[Hit]:
    if end > site.now + _SOON:
        return
    lifecycle = site.text(cluster.properties.get("EngineLifecycleSupport")) or ""
    after = "no new cluster can be made then" if "disabled" in lifecycle else "extended support costs then"
    ended = "has ended" if end <= site.now else "ends"
    fatal = end <= site.now and "disabled" in lifecycle and site.is_new(cluster)
    message = f"the standard support of {what} {ended} on {end:%Y-%m-%d}; {after}"
    yield Hit("error" if fatal else "warning", message, "move to a newer major version", cluster)


def _class(site: Site, instance: Resource, cluster: Resource, class_: str) -> Iterator[Hit]:
    engine, version = _engine(site, cluster)
    asked: dict[str, Any] = {"Engine": engine, "DBInstanceClass": class_}
    offers = site.account.ask(_CLASSES, **asked, **({"EngineVersion": version} if version else {}))
    offered = {zone["Name"] for offer in offers for zone in offer.get("AvailabilityZones", ())}
    if not offered:
        message = f"{class_} is not offered for {engine} {version}".rstrip() + f" in {site.region}"
        yield Hit("error", message, "choose another class, version or region", instance)
        return
    known = zones(site)
    ours = {zone_of(subnet, known) for subnet in site.of(SUBNET)} - {None}
    if missing := sorted(str(zone) for zone in ours - offered):
        message = f"{class_} is not offered in {', '.join(missing)}, which the network uses"
        advice = "name other zones with `availability_zone_ids` of the network, or choose another class"
        yield Hit("warning", message, advice, instance)
