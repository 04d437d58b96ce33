"""The environment's own checks, after a deployment: each tried until it holds, then watched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from compiler import names
from compiler.assembly import Assembly
from compiler.deploy import readiness
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.answers import Answer, Ask
from compiler.deploy.background import in_background
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.events import CheckEnded, CheckStarted
from compiler.deploy.inputs import Outputs
from compiler.deploy.records import LiveResource
from compiler.deploy.schedule import Flow, Work
from compiler.deploy.waiting import Waiting
from compiler.deploy.watch import GIVE_UP_SECONDS
from compiler.model import ALL, Check

_SERVICE = "AWS::ECS::Service"
_ALARMS = {"AWS::CloudWatch::Alarm": "MetricAlarms", "AWS::CloudWatch::CompositeAlarm": "CompositeAlarms"}
ALARMS = ("cloudwatch", "DescribeAlarms")  # how alarms are asked for
_MOST = 100  # alarms that one call takes. Source: CloudWatch API reference, DescribeAlarms, 2026

Probe = Callable[[], str]  # what is wrong; empty when all is well


class CheckError(DeployError):
    """A check failed: what is deployed is not what was wanted."""


def works(assembly: Assembly, aws: Aws, clock: Clock, outputs: Outputs, ask: Ask) -> tuple[Work, ...]:
    """One piece of work for each check, all at once; CheckError, after its event, when one fails."""
    return tuple(
        Work(f"check {each.name}", frozenset(), partial(_run, each, assembly, aws, clock, outputs, ask))
        for each in assembly.checks
    )


def _run(check: Check, assembly: Assembly, aws: Aws, clock: Clock, outputs: Outputs, ask: Ask) -> Flow:
    start, lost = clock.now(), 0.0
    yield CheckStarted(check.name, _words(check))
    probe = _probe(check, assembly, aws, outputs, ask)
    since: float | None = None  # when it came true
    while True:
        wrong, silent = yield from _looked(check.name, probe, clock)
        now, lost = clock.now(), lost + silent
        since = (now if since is None else since) if not wrong else None
        if since is not None and now - since >= check.watch:
            yield CheckEnded(check.name, True, "", now - start)
            return
        if wrong and now - start - lost >= check.within:
            yield CheckEnded(check.name, False, wrong, now - start)
            raise CheckError(f"check {check.name} failed: {wrong}")
        yield None


def _looked(name: str, probe: Probe, clock: Clock) -> Waiting[tuple[str, float]]:
    """What is wrong, and for how many seconds AWS could not be asked: that is no fault of what is checked."""
    since: float | None = None
    while True:
        try:
            wrong = yield from in_background(probe)
        except DeployError as error:
            since = clock.now() if since is None else since
            if error.trouble is not Trouble.NETWORK:
                raise
            if clock.now() - since >= GIVE_UP_SECONDS:
                raise DeployError(
                    f"check {name} could not be made for {GIVE_UP_SECONDS / 60:.0f} minutes: {error.message}",
                    "what was deployed stays; run again, which makes the checks anew",
                ) from None
        else:
            return wrong, clock.now() - since if since is not None else 0.0
        yield None


def _words(check: Check) -> str:
    if check.http:
        return f"GET {check.path} of {check.http} answers {check.status}"
    if check.services:
        return f"the tasks of {_listed(check.services, 'services')} run"
    return f"no alarm of {_listed(check.alarms, 'components')} rings"


def _listed(found: tuple[str, ...], what: str) -> str:
    return f"all {what}" if found == ALL else ", ".join(found)


def _probe(check: Check, assembly: Assembly, aws: Aws, outputs: Outputs, ask: Ask) -> Probe:
    if check.http:
        url = _url(check, outputs) + check.path
        return lambda: _http(check, ask(url))
    if check.services:
        return lambda: "; ".join(_tasks(check, assembly, aws))
    return lambda: "; ".join(_ringing(check, assembly, aws))


def _url(check: Check, outputs: Outputs) -> str:
    """The URL that is meant; DeployError when the component has none."""
    if check.http.startswith("https://"):
        return check.http.rstrip("/")
    name = names.parameter(check.http, "endpoint")
    found = next((values[name] for values in outputs.values() if name in values), "")
    if not found.startswith(("https://", "http://")):
        raise DeployError(
            f"check {check.name} asks {check.http}, which has no URL", "name an API, or write the URL itself"
        )
    return found.rstrip("/")


def _http(check: Check, answer: Answer) -> str:
    if answer.problem:
        return answer.problem
    if answer.status != check.status:
        return f"it answered {answer.status}, not {check.status}"
    return "" if check.contains in answer.text else f"the answer does not hold '{check.contains}'"


def _tasks(check: Check, assembly: Assembly, aws: Aws) -> Iterator[str]:
    for door, found in _resources(assembly, aws, check.services, {_SERVICE}):
        try:
            doing = readiness.state(door.account(), found)
        except UnseenError as error:
            if error.trouble:
                raise
            doing = error.message
        if doing:
            yield f"{found.logical_id}: {doing}"


def _ringing(check: Check, assembly: Assembly, aws: Aws) -> Iterator[str]:
    found = list(_resources(assembly, aws, check.alarms, _ALARMS.keys()))
    for door, kind in {(door.region, each.type): (door, each.type) for door, each in found}.values():
        wanted = [each.physical_id for at, each in found if (at.region, each.type) == (door.region, kind)]
        for begin in range(0, len(wanted), _MOST):
            yield from _alarms(door, kind, wanted[begin : begin + _MOST])


def _alarms(door: Aws, kind: str, wanted: list[str]) -> Iterator[str]:
    types = [_ALARMS[kind].removesuffix("s")]
    read = Read(*ALARMS, _ALARMS[kind])
    # A new account every time: what it answered before is not what it would answer now.
    try:
        states = door.account().ask(read, AlarmNames=wanted, AlarmTypes=types, StateValue="ALARM")
    except UnseenError as error:
        if error.trouble:
            raise
        yield error.message
    else:
        yield from (f"{each['AlarmName']} rings" for each in states)


def _resources(
    assembly: Assembly, aws: Aws, components: tuple[str, ...], types: Collection[str]
) -> Iterator[tuple[Aws, LiveResource]]:
    """The live resources of these types that come from these components, with the door to each."""
    for stack in assembly.stacks:
        door = aws.in_region(stack.region)
        if not any(resource["Type"] in types for resource in stack.template["Resources"].values()):
            continue
        for found in door.resources(stack.name):
            origin = stack.origins.get(found.logical_id)
            meant = components == ALL or (origin is not None and origin.component in components)
            if found.type in types and meant:
                yield door, found
