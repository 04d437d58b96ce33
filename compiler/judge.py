"""Platform -> what the rules say about it, and what is left of that under its waivers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from compiler.codes import CODES
from compiler.diagnostics import Diagnostic, Fix, Position, suggest
from compiler.model import Path, Platform, Waiver
from compiler.rule import Hit, Remedy, Rule
from compiler.rulebook import all_rules, rules_for

# How the codes of rules about templates begin, ours and those of cfn-lint. Only the linter has them.
OF_TEMPLATES = ("E", "F", "I", "W")


class Finding(NamedTuple):
    """What one rule found, and in which component; the empty text for what is in none."""

    diagnostic: Diagnostic
    component: str


def impossible(platform: Platform) -> Iterator[Diagnostic]:
    """What no waiver can make work."""
    return (finding.diagnostic for finding in _findings(platform, waivable=False))


def judge(platform: Platform, today: date) -> list[Diagnostic]:
    """What the other rules find and no waiver covers, and what is wrong with the waivers themselves.

    An expired waiver (E221) covers nothing, so that what it was for is told with it.
    """
    findings = list(_findings(platform, waivable=True))
    waivers = platform.environment.waivers
    dated = [waiver for waiver in waivers if _is_day(waiver.expires)]
    valid = [waiver for waiver in dated if waiver.expires >= today.isoformat()]
    own = {rule.id for rule in all_rules() if rule.waivable} if waivers else set()
    found = [(finding.diagnostic.code, finding.component) for finding in findings]
    return [
        *(f.diagnostic for f in findings if not covered(f.diagnostic.code, f.component, valid)),
        *_wrong(platform),
        *_expired(set(dated) - set(valid)),
        *unused((waiver for waiver in waivers if waiver.rule in own), found),
    ]


def covered(code: str, component: str, waivers: Iterable[Waiver]) -> bool:
    """Whether one of the waivers is for what this rule found in this component."""
    return any(waiver.rule == code and waiver.component in (None, component) for waiver in waivers)


def unused(waivers: Iterable[Waiver], found: Collection[tuple[str, str]]) -> Iterator[Diagnostic]:
    """E222 for each waiver that is for none of the findings, of which each is a code and a component."""
    for waiver in waivers:
        if not any(covered(*finding, [waiver]) for finding in found):
            where = f" in '{waiver.component}'" if waiver.component else ""
            message = f"{waiver.rule} finds nothing{where} that this waiver is needed for; remove it"
            yield about(waiver, "E222", message)


def about(waiver: Waiver, code: str, message: str) -> Diagnostic:
    """A problem with a waiver that was just read from a spec."""
    assert waiver.position is not None
    return Diagnostic(waiver.position, code, message)


def _expired(waivers: Iterable[Waiver]) -> Iterator[Diagnostic]:
    for waiver in waivers:
        message = (
            f"the waiver of {waiver.rule} expired on {waiver.expires}; mend what it was for, or renew it"
        )
        yield about(waiver, "E221", message)


def _is_day(text: str) -> bool:
    """Whether the calendar has such a day; the schema only knows that it looks like one."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _wrong(platform: Platform) -> Iterator[Diagnostic]:
    """E220 for waivers of what cannot be waived, and of components that are not there; E105 for no day."""
    waivers = platform.environment.waivers
    rules = {rule.id: rule for rule in all_rules()} if waivers else {}
    for waiver in waivers:
        name = waiver.component
        if wrong := _unwaivable(waiver.rule, rules):
            yield about(waiver, "E220", wrong)
        if not _is_day(waiver.expires):
            message = f"'{waiver.expires}' is no day of the calendar; write the last day of the waiver"
            yield about(waiver, "E105", message)
        if name is not None and name not in platform.components:
            hint = suggest(name, platform.components)
            yield about(waiver, "E220", f"no component is named '{name}'{hint}")


def _unwaivable(code: str, rules: Mapping[str, Rule]) -> str:
    """Why nobody can waive this; empty where they can, or where only the linter knows."""
    if code in CODES:
        return f"{code} cannot be waived: what it says has to be mended"
    if code in rules:
        return "" if rules[code].waivable else f"{code} cannot be waived: it is about what cannot work"
    known = code.startswith(OF_TEMPLATES)
    return "" if known else f"there is no rule '{code}'{suggest(code, rules)}"


def _findings(platform: Platform, waivable: bool) -> Iterator[Finding]:
    made = {component.kind for component in platform.components.values() if not component.adopted}
    for rule in rules_for(made):
        severity = rule.severity[platform.environment.profile]
        if rule.waivable is waivable and severity is not None:
            for hit, name in _hits(rule, platform):
                diagnostic = Diagnostic(
                    platform.position(hit.path),
                    rule.id,
                    hit.message,
                    severity,
                    (platform.environment.name,) if waivable else (),
                    _fix(hit.remedy, rule, platform) if hit.remedy else None,
                )
                yield Finding(diagnostic, name)


def _hits(rule: Rule, platform: Platform) -> Iterator[tuple[Hit, str]]:
    """What a rule found, with whole paths, and the component of each."""
    if not rule.kind:
        yield from ((hit, _component(hit.path, platform)) for hit in rule.check(platform))
        return
    for component in platform.of_kind(rule.kind):
        for hit in () if component.adopted else rule.check(component, platform):
            yield _below(component.path, hit), component.name


def _below(path: Path, hit: Hit) -> Hit:
    remedy = hit.remedy and hit.remedy._replace(path=(*path, *hit.remedy.path))
    return hit._replace(path=(*path, *hit.path), remedy=remedy)


def _component(path: Path, platform: Platform) -> str:
    inside = (c.name for c in platform.components.values() if path[: len(c.path)] == c.path)
    return next(inside, "")


def _fix(remedy: Remedy, rule: Rule, platform: Platform) -> Fix:
    """The remedy in the words of the document: where the value is written, or where it should be.

    What only some profiles mind is mended in the environment that does, the rest for all of them.
    """
    where = platform.home(remedy.path)
    everywhere = len(set(rule.severity.values())) == 1
    if where == remedy.path and not everywhere and remedy.action == "set":
        where = ("environments", platform.environment.name, *remedy.path)
    return Fix(remedy.action, where, remedy.value)


def merged(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted; the same finding in several environments is one that names them all.

    Where some of them only warn of what others refuse, those that refuse are named.
    """
    found: dict[tuple[Position, str, str], list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        found.setdefault((diagnostic.position, diagnostic.code, diagnostic.message), []).append(diagnostic)
    return sorted(_one(same) for same in found.values())


def _one(same: list[Diagnostic]) -> Diagnostic:
    worst = [diagnostic for diagnostic in same if diagnostic.severity == "error"] or same
    names = sorted({name for diagnostic in worst for name in diagnostic.environments})
    return replace(worst[0], environments=tuple(names), fix=_common([each.fix for each in worst]))


def _common(fixes: Iterable[Fix | None]) -> Fix | None:
    """The fix of all; where each environment has its own, the first of them, and the others come after it."""
    different = {repr(fix): fix for fix in fixes}
    first, *others = (different[key] for key in sorted(different))
    wanted = [fix for fix in (first, *others) if fix and fix.path[0] == "environments"]
    apart = len(wanted) == len(different) == len({fix.path[:2] for fix in wanted})
    return first if not others or apart else None
