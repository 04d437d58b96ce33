"""Task -> an ECS task definition with its roles and log group; and a schedule that starts it."""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import GetAtt, Join, Ref

from compiler import names
from compiler.blocks import reach
from compiler.blocks.fargate.definition import add_task_definition
from compiler.blocks.fargate.placing import place
from compiler.kinds.task.failures import add_failures
from compiler.kinds.task.spec import Task, schedule_of
from compiler.kinds.task.starting import start
from compiler.model import Component, Platform
from compiler.registry import all_kinds
from compiler.scope import Attribute, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """What somebody needs to start it, and by what its failures are known."""
    spec = component.spec
    assert isinstance(spec, Task)

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    group = reach.security_group_attribute(component)
    dead = {
        "dead_letter_arn": Attribute(GetAtt(title("DeadLetterQueue"), "Arn"), layer="data"),
        "dead_letter_name": Attribute(GetAtt(title("DeadLetterQueue"), "QueueName"), layer="data"),
    }
    return {
        "definition_arn": Attribute(Ref(title("Task")), shown=True),
        "log_group": Attribute(Ref(title("Logs")), shown=True),
        "failure_rule": Attribute(Ref(title("FailureRule"))),
        "security_group_id": Attribute(group.value, group.type, group.layer, shown=True),
        "subnet_ids": _subnets(platform),
        **(dead if spec.schedule is not None else {}),
    }


def _subnets(platform: Platform) -> Attribute:
    """The network's private subnets, as one text: they are an output for who starts the task by hand."""
    network = platform.components["network"]
    if network.adopted:
        offered = all_kinds()["network"].offers(network, platform)
        return Attribute(",".join(offered["private_subnet_ids"].value), shown=True)
    # As the task's own stack has them: the network may be in a stack of its own.
    return Attribute(Join(",", Ref(names.parameter("network", "private_subnet_ids"))), shown=True)


def build(component: Component, scope: Scope) -> None:
    """Adds everything a task is made of, and with a schedule what starts it."""
    spec = component.spec
    assert isinstance(spec, Task)
    gathered, group, paths = place(scope, "task")
    scope.value("network", "private_subnet_ids")  # for the output
    add_task_definition(scope, gathered)
    add_failures(scope)
    if schedule := schedule_of(spec):
        start(scope, spec, schedule, group, paths)
