"""F122: a secret is fetched into a place where whoever may describe the resource reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.lint.subject import Hit, Subject

ID = "F122"
SEVERITY = "error"
SUMMARY = "a secret is resolved into an environment variable, an output or metadata"
WHY = "Describing the function, task or stack then shows it in clear text, and rotation does not reach it."
FIX = "Give tasks the secret's ARN under Secrets; give functions the ARN and let them read the secret."
SOURCE = "CloudFormation user guide, 'Get values stored in other services using dynamic references'"

DYNAMIC = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):")
SHOWN = {"Environment", "Variables", "Outputs", "Metadata", "Tags", "Description", "UserData"}


def check(subject: Subject) -> Iterator[Hit]:
    """Each text once."""
    for place, text in subject.texts:
        if DYNAMIC.search(text) and (where := sorted(SHOWN & set(map(str, place.path)))):
            yield place._replace(
                message=f"a secret is resolved into {where[0]}, where it can be read in clear text"
            )
