"""F161: an alarm that tells nobody, or tells nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F161"
SEVERITY = "error"
SUMMARY = "an alarm has no action or no description"
WHY = "It goes off unheard, or wakes somebody who cannot tell what it means."
FIX = "Add AlarmActions, and an AlarmDescription that says what is wrong for whom."
SOURCE = "CloudWatch user guide, 'Recommended alarms', best practices"

NEEDED = {"AlarmActions": "tells nobody", "AlarmDescription": "does not say what is wrong"}


def check(subject: Subject) -> Iterator[Hit]:
    """Each alarm, for each of the two that it lacks."""
    for resource in subject.of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        for name, effect in NEEDED.items():
            if not resource.properties.get(name):
                yield resource.hit(f"the alarm {effect}; add {name}")
