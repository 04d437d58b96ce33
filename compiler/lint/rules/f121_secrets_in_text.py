"""F121: a password, token or private key stands in the template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from compiler.lint.secret_patterns import FORMS, harmless, names_a_secret
from compiler.lint.subject import Hit, Path, Subject, function

ID = "F121"
SEVERITY = "error"
SUMMARY = "a secret stands in the template as text"
WHY = "Templates are committed, shown in reviews and kept by CloudFormation: far more people read them."
FIX = "Keep it in Secrets Manager and refer to it; replace the leaked one, for history keeps it."
SOURCE = "CloudFormation user guide, 'Security best practices', do not embed credentials in your templates"


def check(subject: Subject) -> Iterator[Hit]:
    """Each text once, by its form or by the name that it is given; the message never repeats the secret."""
    for place, text in subject.texts:
        kind = next((kind for kind, form in FORMS.items() if re.search(form, text)), None)
        if kind:
            yield place._replace(message=f"looks like {kind}; keep it in Secrets Manager and refer to it")
        elif (name := _secret_name(subject, place)) and not harmless(text):
            message = f"{name} is given as text; keep it in Secrets Manager and refer to it"
            yield place._replace(message=message)


def _secret_name(subject: Subject, place: Hit) -> str | None:
    """The name of what a text is the value of, when that is a secret."""
    name = _name(subject, place)
    return name if name and names_a_secret(name) else None


def _name(subject: Subject, place: Hit) -> str | None:
    """The last key of the path, or its neighbour `Name` or `Key`; the name of an output or parameter."""
    *above, last = place.path
    if not place.logical_id and len(place.path) == 3 and last in ("Value", "Default"):
        return str(place.path[1])
    if last == "Value":
        owner = _at(subject, place.logical_id, tuple(above))
        found = owner.get("Name", owner.get("Key", owner.get("ParameterName")))
        return None if found is None or function(found) else str(found)
    return last if isinstance(last, str) else None


def _at(subject: Subject, logical_id: str, path: Path) -> dict[str, Any]:
    found: Any = subject.template["Resources"][logical_id] if logical_id else subject.template
    for key in path:
        found = found[key]
    return found if isinstance(found, dict) else {}
