"""Which of a topic's messages a subscriber gets: what users may write of it, and what SNS takes."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Annotated, Any, Literal

import msgspec

from compiler.kind import Record, about

MOST_COMBINATIONS = 150  # Source: SNS developer guide, "Filter policy constraints", 2026; so are the numbers
_RANGE: dict[str, Any] = {"ge": -1_000_000_000, "le": 1_000_000_000}
LOWER, UPPER = (">", ">="), ("<", "<=")
ONE_KEY = {"minProperties": 1, "maxProperties": 1}  # says nothing about values that are no mappings

Whole = Annotated[int, msgspec.Meta(**_RANGE)]
Fraction = Annotated[float, msgspec.Meta(**_RANGE)]
Comparison = Literal["=", "<", "<=", ">", ">="]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Excluded = Annotated[list[str | Whole | Fraction], msgspec.Meta(min_length=1)]
AttributeName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9_.-]{1,256}$",
        extra_json_schema={"x-form": "the name of a message attribute, such as severity"},
    ),
]


class TopicFilterExcept(Record):
    """Texts that are not wanted, by a part of them; one of these keys."""

    prefix: Annotated[Text, about("How texts that are not wanted begin.", examples=["test-"])] | None = None
    suffix: Annotated[Text, about("How texts that are not wanted end.", examples=["-test"])] | None = None
    wildcard: Annotated[Text, about("How they look, * for any characters.", examples=["*-test-*"])] | None = (
        None
    )


Except = Annotated[
    str | Whole | Fraction | Excluded | TopicFilterExcept, msgspec.Meta(extra_json_schema=ONE_KEY)
]


class TopicFilterOperator(Record, rename="kebab"):
    """A condition on an attribute's value; one of these keys."""

    anything_but: (
        Annotated[
            Except,
            about(
                "Any value but this, but one of these, or but those of a form.",
                examples=[["debug", "info"], {"prefix": "test-"}],
            ),
        ]
        | None
    ) = None
    prefix: Annotated[Text, about("How the text begins.", examples=["eu-"])] | None = None
    suffix: Annotated[Text, about("How the text ends.", examples=["-urgent"])] | None = None
    wildcard: (
        Annotated[Text, about("How the text looks, * for any characters.", examples=["eu-*-1"])] | None
    ) = None
    equals_ignore_case: (
        Annotated[Text, about("The text, in capitals or not.", examples=["warning"])] | None
    ) = None
    cidr: (
        Annotated[
            str,
            about(
                "The block that an IP address is in.",
                examples=["10.0.0.0/24"],
                pattern="^[0-9a-fA-F.:]+/[0-9]{1,3}$",
                form="a CIDR block such as 10.0.0.0/24",
            ),
        ]
        | None
    ) = None
    numeric: (
        Annotated[
            list[Comparison | Whole | Fraction],
            about(
                "A comparison and a number, or two of both for a range.",
                examples=[[">=", 100], [">", 0, "<=", 150]],
                min_length=2,
                max_length=4,
            ),
        ]
        | None
    ) = None
    exists: (
        Annotated[bool, about("Whether the message has the attribute at all.", examples=[True])] | None
    ) = None


Value = Annotated[
    str | bool | Whole | Fraction | TopicFilterOperator,
    msgspec.Meta(
        extra_json_schema={
            "x-form": "text, a number, true or false, or a condition such as {prefix: eu-}",
            **ONE_KEY,
        }
    ),
]
Values = Annotated[list[Value], msgspec.Meta(min_length=1)]


class TopicSubscribeOptions(Record):
    """Which of the topic's messages a subscriber gets."""

    filter: (
        Annotated[
            dict[AttributeName, Values],
            about(
                "The messages wanted, by their attributes, as in an SNS filter policy: of each attribute the "
                "values, or conditions on them; all messages without it.",
                examples=[{"severity": ["warning", "error"], "load": [{"numeric": [">=", 100]}]}],
                min_length=1,
                max_length=5,
            ),
        ]
        | None
    ) = None


def policy(wanted: Any) -> dict[str, list[Any]]:
    """A filter as SNS takes it."""
    plain: dict[str, list[Any]] = msgspec.to_builtins(wanted)
    return plain


def problems(wanted: Any) -> Iterable[str]:
    """What is wrong with a filter beyond what its schema says."""
    plain = policy(wanted)
    for attribute, values in plain.items():
        for value in values:
            if isinstance(value, dict) and not _compares(value.get("numeric", [])):
                yield (
                    f"`numeric` of {attribute} is a comparison and a number, such as ['>=', 100], or a range "
                    "upwards, such as ['>', 0, '<=', 150]"
                )
    combinations = prod(map(len, plain.values()))
    if combinations > MOST_COMBINATIONS:
        yield (
            f"the values listed make {combinations} combinations, SNS takes {MOST_COMBINATIONS}; list fewer"
        )


def _compares(numeric: list[Any]) -> bool:
    """`>= 100`, or a range from its lower end to its upper one; nothing at all is fine too."""
    signs, numbers = numeric[::2], numeric[1::2]
    if len(signs) != len(numbers) or any(isinstance(sign, int | float) for sign in signs):
        return False
    if any(isinstance(number, str) for number in numbers):
        return False
    return len(signs) < 2 or (signs[0] in LOWER and signs[1] in UPPER and numbers[0] < numbers[1])
