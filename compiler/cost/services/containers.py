"""Fargate services and tasks, and what watching their cluster closely costs."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.cost.charge import Charge, Charges, Unpriced, monthly, used
from compiler.cost.estimate import Range, exactly
from compiler.cost.scaling import scaled
from compiler.cost.subject import Resource, UnknownValueError
from compiler.pricing.book import HOURS

INCLUDED_GB = 20  # of a task's own disk. Source: Fargate pricing page, 2026


def service(resource: Resource) -> Charges:
    """The tasks of a service, by the autoscaling range; expected is the least, where no load peaks are.

    `tasks` of the component's usage, their average number, says better what to expect.
    """
    if (task := resource.named("AWS::ECS::TaskDefinition", "TaskDefinition")) is None:
        yield Unpriced("tasks", "its task definition is not in the assembly")
        return
    count = scaled(resource, "ecs:service:DesiredCount", resource.number("DesiredCount", default=1))
    for provider, tasks in _placed(resource, _average(count, resource.use("tasks"))).items():
        yield from _fargate(task, tasks * HOURS, provider)


def task(resource: Resource) -> Charges:
    """Tasks that no service keeps running: as often and as long as declared."""
    if resource.users("AWS::ECS::Service", "TaskDefinition"):
        return
    runs, lasts = resource.use("runs"), resource.use("duration")
    hours = None if runs is None or lasts is None else exactly(runs * lasts / 3600)
    yield from _fargate(resource, hours, "FARGATE", key="runs and duration")


def cluster(resource: Resource) -> Charges:
    """Container Insights: metrics are billed for each cluster, service, task and container it sees."""
    for setting in resource.get("ClusterSettings", default=()):
        if setting.get("Name") == "containerInsights" and setting.get("Value") == "enhanced":
            amount = resource.use("observed_metrics")
            yield used("Container Insights", "cw.ecs_insights.enhanced", amount, "observed_metrics")
        elif setting.get("Name") == "containerInsights" and setting.get("Value") == "enabled":
            yield used(
                "Container Insights", "cw.metric", resource.use("observed_metrics"), "observed_metrics"
            )


def _average(count: Range, declared: float | None) -> Range:
    if declared is None:
        return count
    return Range(min(count.least, declared), declared, max(count.most, declared))


def _placed(resource: Resource, tasks: Range) -> Mapping[str, Range]:
    """The tasks that each capacity provider runs: its base first, and of the others its part by weight."""
    strategy = resource.get("CapacityProviderStrategy", default=())
    if not strategy:
        launch = resource.text("LaunchType", default="FARGATE")
        if launch != "FARGATE":
            raise UnknownValueError(f"tasks of launch type {launch} are billed as their instances")
        return {"FARGATE": tasks}
    weights = {str(item.get("CapacityProvider")): float(item.get("Weight", 0)) for item in strategy}
    bases = {str(item.get("CapacityProvider")): float(item.get("Base", 0)) for item in strategy}
    whole, based = sum(weights.values()) or 1.0, sum(bases.values())

    def placed(name: str, number: float) -> float:
        return min(bases[name], number) + max(0.0, number - based) * weights[name] / whole

    found = {name: Range(*(placed(name, number) for number in tasks)) for name in weights}
    return {name: each for name, each in found.items() if each.most}


def _fargate(task: Resource, hours: Range | None, provider: str, key: str = "tasks") -> Charges:
    """vCPUs, memory and a larger disk of a task that runs for so many hours."""
    processor = "arm" if task.text("RuntimePlatform", "CpuArchitecture") == "ARM64" else "x86"
    spot = "spot." if provider == "FARGATE_SPOT" else ""
    words = f"{'Spot ' if spot else ''}tasks"
    size = {
        "vcpu": (f"vCPU of {words}", task.number("Cpu") / 1024),
        "gb": (f"memory of {words}", task.number("Memory") / 1024),
    }
    for part, (what, each) in size.items():
        amount = hours and hours * each
        yield Charge(what, f"fargate.{spot}{processor}.{part}", amount, key)
    disk = task.number("EphemeralStorage", "SizeInGiB", default=INCLUDED_GB) - INCLUDED_GB
    if disk > 0:
        yield Charge(f"disk of {words}", "fargate.ephemeral", hours and hours * disk, key)


def repository(resource: Resource) -> Charges:
    """Images that are kept."""
    yield used("images", "ecr.storage", resource.use("stored"), "stored", 2**30)


def zone(resource: Resource) -> Charges:
    """A hosted zone, by the month."""
    yield monthly("hosted zone", "route53.zone")


PRICERS = {
    "AWS::ECS::Service": service,
    "AWS::ECS::TaskDefinition": task,
    "AWS::ECS::Cluster": cluster,
    "AWS::ECR::Repository": repository,
    "AWS::Route53::HostedZone": zone,
}
