"""P006: the capacity of Fargate for the services of the templates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import APPLIED, DEFAULT, increase, limit
from compiler.preflight.site import Resource, Site
from compiler.preflight.values import mappings, number

ID = "P006"
TITLE = "capacity of Fargate"
SUMMARY = (
    "What runs now (the account's own usage metric) and the tasks that new services start with must fit, "
    "which is an error; so should all services of the platform at their largest, which is a warning. Tasks "
    "on spot capacity have a quota of their own and are not counted."
)
SOURCE = (
    "AWS Fargate service quotas: Fargate On-Demand vCPU resource count (L-3032A538); usage metrics of Fargate"
)
_USAGE = Read("cloudwatch", "GetMetricStatistics", "Datapoints")
READS = (_USAGE, APPLIED, DEFAULT)
_SERVICE, _SCALING = "AWS::ECS::Service", "AWS::ApplicationAutoScaling::ScalableTarget"
_CODE = "L-3032A538"
_DIMENSIONS = {"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": "Standard/OnDemand"}


def looks(site: Site) -> Iterator[Look]:
    """One for now and one for the largest, when the templates have services on demand."""
    if services := [service for service in site.of(_SERVICE) if _is_on_demand(service)]:
        yield partial(_largest, site, services)
        if new := [service for service in services if site.is_new(service)]:
            yield partial(_now, site, new)


def _largest(site: Site, services: list[Resource]) -> Iterator[Hit]:
    allowed = limit(site, "fargate", _CODE)
    largest = sum(_vcpus(site, service) * _tasks(site, service)[1] for service in services)
    if allowed is not None and largest > allowed:
        message = f"at their largest the services need {largest:g} vCPUs, but {allowed:g} are allowed"
        yield Hit("warning", message, increase("fargate", _CODE, largest, site.region), services[0])


def _now(site: Site, new: list[Resource]) -> Iterator[Hit]:
    allowed = limit(site, "fargate", _CODE)
    added = sum(_vcpus(site, service) * _tasks(site, service)[0] for service in new)
    used = _used(site)
    if allowed is not None and used + added > allowed:
        message = f"{used:g} vCPUs run and {added:g} are to be started, but {allowed:g} are allowed"
        yield Hit("error", message, increase("fargate", _CODE, used + added, site.region), new[0])


def _used(site: Site) -> float:
    points = site.account.ask(
        _USAGE,
        Namespace="AWS/Usage",
        MetricName="ResourceCount",
        Dimensions=[{"Name": name, "Value": value} for name, value in _DIMENSIONS.items()],
        StartTime=site.now - timedelta(hours=1),
        EndTime=site.now,
        Period=300,
        Statistics=["Maximum"],
    )
    return max((float(point["Maximum"]) for point in points), default=0)


def _is_on_demand(service: Resource) -> bool:
    strategy = mappings(service.properties.get("CapacityProviderStrategy"))
    names = {item.get("CapacityProvider") for item in strategy} or {service.properties.get("LaunchType")}
    return "FARGATE" in names


def _vcpus(site: Site, service: Resource) -> float:
    """Of one task; the spec counts in units of 1024."""
    task = site.target(service.stack, service.properties.get("TaskDefinition"))
    return number(task.properties.get("Cpu")) / 1024 if task else 0


def _tasks(site: Site, service: Resource) -> tuple[int, int]:
    """How many tasks a service starts with, and how many it may have."""
    count = number(service.properties.get("DesiredCount"), 1)
    for target in site.of(_SCALING):
        if _names(target, service):
            low, high = (number(target.properties.get(key)) for key in ("MinCapacity", "MaxCapacity"))
            return (count if "DesiredCount" in service.properties else low), high
    return count, count


def _names(target: Resource, service: Resource) -> bool:
    match target.properties.get("ResourceId"):
        case {"Fn::Join": [_, [*_, {"Fn::GetAtt": [name, "Name"]}]]}:
            return target.stack.name == service.stack.name and name == service.logical_id
        case _:
            return False
