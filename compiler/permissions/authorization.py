"""IAM action -> the forms of the ARNs that it can be narrowed to.

The facts are the Service Authorization Reference that cfn-lint bundles; it is read as a file, for importing
cfnlint itself takes half a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ANY = ".*"  # how the reference writes the part of an ARN that is a name


def known(action: str) -> bool:
    """Whether the reference has the action; actions know no case."""
    return _entry(action) is not None


def forms(action: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The resource types of an action, as (service, type) in small letters, with the forms of their ARNs.

    Empty when IAM offers nothing narrower than `*`.
    """
    service = action.partition(":")[0].lower()
    types = [name.lower() for name in (_entry(action) or {}).get("Resources", ())]
    resources = _reference()[service]["Resources"] if types else {}
    return {(service, name): tuple(resources[name]["ARNFormats"]) for name in types}


def _entry(action: str) -> Mapping[str, Any] | None:
    service, _, name = action.lower().partition(":")
    found: Mapping[str, Any] | None = _reference().get(service, {}).get("Actions", {}).get(name)
    return found


@cache
def _reference() -> Mapping[str, Any]:
    spec = find_spec("cfnlint")
    origin = spec.origin if spec else None
    assert origin, "cfn-lint is installed with Formwork"
    file = Path(origin).parent / "data" / "AdditionalSpecs" / "Policies.json"
    found: Mapping[str, Any] = json.loads(file.read_bytes())
    return found
