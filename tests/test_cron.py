"""Schedules: which expressions and time zones are sound, and what is said of those that are not."""

from __future__ import annotations

import pytest

from compiler import cron


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 day)",
        "cron(0 3 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)",
        "cron(*/10 0,12 1,15 JAN,JUL ? 2026-2030)",
        "cron(0 0 L * ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * FRI#2 *)",
        "cron(0 0 ? * FRI-MON *)",
        "cron(15 10 ? 11-2 2 *)",
    ],
)
def test_a_sound_expression_has_no_problem(expression: str) -> None:
    assert cron.problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("every day", "'every day' is no schedule; write one such as rate(5 minutes) or cron(0 3 * * ? *)"),
        ("rate(5 minutes)\n", "write one such as"),
        ("RATE(5 minutes)", "write one such as"),
        ("rate(0 minutes)", "a rate is a whole number and minutes, hours or days"),
        ("rate(1.5 hours)", "a rate is a whole number"),
        ("rate(5 weeks)", "a rate is a whole number"),
        ("rate(5  minutes)", "a rate is a whole number"),
        ("rate(1 minutes)", "write rate(1 minute)"),
        ("rate(5 minute)", "write rate(5 minutes)"),
        (
            "cron(0 3 * * *)",
            "cron has 6 fields with one space between (minutes, hours, day of month, month, ",
        ),
        ("cron()", "not 1"),
        ("cron(60 3 * * ? *)", "the minutes must be from 0 to 59, not '60'"),
        ("cron(0 24 * * ? *)", "the hours must be from 0 to 23, not '24'"),
        ("cron(0 0 0 * ? *)", "the day of month must be from 1 to 31, not '0'"),
        ("cron(0 0 1 FOO ? *)", "the month must be from 1 to 12, not 'FOO'"),
        ("cron(0 0 ? * 0 *)", "the day of week must be from 1 to 7, not '0'"),
        ("cron(0 0 1 * ? 1969)", "the year must be from 1970 to 2199, not '1969'"),
        ("cron(5-1 0 1 * ? *)", "the minutes '5-1' end before they begin"),
        ("cron(*/0 0 1 * ? *)", "the step of the minutes cannot be 0"),
        ("cron(*-5 0 1 * ? *)", "the minutes cannot be '*-5'"),
        ("cron(, 0 1 * ? *)", "the minutes cannot be ''"),
        ("cron(L 0 1 * ? *)", "the minutes must be from 0 to 59, not 'L'"),
        ("cron(0 0 ? * FRI#6 *)", "the day of week cannot be 'FRI#6'"),
        ("cron(0 0 * * * *)", "one of day of month and day of week must be '?', and the other must not"),
        ("cron(0 0 ? * ? *)", "one of day of month and day of week must be '?', and the other must not"),
    ],
)
def test_an_unsound_expression_is_explained(expression: str, message: str) -> None:
    assert message in (cron.problem(expression) or "")


def test_a_time_zone_is_one_of_the_iana_database() -> None:
    assert cron.timezone_problem("Europe/Berlin") is None
    assert cron.timezone_problem("UTC") is None
    assert cron.timezone_problem("Berlin") == (
        "'Berlin' is no time zone; write a name of the IANA database, such as Europe/Berlin or UTC"
    )
