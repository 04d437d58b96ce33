"""Sentences of AWS -> what to do: the known causes of known_causes.json, by the first pattern that fits."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Sequence
from functools import cache

import msgspec

from compiler.assembly import Origin
from compiler.deploy.events import Evidence

_READ = 2000  # characters; reasons of CloudFormation are shorter
DEFAULT = "correct the cause and run again; what was done before stays done"
# What AWS itself says of why; a log may hold anything, and what else failed is another's cause.
_SAYING = ("hook", "state", "tasks", "targets", "events")


class Example(msgspec.Struct, frozen=True):
    """A sentence of AWS, and where it was seen."""

    text: str
    source: str
    recalled: bool = False  # worded as the service does; the page is about the subject, and was not quoted


class Cause(msgspec.Struct, frozen=True):
    """One entry of known_causes.json."""

    id: str
    title: str
    pattern: str
    advice: str
    examples: tuple[Example, ...]
    vague: bool = False  # says that something failed, but not why: the evidence may know more
    spec: dict[str, str] = {}  # section -> the property to change
    quota: str = ""  # service and code, as Service Quotas has them

    def fits(self, text: str) -> re.Match[str] | None:
        """Where the pattern is found."""
        return re.search(self.pattern, text, re.DOTALL)


class _Table(msgspec.Struct, frozen=True):
    date: str
    note: str
    causes: tuple[Cause, ...]


@cache
def causes() -> tuple[Cause, ...]:
    """All known causes, in the order in which they are tried."""
    content = pkgutil.get_data(__package__, "known_causes.json")
    return msgspec.json.decode(content or b"", type=_Table).causes


def cause(text: str) -> Cause | None:
    """The known cause that a sentence names; None when nobody saw such a sentence before."""
    return next((each for each in causes() if each.fits(text[:_READ])), None)


def advice(reason: str, evidence: Iterable[Evidence] = (), origin: Origin | None = None) -> str:
    """What to do about a cause, else what always helps; the evidence decides where the reason is vague."""
    found, text = cause(reason), reason
    if found is None or found.vague:
        found, text = _precise(evidence) or (found, text)
    if found is None:
        return DEFAULT
    return "".join([_filled(found, text), _quota(found), _where(found, origin)])


def _precise(evidence: Iterable[Evidence]) -> tuple[Cause, str] | None:
    """What the evidence says, the most telling kind first; the table's last rows fit too much to count."""
    lines = [line for kind in _SAYING for each in evidence if each.kind == kind for line in each.lines]
    found = ((each, line) for line in lines if (each := cause(line)) and each.id not in _BROAD)
    return next(((each, line) for each, line in found if not each.vague), None)


_BROAD = ("missing", "invalid", "protected", "in-use")


def _filled(found: Cause, text: str) -> str:
    match = found.fits(text[:_READ])
    words = {name: _word(value) for name, value in match.groupdict().items()} if match else {}
    return found.advice.format_map(words)


def _word(value: str | None) -> str:
    """As it stands in a sentence; some services do not name the resource."""
    return value.rstrip(".,:;)") if value else "it"


def _quota(found: Cause) -> str:
    if not found.quota:
        return ""
    service, code = found.quota.split()
    return (
        f" (`aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code}`)"
    )


def _where(found: Cause, origin: Origin | None) -> str:
    section = origin.path.partition(".")[0] if origin else ""
    if origin is None or section not in found.spec:
        return ""
    return f" (in the spec: {'.'.join([*_component(origin.path, section), found.spec[section]])})"


def _component(path: str, section: str) -> Sequence[str]:
    """`services.api.http` -> services, api; a section of one component has no name."""
    return path.split(".")[: 1 if section in SINGLE else 2]


# Sections that are one component. Source: specs/platform.schema.json.
SINGLE = ("encryption", "load_balancer", "logs", "network")
