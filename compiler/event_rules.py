"""Component -> the EventBridge rules that start it, and their alarms; `blocks.events` makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compiler import names
from compiler.alarm import Alarm, Metric
from compiler.model import Component, Platform
from compiler.registry import all_kinds

TRIGGERS = ("bucket", "event_bus")  # those that are rules
DEFAULT_BUS = "default"  # what EventBridge calls the bus that AWS services send to
# What was put aside rings as a dead letter: `InvocationsSentToDlq` would say it twice.
ALARMS = (
    ("undelivered", "FailedInvocations", "Events of {} did not get through, however often they were tried."),
    ("lost", "InvocationsFailedToBeSentToDlq", "Events of {} could not even be put aside."),
    ("delayed", "ThrottledRules", "Events of {} come late: the account's quota of invocations is used up."),
)


class StartingRule(NamedTuple):
    """A rule that starts a component with what one of its targets has."""

    trigger: str
    target: str
    on_default_bus: bool

    @property
    def name_in_arn(self) -> int:
        """Which part of the rule's ARN is its name; before it comes the bus, unless that is the default one.

        Source: Service Authorization Reference, "Resource types defined by Amazon EventBridge", 2026.
        """
        return 1 if self.on_default_bus else 2

    @property
    def part(self) -> str:
        """The part of the component's logical ids that the rule is."""
        return f"From{names.pascal(self.target)}"

    @property
    def attribute(self) -> str:
        """The component's attribute that holds the rule's name."""
        return f"rule_from_{names.snake(self.target)}"


def rules(component: Component, platform: Platform) -> Iterator[StartingRule]:
    """The rules that start a component."""
    kinds = all_kinds()
    for connection in component.connections:
        target = platform.components.get(connection.target)
        verb = kinds[target.kind].verbs.get(connection.verb) if target else None
        if target and verb and verb.starts in TRIGGERS and verb.starts in kinds[component.kind].accepts:
            yield StartingRule(verb.starts, connection.target, _on_default_bus(target, verb.starts))


def _on_default_bus(target: Component, trigger: str) -> bool:
    """S3 sends there; and so may a bus that exists already, which says its name in the spec."""
    existing = getattr(target.spec, "existing", None)
    return trigger == "bucket" or getattr(existing, "name", "") == DEFAULT_BUS


def alarms(component: Component, platform: Platform) -> Iterator[Alarm]:
    """Those of the rules that start a component.

    Source: EventBridge user guide, "Monitoring Amazon EventBridge": a rule on a bus of one's own has both
    dimensions, one on the default bus its name only.
    """
    for rule in rules(component, platform):
        bus = {} if rule.on_default_bus else {"EventBusName": f"{rule.target}.name"}
        for name, metric, summary in ALARMS:
            yield Alarm(
                f"{name}-from-{rule.target}",
                summary.format(rule.target),
                0,
                Metric("AWS/Events", metric, {"RuleName": rule.attribute} | bus),
                datapoints=1,
                periods=1,
            )
