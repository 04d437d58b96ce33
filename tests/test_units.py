"""Durations, sizes and percentages: what they are worth, and what is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.units import (
    WRITTEN,
    byte_count,
    duration,
    mebibytes,
    milliseconds,
    not_whole,
    percent,
    quantity,
    respell,
    seconds,
)


@pytest.mark.parametrize(
    ("text", "worth"), [("0s", 0), ("30s", 30), ("15m", 900), ("24h", 86400), ("7d", 604800)]
)
def test_durations_are_worth_seconds(text: str, worth: int) -> None:
    assert seconds(text) == worth


@pytest.mark.parametrize("text", ["0s", "59s", "1m", "90m", "25h", "1d", "190s"])
def test_seconds_are_written_in_the_largest_unit_that_keeps_them_whole(text: str) -> None:
    assert duration(seconds(text)) == text


@pytest.mark.parametrize(("text", "worth"), [("50ms", 50), ("29s", 29_000), ("1ms", 1)])
def test_brief_durations_are_worth_milliseconds(text: str, worth: int) -> None:
    assert milliseconds(text) == worth


@pytest.mark.parametrize("text", ["1m", "50", "ms", "0.5s", "50ms\n"])
def test_anything_else_is_no_brief_duration(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration such as 500ms or 5s, not"):
        milliseconds(text)


@pytest.mark.parametrize(
    ("text", "worth"), [("512B", 512), ("64KiB", 65536), ("10MiB", 10 * 2**20), ("1GiB", 2**30)]
)
def test_sizes_are_worth_bytes_and_mebibytes(text: str, worth: int) -> None:
    assert byte_count(text) == worth
    assert mebibytes(text) == worth / 2**20


@pytest.mark.parametrize(("text", "worth"), [("25%", 25), ("99.9%", 99.9), ("0.05%", 0.05), ("150%", 150)])
def test_percentages_are_worth_their_number(text: str, worth: float) -> None:
    assert percent(text) == worth


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "s",
        "-1s",
        "+1s",
        "1.5h",
        "007s",
        "30s\n",
        " 30s",
        "1S",
        "1w",
        "٣s",
        "9" * 13 + "s",
        "1MiB",
        "5ms",
    ],
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration such as 30s, 15m, 24h or 7d, not"):
        seconds(text)


@pytest.mark.parametrize("text", ["512", "1MB", "1mib", "1.5GiB", "5%", "24h"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="must be a size such as 512B, 64KiB, 10MiB or 1GiB, not"):
        byte_count(text)


@pytest.mark.parametrize("text", ["25", "1.%", ".5%", "-5%", "25 %", "24h"])
def test_anything_else_is_no_percentage(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape("must be a percentage such as 25% or 99.9%, not")):
        percent(text)


@pytest.mark.parametrize(
    ("text", "dimension", "meant"),
    [
        ("30 sec", "duration", "30s"),
        ("2 Hours", "duration", "2h"),
        ("500 msec", "brief", "500ms"),
        ("10 MB", "size", "10MiB"),
        ("1g", "size", "1GiB"),
        ("25 percent", "percent", "25%"),
        ("1 week", "duration", None),
        ("MB", "size", None),
    ],
)
def test_other_spellings_are_understood_but_not_accepted(
    text: str, dimension: str, meant: str | None
) -> None:
    assert respell(text, dimension) == meant  # type: ignore[arg-type]


@given(st.one_of(*(st.from_regex(form["pattern"], fullmatch=True) for form in WRITTEN.values())))
def test_whatever_fits_a_pattern_has_an_amount(text: str) -> None:
    text = text.removesuffix("\n")  # Python's `$` lets one pass, the validator does not
    found = quantity(text)
    assert found.amount >= 0
    fitting = {name for name, form in WRITTEN.items() if re.search(form["pattern"], text)}
    assert {"duration" if name == "brief" else name for name in fitting} == {found.dimension}


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("180h", "d", "180h is not whole days; write 7d or 8d"),
        ("168h", "d", None),
        ("1441m", "h", "1441m is not whole hours; write 24h or 25h"),
        ("1500KiB", "MiB", "1500KiB is not whole MiB; write 1MiB or 2MiB"),
        ("33.333333%", "%", "33.333333% is not a whole percentage; write 33% or 34%"),
        ("50.0%", "%", None),
    ],
)
def test_what_aws_counts_in_a_unit_must_be_whole(text: str, unit: str, message: str | None) -> None:
    assert not_whole(text, unit) == message
