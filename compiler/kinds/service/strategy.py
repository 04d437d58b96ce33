"""How requests move to a new version: all at once, in steps, or first a few; what may be wrong with that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from compiler.alarm import Alarm, Metric
from compiler.kind import Problem
from compiler.units import WORTH, not_whole, percent, seconds

if TYPE_CHECKING:
    from compiler.kinds.service.deployment import ServiceDeployment
    from compiler.kinds.service.spec import Service

Strategy = Literal["rolling", "blue_green", "linear", "canary"]
STEPPED = ("linear", "canary")
# Source: CloudFormation template reference, "AWS::ECS::Service LinearConfiguration", "CanaryConfiguration".
LEAST_STEP = {"linear": 3.0, "canary": 0.1}
STEP = {"linear": "10%", "canary": "5%"}
STEP_TIME = {"linear": "6m", "canary": "10m"}
BAKE_TIME = "15m"
# While a version comes, percent of the tasks wanted: new ones before old ones go, whatever the strategy.
MOST_PERCENT = 200
LONGEST = 33 * WORTH["h"]  # the whole of it: CloudFormation gives up a while later
ALTERNATE = "alternate_target_group_full_name"


def shifts(spec: Service) -> bool:
    """Whether requests are moved between two target groups, instead of tasks being exchanged in one."""
    return spec.deployment.strategy != "rolling"


def step(deployment: ServiceDeployment) -> float:
    """The percentage of requests that moves at a time, or first."""
    return percent(deployment.step or STEP[deployment.strategy])


def step_time(deployment: ServiceDeployment) -> int:
    """The seconds between two steps."""
    return seconds(deployment.step_time or STEP_TIME[deployment.strategy])


def bake_time(deployment: ServiceDeployment) -> int:
    """The seconds for which the old version stays, ready to take the requests back."""
    return seconds(deployment.bake_time or BAKE_TIME)


def problems(spec: Service) -> Iterable[Problem]:
    """Steps of a strategy without any, too many of them, and requests that nobody can count."""
    deployment = spec.deployment
    strategy = deployment.strategy
    for key in ("step", "step_time"):
        if getattr(deployment, key) and strategy not in STEPPED:
            message = (
                f"'{key}' means nothing with the strategy {strategy}; remove it, or choose linear or canary"
            )
            yield Problem(("deployment", key), "E210", message)
    if deployment.step_time and (message := not_whole(deployment.step_time, "m") or ""):
        yield Problem(("deployment", "step_time"), "E105", message)
    if not shifts(spec):
        if deployment.trial:
            message = "'trial' means nothing with the strategy rolling; remove it, or choose another strategy"
            yield Problem(("deployment", "trial"), "E210", message)
        return
    if strategy in STEPPED:
        yield from _steps(deployment)
    requests = getattr(spec.count, "requests", None)
    if requests:
        message = (
            f"requests are counted by target group, and {strategy} changes the group with each deployment; "
            f"scale by 'cpu_percentage', or choose the strategy rolling"
        )
        yield Problem(("count", "requests"), "E210", message)


def _steps(deployment: ServiceDeployment) -> Iterable[Problem]:
    least = LEAST_STEP[deployment.strategy]
    if step(deployment) < least:
        message = f"a step of {deployment.strategy} is {least:g}% at least, not {deployment.step}"
        yield Problem(("deployment", "step"), "E106", message)
    elif round(step(deployment) * 10, 6) % 1:
        message = f"ECS knows tenths of a percent, and {deployment.step} is finer; round it"
        yield Problem(("deployment", "step"), "E105", message)
    else:
        whole = bake_time(deployment) + _pauses(deployment) * step_time(deployment)
        if whole > LONGEST:
            message = (
                f"a deployment would take {whole / WORTH['h']:.0f} hours, CloudFormation allows "
                f"{LONGEST / WORTH['h']:.0f}; choose longer steps, or shorten 'step_time' or 'bake_time'"
            )
            yield Problem(("deployment",), "E210", message)


def _pauses(deployment: ServiceDeployment) -> int:
    """How often a deployment waits. Source: template reference, "AWS::ECS::Service LinearConfiguration"."""
    if deployment.strategy == "canary":
        return 1
    whole, rest = divmod(100, step(deployment))
    return int(whole) if rest else int(whole) - 1


def over_both(alarm: Alarm) -> Alarm:
    """The alarm over both target groups: which of them has the requests changes with each deployment.

    Of two numbers the sum counts, of other statistics the greater one. Arrays leave out what has no data.
    """
    found: Mapping[str, Metric] = alarm.metrics or ({"value": alarm.metric} if alarm.metric else {})
    groups = {name: metric for name, metric in found.items() if "TargetGroup" in metric.dimensions}
    if not groups:
        return alarm
    twins = {f"{name}_other": _of_the_other(metric) for name, metric in groups.items()}
    expression = alarm.expression or "value"
    for name, metric in groups.items():
        joined = f"{'SUM' if metric.statistic == 'Sum' else 'MAX'}([{name}, {name}_other])"
        expression = re.sub(rf"\b{name}\b", joined, expression)
    return replace(alarm, metric=None, metrics={**found, **twins}, expression=expression)


def _of_the_other(metric: Metric) -> Metric:
    return replace(metric, dimensions={**metric.dimensions, "TargetGroup": ALTERNATE})
