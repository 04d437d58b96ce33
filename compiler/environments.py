"""Document -> the merged values of one environment, each with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler import units
from compiler.diagnostics import Diagnostic, SpecError, suggest
from compiler.document import Document
from compiler.model import ALL, BASE, Budget, Check, Environment, Path, Provenance, Waiver

# What an environment says about itself; the rest of it is merged over the platform's own sections.
OWN_KEYS = (
    "profile",
    "account",
    "waivers",
    "budget",
    "availability_target",
    "checks",
    "execution_role",
)


def merge(document: Document, environment: str) -> tuple[dict[str, Any], dict[Path, Provenance]]:
    """The spec as this environment sees it: maps merged deeply, everything else replaced.

    Raises SpecError E208 when there is no such environment.
    """
    environments = document.data["environments"]
    if environment not in environments:
        raise SpecError([_unknown(document, environment)])
    base = {key: value for key, value in document.data.items() if key != "environments"}
    own = environments[environment]
    over = {key: value for key, value in own.items() if key not in OWN_KEYS}
    provenance = dict(_describe(document, base, (), BASE, ()))
    merged = _merge(base, over)
    prefix: Path = ("environments", environment)
    provenance |= dict(_describe(document, over, (), f"environment {environment}", prefix))
    held = {path: origin for path, origin in provenance.items() if _holds(merged, path)}
    # Of what it says about itself, rules want to know the place too.
    about = {key: value for key, value in own.items() if key in OWN_KEYS}
    return merged, held | dict(_describe(document, about, prefix, f"environment {environment}", ()))


def settings(document: Document, name: str, region: str) -> Environment:
    """What an environment says about itself; the region is that of the merged spec."""
    about = document.data["environments"][name]
    budget = about.get("budget")
    at: Path = ("environments", name)
    return Environment(
        name=name,
        profile=about["profile"],
        region=region,
        account=about.get("account"),
        waivers=tuple(
            Waiver(**written, position=document.position((*at, "waivers", number)))
            for number, written in enumerate(about.get("waivers", ()))
        ),
        budget=Budget(**budget, position=document.position((*at, "budget"))) if budget else None,
        availability_target=about.get("availability_target"),
        checks=tuple(_check(name, written) for name, written in sorted(about.get("checks", {}).items())),
        execution_role=about.get("execution_role"),
    )


def _check(name: str, written: Mapping[str, Any]) -> Check:
    names = {key: _names(written[key]) for key in ("services", "alarms") if key in written}
    times = {key: units.seconds(written[key]) for key in ("within", "watch") if key in written}
    return Check(name, **{**written, **names, **times})


def _names(written: Any) -> tuple[str, ...]:
    return ALL if written == "all" else tuple(written)


def _unknown(document: Document, environment: str) -> Diagnostic:
    known = document.data["environments"]
    message = f"no environment is named '{environment}'; the spec has: {', '.join(sorted(known))}"
    return Diagnostic(document.position(("environments",)), "E208", message + suggest(environment, known))


def _merge(base: Any, over: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    return {
        key: _merge(base[key], over[key])
        if key in base and key in over
        else (over if key in over else base)[key]
        for key in [*base, *(key for key in over if key not in base)]
    }


def _describe(
    document: Document, value: Any, path: Path, source: str, prefix: Path
) -> Iterator[tuple[Path, Provenance]]:
    """The provenance of a value and of everything inside it."""
    # The root, and a mapping that both sides write, keep the place of the base: that is where it is declared.
    declared = isinstance(_base_value(document, path), Mapping)
    if not (prefix and declared and isinstance(value, Mapping)):
        yield path, Provenance(source, document.position(prefix + path))
    inside = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in inside:
        yield from _describe(document, item, (*path, key), source, prefix)


def _base_value(document: Document, path: Path) -> Any:
    value: Any = document.data
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _holds(value: Any, path: Path) -> bool:
    """Whether the merged spec still has something at `path`: a replaced list may be shorter."""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True
