"""`rate(5 minutes)`, `cron(0 3 * * ? *)` -> what is wrong with it, in the words of a message.

Source: EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler", 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import available_timezones

EXAMPLES = "rate(5 minutes) or cron(0 3 * * ? *)"
# Seven digits are 19 years of minutes; the service takes no more.
RATE = re.compile(r"([1-9][0-9]{0,6}) (minute|hour|day)(s?)")
ORDINARY = re.compile(r"(?P<start>\*|[0-9]+|[A-Z]+)(?:-(?P<end>[0-9]+|[A-Z]+))?(?:/(?P<step>[0-9]+))?")


class Field(NamedTuple):
    """One field of a cron expression."""

    name: str
    least: int
    most: int
    words: Mapping[str, int] = MappingProxyType({})
    special: str = r"(?!)"  # what only this field may hold


def _numbered(names: str) -> Mapping[str, int]:
    return MappingProxyType({name: number for number, name in enumerate(names.split(), start=1)})


FIELDS = (
    Field("minutes", 0, 59),
    Field("hours", 0, 23),
    Field("day of month", 1, 31, special=r"\?|L|(?:[1-9]|[12][0-9]|3[01])W"),
    Field("month", 1, 12, _numbered("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")),
    Field(
        "day of week",
        1,
        7,
        _numbered("SUN MON TUE WED THU FRI SAT"),
        r"\?|L|(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:L|#[1-5])",
    ),
    Field("year", 1970, 2199),
)


def problem(expression: str) -> str | None:
    """What is wrong with a schedule's expression, in one clause; None when it is sound."""
    form = re.fullmatch(r"(rate|cron)\((.*)\)", expression)
    if not form:
        return f"'{expression}' is no schedule; write one such as {EXAMPLES}"
    found = _rate(form[2]) if form[1] == "rate" else _cron(form[2])
    return found and f"'{expression}' is no schedule: {found}"


def timezone_problem(name: str) -> str | None:
    """What is wrong with the name of a time zone; None when it is sound, or this machine knows no zones."""
    known = available_timezones()
    if not known or name in known:
        return None
    return f"'{name}' is no time zone; write a name of the IANA database, such as Europe/Berlin or UTC"


def _rate(text: str) -> str | None:
    found = RATE.fullmatch(text)
    if not found:
        return "a rate is a whole number and minutes, hours or days, such as rate(5 minutes)"
    number, unit, plural = found.groups()
    # Only some of the services that take schedules are generous here.
    if (number == "1") == bool(plural):
        return f"write rate({number} {unit}{'' if number == '1' else 's'})"
    return None


def _cron(text: str) -> str | None:
    parts = text.split(" ")
    if len(parts) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        return f"cron has {len(FIELDS)} fields with one space between ({names}), not {len(parts)}"
    for part, field in zip(parts, FIELDS, strict=True):
        if found := _field(part, field):
            return found
    if (parts[2] == "?") == (parts[4] == "?"):
        return "one of day of month and day of week must be '?', and the other must not"
    return None


def _field(text: str, field: Field) -> str | None:
    if re.fullmatch(field.special, text):
        return None
    return next((found for item in text.split(",") if (found := _item(item, field))), None)


def _item(item: str, field: Field) -> str | None:
    """One value, range or step: `5`, `MON-FRI`, `*/15`."""
    found = ORDINARY.fullmatch(item)
    if not found or (found["start"] == "*" and found["end"]):
        return f"the {field.name} cannot be '{item}'"
    ends = [field.words.get(end, end) for end in (found["start"], found["end"]) if end and end != "*"]
    numbers = [int(end) for end in ends if str(end).isdigit()]
    if len(numbers) < len(ends) or not all(field.least <= number <= field.most for number in numbers):
        return f"the {field.name} must be from {field.least} to {field.most}, not '{item}'"
    # A week may go over its end (FRI-MON); nothing else may.
    if len(numbers) == 2 and numbers[0] > numbers[1] and not field.words:
        return f"the {field.name} '{item}' end before they begin"
    if found["step"] is not None and int(found["step"]) == 0:
        return f"the step of the {field.name} cannot be 0"
    return None
