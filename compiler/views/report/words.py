"""The words of classes, actions and changes that a report uses in more than one place."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.review.changes import Risk
from compiler.views.report.markup import Markup, join, tag
from compiler.views.review import SYMBOLS

# DESIGN: what a reader must know of each class to judge a change.
MEANINGS: dict[Risk, str] = {
    "data-loss": "data is lost, leaves the platform's care, or is guarded less",
    "exposure": "more is allowed, more can be reached, or less is encrypted or recorded",
    "identity": "an address, a name or an ARN that others may hold is no longer the same",
    "interrupting": "something restarts, fails over or drops connections",
    "routine": "nobody should notice",
}


def badge(risk: Risk) -> Markup:
    """A class, told by its word as well as by its colour."""
    return tag("span", risk, class_=f"badge {risk}")


def symbol(action: str) -> Markup:
    """The sign of an action for the eye, and its name for the ear."""
    return tag(
        "span",
        tag("span", SYMBOLS.get(action, action), aria_hidden="true"),
        tag("span", action, class_="hidden"),
        class_="symbol",
        title=action,
    )


def table(caption: str, heads: Iterable[str], rows: Iterable[Markup], class_: str | None = None) -> Markup:
    """A table with a caption and a row of heads."""
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", join(rows)),
        class_=class_,
    )


def row(head: str | Markup, *cells: str | Markup) -> Markup:
    """A row that its first cell names."""
    return tag("tr", tag("th", head, scope="row"), *(tag("td", cell) for cell in cells))


def items(parts: Iterable[str | Markup], class_: str | None = None) -> Markup:
    """A list."""
    return tag("ul", *(tag("li", part) for part in parts), class_=class_)
