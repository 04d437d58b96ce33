"""What a rule offers to change is enough: with it written, the rule has nothing more to say."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from compiler import pipeline
from compiler.diagnostics import Diagnostic, Fix, SpecError
from compiler.document import load
from tests.corpus import specs
from tests.specs import TODAY, document


def said(data: Any) -> list[Diagnostic]:
    try:
        return pipeline.judged(pipeline.platforms(load(json.dumps(data).encode(), "spec.json")), TODAY)
    except SpecError as error:
        return list(error.diagnostics)


def fixed(data: Any, fix: Fix) -> Any:
    """The spec with one value set or one key removed, where it says."""
    changed = deepcopy(data)
    *outer, last = fix.path
    place = changed
    for key in outer:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[key]
    if fix.action == "set":
        place[last] = fix.value
    else:
        del place[last]
    return changed


def broken() -> list[Any]:
    """Each broken spec of a rule that offers a remedy for it."""
    found = []
    for spec in specs("fails"):
        data = load(spec.read_bytes(), spec.name).data if not spec.parent.name.startswith("E") else None
        for diagnostic in said(data) if data else ():
            if diagnostic.code == spec.parent.name and diagnostic.fix and diagnostic.fix.action != "rename":
                found.append(pytest.param(data, diagnostic, id=f"{diagnostic.code}-{spec.stem}"))
    return found


@pytest.mark.parametrize(("data", "diagnostic"), broken())
def test_a_remedy_mends_what_was_found_and_breaks_nothing(data: Any, diagnostic: Diagnostic) -> None:
    assert diagnostic.fix is not None
    after = said(fixed(data, diagnostic.fix))
    # What several environments mind is mended in one of them after the other.
    here = {diagnostic.fix.path[1]} if diagnostic.fix.path[0] == "environments" else set()
    left = [other for other in after if other.code == diagnostic.code]
    assert not [other for other in left if not here or here & set(other.environments)]
    errors = {other.code for other in said(data) if other.severity == "error"}
    assert {other.code for other in after if other.severity == "error"} <= errors


@pytest.mark.parametrize(("window", "offered"), [("05:30-06:30", False), ("03:00-04:00", True)])
def test_nothing_is_offered_that_would_be_refused(window: str, offered: bool) -> None:
    body = f"""
    network: {{}}
    caches: {{sessions: {{snapshots: {{retention: 0d, window: "{window}"}}}}}}
    """
    (found,) = (diagnostic for diagnostic in said(document(body).data) if diagnostic.code == "D019")
    assert (found.fix is not None) is offered
