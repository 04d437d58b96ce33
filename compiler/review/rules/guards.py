"""Properties that guard something, and how a change of one weakens it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from compiler.review.case import Case, properties
from compiler.review.paths import Absent, Leaf, dotted, is_intrinsic, item_stays, scalar

_OFF = {"", "false", "disabled", "suspended", "none", "off", "disable", "no"}


@dataclass(frozen=True)
class Guard:
    """A property by type and path (regular expressions), and when its change weakens what it guards."""

    type: str  # searched in the resource type
    path: str  # matched with the whole path
    weaker: Callable[[Any, Any], bool]
    of_item: bool = False  # it counts only while the list's item that it belongs to is still there

    @cached_property
    def _type(self) -> re.Pattern[str]:
        return re.compile(rf"::({self.type})(::|$)|^({self.type})$" if self.type != ".*" else "")

    @cached_property
    def _path(self) -> re.Pattern[str]:
        return re.compile(self.path)

    def hits(self, resource_type: str, leaf: Leaf) -> bool:
        """Whether this leaf weakens the guard."""
        return bool(
            self._type.search(resource_type)
            and self._path.fullmatch(dotted(leaf.path))
            and not leaf.carried
            and self.weaker(leaf.before, leaf.after)
        )


def findings(case: Case, guards: Iterable[Guard], effect: str) -> Iterator[str]:
    """One sentence that names every weakened property; only for a resource that stays or is replaced."""
    if not case.persists:
        return
    guards = tuple(guards)
    hit = [
        dotted(leaf.path)
        for leaf in case.leaves
        for guard in guards
        if guard.hits(case.type, leaf)
        and not (guard.of_item and not item_stays(leaf.path, properties(case.after)))
    ]
    if hit := list(dict.fromkeys(hit)):
        yield f"{effect}: {', '.join(hit)}"


def is_off(value: Any) -> bool:
    """Whether the value says no. A function or an unknown value says nothing."""
    if value is Absent.MISSING:
        return True
    return isinstance(value, (str, bool, int)) and scalar(value).lower() in _OFF


def is_known(value: Any) -> bool:
    """Whether the value is there and readable."""
    return not isinstance(value, Absent) and not is_intrinsic(value)


def turned_off(before: Any, after: Any) -> bool:
    """On, or anything that is not off, before; off or gone after."""
    return not is_off(before) and is_off(after)


def turned_on(before: Any, after: Any) -> bool:
    """Off before; on after."""
    return is_off(before) and is_known(after) and not is_off(after)


def gone(before: Any, after: Any) -> bool:
    """There before; not there after."""
    return before is not Absent.MISSING and after is Absent.MISSING


def newly_given(before: Any, after: Any) -> bool:
    """Not there before; there after."""
    return gone(after, before)


def another(before: Any, after: Any) -> bool:
    """There on both sides, and not the same."""
    return not isinstance(before, Absent) and not isinstance(after, Absent)


def shrunk(before: Any, after: Any) -> bool:
    """Lost a member, or itself went."""
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return any(item not in after for item in before)
    return gone(before, after)


def grown(before: Any, after: Any) -> bool:
    """Gained a member, or is there now."""
    if isinstance(after, (list, tuple)):
        old = before if isinstance(before, (list, tuple)) else ()
        return any(item not in old for item in after) and before is not Absent.UNKNOWN
    return before is Absent.MISSING and after is not Absent.MISSING


def shortened(before: Any, after: Any, missing: float = 0) -> bool:
    """A smaller number; `missing` is what no number means."""
    old, new = _number(before, missing), _number(after, missing)
    return old is not None and new is not None and new < old


def became(*values: str) -> Callable[[Any, Any], bool]:
    """One of these values after, and not before."""
    return lambda before, after: _is_one(after, values) and not _is_one(before, values)


def _is_one(value: Any, values: tuple[str, ...]) -> bool:
    return isinstance(value, (str, bool)) and scalar(value) in values


def _number(value: Any, missing: float) -> float | None:
    if value is Absent.MISSING:
        return missing
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
