"""A platform of many small stacks, some of which take values from others."""

from __future__ import annotations

from compiler.assembly import Assembly, Stack
from tests.fakes import a_stack, an_assembly

EVERY = 10  # so many stacks make a chain of two and eight that stand alone


def platform(count: int = 100, text: str = "one") -> Assembly:
    """Every tenth stack takes a value from the one before it."""
    return an_assembly(*(_stack(number, text) for number in range(count)))


def _stack(number: int, text: str) -> Stack:
    takes = number % EVERY == EVERY - 1
    source = {"Before": f"{name(number - 1)}.Topic"} if takes else {}
    return a_stack(name(number), {"Topic": {"DisplayName": text}}, {"Topic": {"Ref": "Topic"}}, source)


def name(number: int) -> str:
    """Of the stack."""
    return f"shop-part{number:03}"


def chains(count: int = 100) -> list[tuple[str, str]]:
    """The stacks that give a value, each with the one that takes it."""
    return [(name(last - 1), name(last)) for last in range(EVERY - 1, count, EVERY)]
