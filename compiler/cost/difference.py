"""Two estimates of one environment -> how its cost changes, and because of which components."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.cost.budget import component_name
from compiler.cost.estimate import Estimate, Total, total

CENT = 0.005  # less is no change that anybody could see


@dataclass(frozen=True)
class Difference:
    """How the expected cost of an environment changes."""

    platform: str
    environment: str
    before: Total  # nothing at all of what was never built or deployed
    after: Total
    components: tuple[tuple[str, float], ...]  # USD a month more or less; what changes most comes first

    @property
    def usd(self) -> float:
        """How much more is expected in a month."""
        return self.after.usd.expected - self.before.usd.expected


def difference(before: Estimate | None, after: Estimate) -> Difference:
    """What changes from one estimate to the other; everything is new when there is none before."""
    old = before.by(component_name) if before else {}
    new = after.by(component_name)
    none = total(())
    deltas = {
        name: new.get(name, none).usd.expected - old.get(name, none).usd.expected
        for name in sorted(old.keys() | new.keys())
    }
    moved = [(name, usd) for name, usd in deltas.items() if abs(usd) >= CENT]
    return Difference(
        after.platform,
        after.environment,
        before.total if before else none,
        after.total,
        tuple(sorted(moved, key=lambda item: (-abs(round(item[1], 6)), item[0]))),
    )
