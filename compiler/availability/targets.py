"""What an environment wants of its paths, and which of them are not promised so much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from compiler.availability.budget import percentage, promised, share, unknown
from compiler.availability.paths import Way, ways
from compiler.model import Path, Platform


class Target(NamedTuple):
    """What is wanted of one path."""

    percentage: float
    path: Path  # where the spec says so

    @property
    def share(self) -> Fraction:
        """The wanted share of a month, exact."""
        return share(self.percentage)


def target(way: Way, platform: Platform) -> Target | None:
    """What is wanted of a path; one number for all is meant for requests, which somebody waits for."""
    wanted = platform.environment.availability_target
    path: Path = ("environments", platform.environment.name, "availability_target")
    if isinstance(wanted, Mapping):
        named = way.begins in wanted
        return Target(wanted[way.begins], (*path, way.begins)) if named else None
    return Target(wanted, path) if wanted is not None and way.kind == "answers" else None


def wanted(platform: Platform) -> Iterator[tuple[Way, Target]]:
    """The paths of which something is wanted, with what that is."""
    if platform.environment.availability_target is None:
        return  # most often, and then nobody need look for paths
    for way in ways(platform):
        if found := target(way, platform):
            yield way, found


def is_missed(way: Way, goal: Target) -> bool:
    """Whether the promises are too small, whatever those steps do of which nothing is promised."""
    return promised(way.steps) < goal.share


def is_kept(way: Way, goal: Target) -> bool:
    """Whether as much is promised as is wanted; neither kept nor missed is what cannot be compared."""
    return not unknown(way.steps) and not is_missed(way, goal)


def attainable(way: Way, platform: Platform) -> float:
    """The greatest target that could be written for a path: for all that begin as it does, in percent."""
    alike = (other for other in ways(platform) if other.begins == way.begins)
    return percentage(min(promised(other.steps) for other in alike))
