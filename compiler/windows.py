"""`03:00-04:00`, `sun:05:00-sun:06:00` -> minutes, and whether two windows meet; all times are UTC."""

from __future__ import annotations

from typing import Any, NamedTuple

DAY = 24 * 60
WEEK = 7 * DAY
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = f"(?:{'|'.join(WEEKDAYS)}):{TIME}"
# What `about` takes for a window of each sort.
DAILY: dict[str, Any] = {
    "pattern": f"^{TIME}-{TIME}$",
    "form": "a daily window in UTC such as 03:00-04:00",
}
WEEKLY: dict[str, Any] = {
    "pattern": f"^{MOMENT}-{MOMENT}$",
    "form": "a weekly window in UTC such as sun:05:00-sun:06:00",
}


class _Span(NamedTuple):
    start: int  # minutes since midnight, or since Monday's
    length: int


def length(window: str) -> int:
    """How many minutes a window lasts, over midnight or the end of the week too."""
    return _span(window).length


def overlap(daily: str, weekly: str) -> bool:
    """Whether a daily and a weekly window ever meet; windows that only touch do not."""
    short, long = _span(daily), _span(weekly)
    return any(_meet(_Span(short.start + day * DAY, short.length), long) for day in range(7))


def _meet(one: _Span, other: _Span) -> bool:
    return (other.start - one.start) % WEEK < one.length or (one.start - other.start) % WEEK < other.length


def _span(window: str) -> _Span:
    start, end = window.split("-")
    whole = WEEK if start[:3] in WEEKDAYS else DAY
    return _Span(_minute(start), (_minute(end) - _minute(start)) % whole)


def _minute(moment: str) -> int:
    *day, hour, minute = moment.split(":")
    days = WEEKDAYS.index(day[0]) if day else 0
    return days * DAY + int(hour) * 60 + int(minute)
