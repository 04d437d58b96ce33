"""ChangePlan -> text for a terminal, Markdown for a pull request, data for JSON; riskiest first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from compiler.review.changes import (
    NEEDS_APPROVAL,
    RISKS,
    Change,
    ChangePlan,
    PropertyChange,
    Risk,
    StackChanges,
)
from compiler.review.groups import Entry, Group, entries, groups
from compiler.views import moves
from compiler.views.phrases import counted_types, headline, migration_words, number, stack_name
from compiler.views.style import Style

SYMBOLS = {
    "add": "+",
    "modify": "~",
    "remove": "-",
    "replace": "-/+",
    "may-replace": "?/+",
    "import": ">",
    "refused": "!",
}
COLOURS = {
    "data-loss": "red",
    "exposure": "magenta",
    "identity": "yellow",
    "interrupting": "blue",
    "routine": "green",
}
COMMENT_BYTES = 60_000  # a pull-request comment on GitHub takes 65,536 characters
_REPLACES = {"always": " (replaces)", "maybe": " (may replace)", "never": ""}
_FEW = 12  # properties of one change that are shown without `verbose`


def data(plans: Iterable[ChangePlan]) -> dict[str, Any]:
    """The plans for machines: `changes` in a stable order, and in `summary` their number per class."""
    plans = tuple(plans)
    summary = {risk: sum(plan.summary()[risk] for plan in plans) for risk in RISKS}
    moved = moves.data(plans)
    return {"changes": [_entry(entry) for entry in entries(plans)], "summary": summary} | moved


def text(plans: Iterable[ChangePlan], style: Style, verbose: bool = False) -> str:
    """The plans for a terminal; `verbose` folds nothing and shows every property and every reason."""
    return "\n".join(_plan(plan, style, verbose) for plan in plans)


def markdown(plans: Iterable[ChangePlan], limit: int = COMMENT_BYTES) -> str:
    """The plans for a comment, within `limit` bytes: what does not fit is counted, the riskiest first."""
    plans = tuple(plans)
    full = _markdown(plans, None)
    if _size(full) <= limit:
        return full
    everything = [id(entry.change) for entry in entries(plans)]
    ranked = sorted(entries(plans), key=lambda entry: RISKS.index(entry.change.risk))
    low, high = 0, len(everything)  # how many of the riskiest fit: found by halving
    while low < high:
        middle = (low + high + 1) // 2
        fits = _size(_markdown(plans, {id(entry.change) for entry in ranked[:middle]})) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return _cut(_markdown(plans, {id(entry.change) for entry in ranked[:low]}), limit)


def _entry(entry: Entry) -> dict[str, Any]:
    change = entry.change
    return {
        "environment": entry.environment,
        "stack": entry.stack.stack,
        **({"region": entry.stack.region} if entry.stack.region else {}),
        **({"phase": entry.stack.phase} if entry.stack.phase else {}),
        "component": entry.component or None,
        "source": entry.source or None,
        "logical_id": change.logical_id,
        "type": change.type,
        "action": change.action,
        "class": change.risk,
        "reasons": [{"rule": reason.rule, "text": reason.text} for reason in change.reasons],
        "properties": [
            {
                "path": each.path,
                "before": each.before,
                "after": each.after,
                "requires_replacement": each.requires_replacement,
                **({} if each.deployed is None else {"deployed": each.deployed}),
            }
            for each in change.properties
        ],
    }


def _plan(plan: ChangePlan, style: Style, verbose: bool) -> str:
    lines = [style.paint(f"{plan.platform} {plan.environment}: {headline(plan)}", "bold")]
    lines += moves.text(plan, style)
    for group in groups(plan, fold=not verbose):
        lines += ["", *_group(group, style, verbose)]
    for stack in plan.stacks:
        lines += _notes(stack, style)
    for migration in plan.migrations:
        if words := migration_words(migration):
            lines += ["", f"{style.paint('migrations', 'bold')} of {migration.component}", f"  {words}"]
    return "\n".join([*lines, ""])


def _group(group: Group, style: Style, verbose: bool) -> Iterator[str]:
    name = style.paint(group.component or "(no component)", "bold")
    where = f"  {style.paint(group.source, 'dim')}" if group.source else ""
    yield f"{name} in {stack_name(group.stack)}{where}"
    for entry in group.shown:
        yield from _change(entry, group, style, verbose)
    if group.added:
        count = number(len(group.added), "resource")
        yield f"  {style.paint('+', COLOURS['routine'])} {count}: {counted_types(group.added)}"
    if group.tagged:
        yield f"  {style.paint('~', COLOURS['routine'])} {number(len(group.tagged), 'resource')}: only tags"


def _change(entry: Entry, group: Group, style: Style, verbose: bool) -> Iterator[str]:
    change = entry.change
    colour = COLOURS[change.risk]
    source = f"  {style.paint(entry.source, 'dim')}" if entry.source not in ("", group.source) else ""
    symbol = style.paint(f"{SYMBOLS[change.action]:>3}", colour)
    words = f"refused, {change.risk}" if change.action == "refused" else change.risk
    yield f"{symbol} {change.logical_id}  {change.type}  {style.paint(words, colour)}{source}"
    for each in _some(change.properties, verbose):
        yield f"      {_property(each)}"
    if not verbose and len(change.properties) > _FEW:
        yield f"      {len(change.properties) - _FEW} more properties"
    if verbose or change.risk != "routine":
        yield from (f"      {style.paint(reason.rule, colour)} {reason.text}" for reason in change.reasons)


def _some(properties: Sequence[PropertyChange], verbose: bool) -> list[PropertyChange]:
    """All, or the few that matter most: those that replace, then in their own order."""
    if verbose or len(properties) <= _FEW:
        return list(properties)
    return sorted(properties, key=lambda each: each.requires_replacement == "never")[:_FEW]


def _property(each: PropertyChange) -> str:
    sides = " -> ".join("(none)" if side is None else side for side in (each.before, each.after))
    return f"{each.path}: {sides}{_REPLACES[each.requires_replacement]}{by_hand(each)}"


def by_hand(each: PropertyChange) -> str:
    """What was deployed of a property that somebody has changed since; nothing of any other."""
    if each.deployed is None:
        return ""
    if each.before == each.after:
        return f" (deployed: {each.deployed}; set so by hand already, only the record changes)"
    return f" (deployed: {each.deployed}; the live value was set by hand)"


def _notes(stack: StackChanges, style: Style) -> Iterator[str]:
    if stack.notes:
        yield from ("", f"{style.paint('also', 'bold')} in {stack_name(stack)}")
        yield from (f"  {note}" for note in stack.notes)


def _markdown(plans: Sequence[ChangePlan], fitting: set[int] | None) -> str:
    return "\n".join(line for plan in plans for line in _markdown_plan(plan, fitting)) + "\n"


def _markdown_plan(plan: ChangePlan, fitting: set[int] | None) -> Iterator[str]:
    yield f"### {_escaped(plan.platform)} {_escaped(plan.environment)}: {headline(plan)}"
    yield ""
    if plan.refused:
        names = ", ".join(_code(change.logical_id) for change in plan.refused)
        yield f"Refused, so the spec needs another change: {names}."
        yield ""
    approvals = [f"**{n} {risk}**" for risk, n in plan.summary().items() if n and risk in NEEDS_APPROVAL]
    if approvals:
        yield f"Needs approval: {', '.join(approvals)}."
        yield ""
    yield from map(_escaped, moves.markdown(plan))
    for stack in sorted(plan.stacks, key=_rank):
        if stack.changes or stack.notes:
            yield from _markdown_stack(stack, fitting)
    for migration in plan.migrations:
        if words := migration_words(migration):
            yield from (f"Migrations of {_escaped(migration.component)}: {_escaped(words)}", "")


def _rank(stack: StackChanges) -> int:
    """That of its riskiest change, so that the stack a reader must look at comes first."""
    return min((RISKS.index(change.risk) for change in stack.changes), default=len(RISKS))


def _markdown_stack(stack: StackChanges, fitting: set[int] | None) -> Iterator[str]:
    by_risk = {risk: [change for change in stack.changes if change.risk == risk] for risk in RISKS}
    counts = ", ".join(f"{len(changes)} {risk}" for risk, changes in by_risk.items() if changes)
    is_open = " open" if any(change.risk in NEEDS_APPROVAL for change in stack.changes) else ""
    summary = f"{_html(stack_name(stack))}: {counts or 'no resource changes'}"
    yield from (f"<details{is_open}><summary>{summary}</summary>", "")
    for risk, changes in by_risk.items():
        if changes:
            yield from _table(risk, changes, stack, fitting)
    yield from (f"- {_escaped(note)}" for note in stack.notes)
    yield from ("", "</details>", "")


def _table(
    risk: Risk, changes: Sequence[Change], stack: StackChanges, fitting: set[int] | None
) -> Iterator[str]:
    rows = [change for change in changes if fitting is None or id(change) in fitting]
    yield from (f"**{risk}**", "")
    if rows:
        yield from ("| | resource | component | what |", "| --- | --- | --- | --- |")
        yield from (_row(Entry("", stack, change)) for change in rows)
        yield ""
    if more := len(changes) - len(rows):
        yield from (f"{more} more not shown.", "")


def _row(entry: Entry) -> str:
    change = entry.change
    resource = f"{_code(change.logical_id)}<br>{_escaped(change.type)}"
    component = "<br>".join(_escaped(part) for part in (entry.component, entry.source) if part)
    what = [f"{reason.rule} {_escaped(reason.text)}" for reason in change.reasons if change.risk != "routine"]
    what += [_code(_property(each)) for each in _some(change.properties, verbose=False)]
    if (more := len(change.properties) - _FEW) > 0:
        what.append(f"{more} more properties")
    return f"| {_code(SYMBOLS[change.action])} | {resource} | {component} | {'<br>'.join(what)} |"


def _escaped(words: str) -> str:
    """Words in a table cell that cannot break out of it, format it or mention anybody."""
    return re.sub(r"([\\`*_{}\[\]#|~])", r"\\\1", _html(words)).replace("@", "@\u200b")


def _code(words: str) -> str:
    """Code in a table cell: an element, because a backtick or a bar inside backticks breaks the row."""
    special = {c: f"&#{ord(c)};" for c in "|`*_[]\\~@"}
    return f"<code>{''.join(special.get(c, c) for c in _html(words))}</code>"


def _html(words: str) -> str:
    return html.escape(words, quote=False).replace("\n", " ")


def _size(words: str) -> int:
    return len(words.encode())


def _cut(words: str, limit: int) -> str:
    """Even the headlines can be too many."""
    if _size(words) <= limit:
        return words
    end = "\n\nmore not shown\n"
    return words.encode()[: limit - _size(end)].decode(errors="ignore") + end
