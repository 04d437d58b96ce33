"""Picture -> what stands in each column of the diagram, from top to bottom; layered, after Sugiyama.

Columns stand in the order of deployment. Neighbouring stacks without connections share one, each below the
other. A line that passes a column has a place in it, and what is in a column is sorted by the mean place of
its neighbours in the others, so that few lines cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from compiler.review.picture import Arrow, Frame, Picture

_SWEEPS = 8  # there and back again; more change nothing in the platforms of `specs/`

# What has a place in a column: a component, by its name, or an arrow that passes.
Slot = str | Arrow
Stop = tuple[int, Slot]  # a slot with the number of its column


@dataclass(frozen=True)
class Columns:
    """The frames and the slots of each column, and where each arrow stops on its way."""

    frames: tuple[tuple[Frame, ...], ...]
    slots: tuple[tuple[Slot, ...], ...]
    chains: Mapping[Arrow, tuple[Stop, ...]]  # from the consumer to the target

    def crossed(self, number: int) -> bool:
        """Whether lines run between a column and the next."""
        steps = (
            sorted((one[0], other[0])) for chain in self.chains.values() for one, other in pairwise(chain)
        )
        return any(left == number for left, _ in steps)


def columns(picture: Picture) -> Columns:
    """Deterministic: the same picture gives the same columns. Arrows to nowhere are left out."""
    frames = _shared(picture)
    where = {box.name: n for n, column in enumerate(frames) for frame in column for box in frame.boxes}
    known = [each for each in picture.arrows if {each.consumer, each.target} <= where.keys()]
    chains = {arrow: _chain(arrow, where) for arrow in known}
    slots: list[list[Slot]] = [[box.name for frame in column for box in frame.boxes] for column in frames]
    for arrow, chain in chains.items():
        for number, slot in chain:
            if slot is arrow:
                slots[number].append(slot)
    return Columns(tuple(frames), _sorted(slots, chains), chains)


def _shared(picture: Picture) -> list[tuple[Frame, ...]]:
    found: list[tuple[Frame, ...]] = []
    for connected, part in groupby(picture.frames, key=picture.is_connected):
        neighbours = tuple(part)
        found += [(frame,) for frame in neighbours] if connected else [neighbours]
    return found


def _chain(arrow: Arrow, where: Mapping[str, int]) -> tuple[Stop, ...]:
    start, end = where[arrow.consumer], where[arrow.target]
    passed = range(start + 1, end) if start < end else range(start - 1, end, -1)
    return ((start, arrow.consumer), *((number, arrow) for number in passed), (end, arrow.target))


def _sorted(slots: list[list[Slot]], chains: Mapping[Arrow, Sequence[Stop]]) -> tuple[tuple[Slot, ...], ...]:
    beside: dict[Stop, list[Stop]] = {}
    for chain in chains.values():
        for one, other in pairwise(chain):
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
    order = range(len(slots))
    for sweep in range(_SWEEPS):
        for number in order if sweep % 2 == 0 else reversed(order):
            slots[number] = _by_mean(number, slots, beside)
    return tuple(tuple(column) for column in slots)


def _by_mean(
    number: int, slots: Sequence[Sequence[Slot]], beside: Mapping[Stop, Sequence[Stop]]
) -> list[Slot]:
    """Each where the mean of its neighbours in other columns is; without any, where it was."""
    share = [{slot: (n + 0.5) / len(column) for n, slot in enumerate(column)} for column in slots]

    def mean(slot: Slot) -> float:
        found = [share[n][other] for n, other in beside.get((number, slot), ()) if n != number]
        return sum(found) / len(found) if found else share[number][slot]

    return sorted(slots[number], key=mean)
