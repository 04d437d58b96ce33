"""Columns -> where each frame, box and line of the diagram stands, in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from compiler.review.picture import Arrow, Frame, Picture
from compiler.views.report.columns import Columns, Slot, Stop, columns

WIDTH, HEIGHT = 156, 56  # of a box
_GAP = 10  # between boxes, and between frames of a column
_PAD, _TITLE = 10, 28  # of a frame: around its boxes, and above them for its name
_NEAR, _FAR = 18, 84  # between columns: without lines, and with them
_LANE = 14  # as high is the place of a line that passes
_LOOP = 34  # as far out goes a line that comes back to its column
_EDGE = 2  # around everything, for the strokes

Point = tuple[float, float]


@dataclass(frozen=True)
class Rectangle:
    """Left, top, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """An arrow's way: curves from the first point of each pair to the second, straight between the pairs."""

    arrow: Arrow
    curves: tuple[tuple[Point, Point], ...]
    bulge: float = 0  # as far right goes the curve of a line that comes back to its column


@dataclass(frozen=True)
class Layout:
    """The whole diagram."""

    width: float
    height: float
    frames: tuple[tuple[Frame, Rectangle], ...]
    boxes: Mapping[str, Rectangle]  # by component
    lines: tuple[Line, ...]


def layout(picture: Picture) -> Layout:
    """Deterministic: the same picture gives the same places."""
    found = columns(picture)
    frames, places = _stand(found)
    width = max((r.x + r.width for _, r in frames), default=0) + _EDGE
    width += _LOOP if _loops(found, len(found.frames) - 1) else 0
    height = max((r.y + r.height for _, r in frames), default=0) + _EDGE
    boxes = {slot: r for (_, slot), r in places.items() if isinstance(slot, str)}
    return Layout(width, height, tuple(frames), boxes, tuple(_lines(found, places)))


def _stand(found: Columns) -> tuple[list[tuple[Frame, Rectangle]], dict[Stop, Rectangle]]:
    """Columns from left to right, each in the middle of the highest."""
    heights = [sum(_height(part) + _GAP for _, part in _parts(found, n)) for n in range(len(found.frames))]
    frames: list[tuple[Frame, Rectangle]] = []
    places: dict[Stop, Rectangle] = {}
    x: float = _EDGE
    for number, height in enumerate(heights):
        y = _EDGE + (max(heights) - height) / 2
        for frame, part in _parts(found, number):
            frames.append((frame, Rectangle(x, y, WIDTH + 2 * _PAD, _height(part))))
            places |= {(number, slot): r for slot, r in _stacked(part, x + _PAD, y + _TITLE)}
            y += _height(part) + _GAP
        wide = found.crossed(number) or _loops(found, number)
        x += WIDTH + 2 * _PAD + (_FAR if wide else _NEAR)
    return frames, places


def _parts(found: Columns, number: int) -> Iterator[tuple[Frame, list[Slot]]]:
    """The frames of a column with what is in them; lines pass through the last."""
    frames = found.frames[number]
    for frame in frames:
        names = {box.name for box in frame.boxes}
        passes = frame is frames[-1]
        yield frame, [slot for slot in found.slots[number] if slot in names or (passes and _is_lane(slot))]


def _is_lane(slot: Slot) -> bool:
    return isinstance(slot, Arrow)


def _height(part: list[Slot]) -> float:
    return _TITLE + sum((_LANE if _is_lane(slot) else HEIGHT) + _GAP for slot in part) - _GAP + _PAD


def _stacked(part: list[Slot], x: float, y: float) -> Iterator[tuple[Slot, Rectangle]]:
    for slot in part:
        height = _LANE if _is_lane(slot) else HEIGHT
        yield slot, Rectangle(x, y, WIDTH, height)
        y += height + _GAP


def _loops(found: Columns, number: int) -> bool:
    return any(chain[0][0] == chain[-1][0] == number for chain in found.chains.values())


def _lines(found: Columns, places: Mapping[Stop, Rectangle]) -> Iterator[Line]:
    ports = _ports(found, places)
    for arrow, chain in found.chains.items():
        curves = tuple((ports[arrow, one, other], ports[arrow, other, one]) for one, other in pairwise(chain))
        yield Line(arrow, curves, _LOOP if chain[0][0] == chain[-1][0] else 0)


def _ports(found: Columns, places: Mapping[Stop, Rectangle]) -> dict[tuple[Arrow, Stop, Stop], Point]:
    """Where each line leaves each stop towards the next: spread over the side, in the order of their ends."""
    sides: dict[tuple[Stop, bool], list[tuple[float, Arrow, Stop]]] = {}
    for arrow, chain in found.chains.items():
        for one, other in [*pairwise(chain), *pairwise(reversed(chain))]:
            right = other[0] >= one[0]
            sides.setdefault((one, right), []).append((places[other].y, arrow, other))
    return {
        (arrow, stop, other): (
            places[stop].x + (WIDTH if right else 0),
            places[stop].y + places[stop].height * (n + 1) / (len(ends) + 1),
        )
        for (stop, right), ends in sides.items()
        for n, (_, arrow, other) in enumerate(
            sorted(ends, key=lambda end: (end[0], end[1].consumer, end[1].target))
        )
    }
