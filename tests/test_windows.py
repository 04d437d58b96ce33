"""Windows: their form, their length, and whether a daily and a weekly one meet."""

from __future__ import annotations

import re

import pytest

from compiler.windows import DAILY, WEEKLY, length, overlap


@pytest.mark.parametrize(
    ("window", "minutes"),
    [
        ("03:00-04:00", 60),
        ("23:30-00:15", 45),
        ("03:00-03:00", 0),
        ("sun:05:00-sun:06:30", 90),
        ("sun:23:00-mon:01:00", 120),
        ("mon:00:00-sun:23:59", 7 * 24 * 60 - 1),
    ],
)
def test_a_window_lasts_over_midnight_and_the_end_of_the_week(window: str, minutes: int) -> None:
    assert length(window) == minutes


@pytest.mark.parametrize(
    ("daily", "weekly", "meet"),
    [
        ("03:00-04:00", "sun:03:30-sun:04:30", True),
        ("03:00-04:00", "sun:02:30-sun:03:01", True),
        ("03:00-04:00", "sun:04:00-sun:05:00", False),
        ("03:00-04:00", "sun:02:00-sun:03:00", False),
        ("03:00-04:00", "wed:03:10-wed:03:20", True),
        ("03:10-03:20", "wed:03:00-wed:04:00", True),
        ("23:30-00:30", "sun:23:45-sun:23:50", True),
        ("23:30-00:30", "mon:00:00-mon:00:20", True),
        ("00:00-00:30", "sun:23:30-mon:00:10", True),
        ("12:00-13:00", "sat:23:00-sun:11:00", False),
        ("12:00-13:00", "sat:11:00-mon:11:00", True),
    ],
)
def test_windows_meet_on_any_day_and_touching_is_not_meeting(daily: str, weekly: str, meet: bool) -> None:
    assert overlap(daily, weekly) is meet


@pytest.mark.parametrize("wrong", ["3:00-4:00", "24:00-01:00", "03:00", "03:60-04:00", "sun:03:00-sun:04:00"])
def test_a_daily_window_has_two_times(wrong: str) -> None:
    assert not re.match(DAILY["pattern"], wrong)


@pytest.mark.parametrize("wrong", ["03:00-04:00", "Sun:03:00-sun:04:00", "day:03:00-day:04:00", "sun:03:00"])
def test_a_weekly_window_has_two_days_and_times(wrong: str) -> None:
    assert not re.match(WEEKLY["pattern"], wrong)
