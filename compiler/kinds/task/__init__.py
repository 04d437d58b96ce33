"""Containers that run and end: by a schedule, or when somebody starts them."""

from __future__ import annotations

from compiler.blocks.fargate.helpers import services_called
from compiler.blocks.fargate.quotas import VCPU
from compiler.kind import Kind
from compiler.kinds.task.checks import check
from compiler.kinds.task.spec import Task
from compiler.kinds.task.watching import alarms

KIND = Kind(
    name="task",
    section="tasks",
    spec=Task,
    layer="compute",
    summary="Containers that run on Fargate and end, by a schedule or when started, by name.",
    injects=True,
    calls=services_called,
    needs=lambda spec: ("network",),
    brings=lambda spec: ("cluster",),
    check=check,
    alarms=alarms,
    quotas=(VCPU,),
)
