"""Platform, assembly and plan -> a picture; a picture -> columns and places."""

from __future__ import annotations

from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.review.picture import Arrow, Box, Frame, Picture, picture
from compiler.review.templates import compare
from compiler.views.report.columns import columns
from compiler.views.report.layout import HEIGHT, WIDTH, Layout, Rectangle, layout
from tests.specs import compiled, resolved

BEFORE = """
    topics: {news: {}, old: {}}
    queues: {work: {connections: {news: subscribe}}}
"""
AFTER = """
    topics: {news: {}, extra: {}}
    queues: {work: {visibility_timeout: 2m, connections: {news: subscribe, extra: subscribe}}}
"""


def seen(before: str | None, after: str) -> Picture:
    now = compiled(after)
    return picture(resolved(after), now, compare(compiled(before) if before else None, now))


def boxes(found: Picture) -> dict[str, Box]:
    return {box.name: box for frame in found.frames for box in frame.boxes}


def test_stacks_come_in_the_order_of_deployment_and_components_by_name() -> None:
    found = seen(None, AFTER)
    assert [frame.name for frame in found.frames][:2] == ["foundation", "data"]
    data = next(frame for frame in found.frames if frame.name == "data")
    assert [box.name for box in data.boxes] == ["extra", "news", "work"]


def test_what_is_new_what_goes_and_what_changes_is_told_apart() -> None:
    found = boxes(seen(BEFORE, AFTER))
    assert found["extra"].new
    assert found["extra"].kind == "topic"
    assert found["old"].gone
    assert found["old"].risk is not None
    assert (found["work"].new, found["work"].gone) == (False, False)
    assert {change.action for change in found["work"].changes} >= {"modify", "add"}
    assert found["news"].risk is None


def test_nothing_changes_from_a_platform_to_itself() -> None:
    assert {box.risk for box in boxes(seen(AFTER, AFTER)).values()} == {None}


def test_the_riskiest_change_of_a_component_comes_first() -> None:
    found = boxes(seen(BEFORE, AFTER))["old"]
    assert found.risk == found.changes[0].risk == "exposure"
    assert found.changes[-1].risk == "routine"


def test_an_arrow_leads_from_the_consumer_with_all_its_verbs() -> None:
    assert seen(None, AFTER).arrows == (
        Arrow("work", "extra", ("subscribe",)),
        Arrow("work", "news", ("subscribe",)),
    )


def test_a_component_stands_in_the_stack_that_the_spec_names() -> None:
    found = seen(None, "topics: {news: {stack: shouting}}")
    assert "news" in {box.name for frame in found.frames if frame.name == "shouting" for box in frame.boxes}


def frames(*names: str) -> tuple[Frame, ...]:
    return tuple(Frame(name, tuple(Box(f"{name}{n}", "kind") for n in range(3))) for name in names)


def test_stacks_without_connections_share_a_column() -> None:
    found = columns(Picture(frames("a", "b", "c", "d", "e"), (Arrow("d0", "c0", ("read",)),)))
    assert [[frame.name for frame in column] for column in found.frames] == [["a", "b"], ["c"], ["d"], ["e"]]


def test_columns_are_sorted_so_that_lines_do_not_cross() -> None:
    crossed = (Arrow("b0", "a2", ("use",)), Arrow("b1", "a1", ("use",)), Arrow("b2", "a0", ("use",)))
    found = layout(Picture(frames("a", "b"), crossed))
    pairs = [(found.boxes[arrow.consumer].y, found.boxes[arrow.target].y) for arrow in crossed]
    assert [target for _, target in sorted(pairs)] == sorted(target for _, target in pairs)


def test_a_line_over_a_column_has_a_place_there_that_no_box_takes() -> None:
    far = Arrow("c0", "a0", ("use",))
    found = layout(Picture(frames("a", "b", "c"), (far, Arrow("b0", "a1", ("use",)))))
    (line,) = (line for line in found.lines if line.arrow == far)
    (_, (right, y)), ((left, _), _) = line.curves
    assert right - left == WIDTH
    assert all(not box.y < y < box.y + box.height for name, box in found.boxes.items() if name[0] == "b")


def test_an_arrow_to_nowhere_is_left_out() -> None:
    assert layout(Picture(frames("a"), (Arrow("a0", "gone", ("use",)),))).lines == ()


names = [f"{frame}{n}" for frame in "abcde" for n in range(3)]
pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
pictures = st.sets(pairs, max_size=30).map(
    lambda drawn: Picture(
        frames(*"abcde"), tuple(Arrow(*pair, ("use",)) for pair in sorted(drawn) if pair[0] != pair[1])
    )
)


# A busy machine is no failure.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def apart(one: Rectangle, other: Rectangle) -> bool:
    level = one.y + one.height <= other.y or other.y + other.height <= one.y
    return level or one.x + one.width <= other.x or other.x + other.width <= one.x


def ends(found: Layout) -> list[tuple[str, float, float]]:
    both = [
        (name, point)
        for line in found.lines
        for name, point in ((line.arrow.consumer, line.curves[0][0]), (line.arrow.target, line.curves[-1][1]))
    ]
    return [(name, *point) for name, point in both]


@unhurried
@given(pictures)
def test_boxes_never_overlap_and_lines_end_at_their_sides(drawn: Picture) -> None:
    found = layout(drawn)
    assert sorted(found.boxes) == sorted(names)
    assert all(apart(*pair) for pair in combinations(found.boxes.values(), 2))
    assert all(apart(*pair) for pair in combinations([place for _, place in found.frames], 2))
    for name, x, y in ends(found):
        box = found.boxes[name]
        assert x in (box.x, box.x + WIDTH)
        assert box.y < y < box.y + HEIGHT
    assert all(box.x + box.width < found.width for box in found.boxes.values())
    assert len(set(ends(found))) == len(ends(found))


@unhurried
@given(pictures)
def test_the_same_picture_gives_the_same_places(drawn: Picture) -> None:
    assert layout(drawn) == layout(drawn)
