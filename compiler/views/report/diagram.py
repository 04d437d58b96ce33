"""Picture -> the architecture as SVG, and its connections as a table for those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.review.picture import Box, Frame, Picture
from compiler.views.report.layout import Layout, Line, Rectangle, layout
from compiler.views.report.markup import Markup, join, slug, tag
from compiler.views.report.words import row, table
from compiler.views.review import SYMBOLS

_SHORT = 19  # characters of a name that fit into a box


def diagram(picture: Picture, environment: str, anchors: Mapping[str, str]) -> Markup:
    """A figure; the box of a component that changes leads to its changes, by `anchors`."""
    title = f"Architecture of {environment}"
    found = layout(picture)
    drawing = tag(
        "svg",
        _marker(environment),
        *(_frame(frame, place) for frame, place in found.frames),
        *(_line(line, environment) for line in found.lines),
        *_boxes(picture, found, anchors),
        viewBox=f"0 0 {found.width:g} {found.height:g}",
        width=f"{found.width:g}",
        height=f"{found.height:g}",
        role="group",
        aria_label=title,
        class_="diagram",
    )
    return tag(
        "figure",
        # It can be wider than the page: then it scrolls by itself, by keyboard too.
        tag("div", drawing, class_="scroll", tabindex="0", role="region", aria_label=f"{title}, a diagram"),
        tag("figcaption", _caption()),
        _connections(picture, environment),
    )


def _caption() -> str:
    return (
        "Components by stack; stacks come in the order of deployment from left to right, then from top to "
        "bottom. An arrow leads from who uses to what is used. What changes has a thick border, the sign "
        "of its riskiest change, its class, and in brackets the number of changes; what is new has long "
        "dashes, what goes has dots and is struck out."
    )


def _marker(environment: str) -> Markup:
    tip = tag("path", d="M0 0 8 4 0 8z", class_="tip")
    return tag(
        "defs",
        tag(
            "marker",
            tip,
            id=slug("tip", environment),
            viewBox="0 0 8 8",
            refX="8",
            refY="4",
            markerWidth="7",
            markerHeight="7",
            orient="auto",
        ),
    )


def _frame(frame: Frame, place: Rectangle) -> Markup:
    return join(
        (
            _rectangle(place, "frame", 8),
            tag("text", frame.name, x=place.x + 10, y=place.y + 19, class_="frame-name"),
        )
    )


def _line(line: Line, environment: str) -> Markup:
    """Curves between the columns, straight through them."""
    path = ""
    for (x1, y1), (x2, y2) in line.curves:
        # Both ends are level; a line that comes back to its column bulges instead.
        middle = (x1 + x2) / 2 + line.bulge
        path += f"{'L' if path else 'M'}{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    arrow = line.arrow
    words = f"{arrow.consumer}: {', '.join(arrow.verbs)} {arrow.target}"
    end = f"url(#{slug('tip', environment)})"
    return tag("path", tag("title", words), d=path, class_="line", marker_end=end)


def _boxes(picture: Picture, found: Layout, anchors: Mapping[str, str]) -> list[Markup]:
    return [
        _box(box, found.boxes[box.name], anchors.get(box.name))
        for frame in picture.frames
        for box in frame.boxes
    ]


def _box(box: Box, place: Rectangle, anchor: str | None) -> Markup:
    shape = " new" if box.new else " gone" if box.gone else ""
    drawn = tag(
        "g",
        tag("title", _told(box)),
        _rectangle(place, "box", 5),
        _text(place, 18, _shortened(box.name), "name"),
        _text(place, 33, box.kind or "no longer in the spec", "kind"),
        _text(place, 49, _sign(box), "sign") if box.risk else None,
        class_=f"component {box.risk or 'same'}{shape}",
    )
    return tag("a", drawn, href=f"#{anchor}", aria_label=_told(box)) if anchor else drawn


def _rectangle(place: Rectangle, class_: str, radius: int) -> Markup:
    return tag("rect", x=place.x, y=place.y, width=place.width, height=place.height, rx=radius, class_=class_)


def _text(place: Rectangle, down: int, words: str, class_: str) -> Markup:
    return tag("text", words, x=place.x + 9, y=place.y + down, class_=class_)


def _shortened(name: str) -> str:
    return name if len(name) <= _SHORT else f"{name[: _SHORT - 1]}\u2026"


def _sign(box: Box) -> str:
    """`-/+ data-loss (3)`."""
    action = "add" if box.new else "remove" if box.gone else box.changes[0].action
    return f"{SYMBOLS.get(action, action)} {box.risk} ({len(box.changes)})"


def _told(box: Box) -> str:
    state = "new" if box.new else "to be removed" if box.gone else ""
    count = f"{len(box.changes)} change{'s' if len(box.changes) != 1 else ''}, {box.risk}"
    parts = [box.kind, state, count if box.risk else "unchanged"]
    return f"{box.name}: {', '.join(part for part in parts if part)}"


def _connections(picture: Picture, environment: str) -> Markup | None:
    if not picture.arrows:
        return None
    rows = [row(each.consumer, ", ".join(each.verbs), each.target) for each in picture.arrows]
    caption = f"Connections of {environment}"
    return tag(
        "details",
        tag("summary", f"The {len(rows)} connections as a table"),
        table(caption, ("component", "verb", "uses"), rows),
    )
