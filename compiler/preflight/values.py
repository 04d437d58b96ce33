"""Values of a template -> the text that they will be, where that is known, or the name that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def text(value: Any, known: Mapping[str, str]) -> str | None:
    """The text of a literal, or of a function over `known` names; None when it takes more than those."""
    if isinstance(value, str | int | float):
        return str(value)
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((function, argument),) = value.items()
    if function == "Ref":
        return known.get(str(argument))
    if function == "Fn::Sub":
        return _substituted(argument, known)
    if function == "Fn::Join":
        return _joined(argument, known)
    return None


def name_of(value: Any) -> str:
    """The name in a `Ref` or `Fn::GetAtt`; empty for everything else."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return ""
    ((function, argument),) = value.items()
    if function == "Ref":
        return str(argument)
    if function == "Fn::GetAtt":
        return argument.partition(".")[0] if isinstance(argument, str) else str([*argument, ""][0])
    return ""


def number(value: Any, otherwise: int = 0) -> int:
    """A literal number; `otherwise` for everything that is known only when it is deployed."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings in a list; none where a function makes the list."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping as it is, anything else as an empty one."""
    return value if isinstance(value, Mapping) else {}


def _substituted(argument: Any, known: Mapping[str, str]) -> str | None:
    match argument:
        case str(template):
            names: dict[str, str | None] = dict(known)
        case [str(template), dict(own)]:
            names = {**known, **{name: text(value, known) for name, value in own.items()}}
        case _:
            return None
    if any(names.get(name) is None for name in _VARIABLE.findall(template)):
        return None
    return _VARIABLE.sub(lambda found: str(names[found[1]]), template).replace("${!", "${")


def _joined(argument: Any, known: Mapping[str, str]) -> str | None:
    match argument:
        case [str(separator), list(parts)]:
            texts = [text(part, known) for part in parts]
            return None if None in texts else separator.join(map(str, texts))
        case _:
            return None
