"""ECS services: their events, why tasks stopped, what the containers last said, and how the targets are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compiler.deploy.account import Read
from compiler.deploy.events import Evidence
from compiler.deploy.evidence import logs, targets
from compiler.deploy.evidence.looks import Looks, Subject

SERVICE = "AWS::ECS::Service"
TYPES = (SERVICE,)
SERVICES = Read("ecs", "DescribeServices", "services")
TASK_ARNS = Read("ecs", "ListTasks", "taskArns")
TASKS = Read("ecs", "DescribeTasks", "tasks")
DEFINITION = Read("ecs", "DescribeTaskDefinition", "taskDefinition")
READS = (SERVICES, TASK_ARNS, TASKS, DEFINITION, *targets.READS, *logs.READS)

EVENTS, STOPPED, CONTAINERS = 8, 20, 2  # how many of each are looked at

# What ECS says of tasks that it stopped on purpose, because a newer deployment took their place.
_ON_PURPOSE = "Scaling activity initiated by"


def look(subject: Subject, looks: Looks) -> Iterator[Evidence]:
    """What there is; nothing when the id is not one of a service in a cluster."""
    place = _place(subject.physical_id)
    if place is None:
        return
    cluster, name = place
    services = looks.find(SERVICES, cluster=cluster, services=[name])[:1]
    for service in services:
        yield from _service(subject, looks, name, service)
    stopped = _stopped(subject, looks, cluster, _of_service(name, services))
    yield from subject.evidence("tasks", f"stopped tasks of service {name}", _reasons(stopped))
    yield from _logs(subject, looks, stopped)


def _place(arn: str) -> tuple[str, str] | None:
    """`arn:...:service/<cluster>/<service>` -> both names."""
    parts = arn.rpartition(":")[2].split("/")
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == "service" else None


def _service(subject: Subject, looks: Looks, name: str, service: Mapping[str, Any]) -> Iterator[Evidence]:
    events = [event for event in service.get("events", ()) if subject.fresh(event.get("createdAt"))]
    lines = [_event(event) for event in events[:EVENTS]][::-1]
    failed = [each for each in service.get("deployments", ()) if each.get("rolloutState") == "FAILED"]
    rollouts = [str(each.get("rolloutStateReason", "")) for each in failed]
    yield from subject.evidence("events", f"events of service {name}", [*lines, *rollouts])
    for balancer in service.get("loadBalancers", ()):
        if arn := balancer.get("targetGroupArn"):
            yield from targets.of_group(subject, looks, arn)


def _event(event: Mapping[str, Any]) -> str:
    when = event.get("createdAt")
    return f"{when:%H:%M:%S} {event.get('message', '')}" if when else str(event.get("message", ""))


def _of_service(name: str, services: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What finds the tasks of a service; one that was deleted only by the family of its task definition."""
    for service in services:
        family = str(service.get("taskDefinition", "")).rpartition("/")[2].partition(":")[0]
        if service.get("status") == "INACTIVE" and family:
            return {"family": family}
    return {"serviceName": name}


def _stopped(
    subject: Subject, looks: Looks, cluster: str, which: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """Tasks that did not stop on purpose, latest first. ECS forgets them after an hour."""
    limit = {"PaginationConfig": {"MaxItems": STOPPED}}
    arns = looks.find(TASK_ARNS, cluster=cluster, desiredStatus="STOPPED", **which, **limit)
    tasks = looks.find(TASKS, cluster=cluster, tasks=list(arns)) if arns else ()
    meant = [
        task
        for task in tasks
        if not str(task.get("stoppedReason", "")).startswith(_ON_PURPOSE)
        and subject.fresh(task.get("stoppedAt"))
    ]
    return sorted(meant, key=lambda task: str(task.get("stoppedAt", "")), reverse=True)


def _reasons(tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each reason once, with how many tasks it stopped; most first."""
    counted = Counter(_reason(task) for task in tasks)
    return [f"{number} x {text}" if number > 1 else text for text, number in counted.most_common()]


def _reason(task: Mapping[str, Any]) -> str:
    ends = [_end(container) for container in task.get("containers", ())]
    code = f"{task['stopCode']}: " if task.get("stopCode") else ""
    return "; ".join([f"{code}{task.get('stoppedReason', 'no reason is given')}", *filter(None, ends)])


def _end(container: Mapping[str, Any]) -> str:
    """`container api exited with 1 (OutOfMemoryError: ...)`; empty for one that nothing is known of."""
    code, reason = container.get("exitCode"), container.get("reason", "")
    if code is None and not reason:
        return ""
    exited = f" exited with {code}" if code is not None else ""
    why = (f" ({reason})" if exited else f": {reason}") if reason else ""
    return f"container {container.get('name', '')}{exited}{why}"


def _logs(subject: Subject, looks: Looks, tasks: Sequence[Mapping[str, Any]]) -> Iterator[Evidence]:
    """The last words of the containers of the latest task in which one ended by itself."""
    for task in tasks:
        ended = [c for c in task.get("containers", ()) if c.get("exitCode") is not None]
        if not ended:
            continue
        # Who ended with an error first: the others were stopped because of it.
        ended.sort(key=lambda container: container["exitCode"] in (0, 137, 143))
        places = _log_places(looks, task)
        for container in ended[:CONTAINERS]:
            group, stream = places.get(container.get("name", ""), ("", ""))
            if group:
                about = f"log of container {container['name']}"
                yield from logs.tail(subject, looks, group, stream, about)
        return


def _log_places(looks: Looks, task: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """By container: log group and stream. Only the awslogs driver writes where we can look."""
    places = {}
    for definition in looks.find(DEFINITION, taskDefinition=task.get("taskDefinitionArn", "")):
        for container in definition.get("containerDefinitions", ()):
            options = container.get("logConfiguration", {}).get("options", {})
            group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
            if group and prefix:
                task_id = str(task.get("taskArn", "")).rpartition("/")[2]
                places[container["name"]] = (group, f"{prefix}/{container['name']}/{task_id}")
    return places
