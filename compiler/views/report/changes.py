"""The changes of one plan -> HTML: by component, the riskiest first, with what explains them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compiler.review.changes import NEEDS_APPROVAL, ChangePlan, PropertyChange
from compiler.review.groups import Entry, Group
from compiler.views.phrases import REFUSED, counted_types, migration_words, number, stack_name
from compiler.views.report.markup import Markup, join, slug, tag
from compiler.views.report.words import badge, items, row, symbol, table

_REPLACES = {"always": " (replaces)", "maybe": " (may replace)", "never": None}


def anchor(plan: ChangePlan, group: Group) -> str:
    """The id of a group on the page."""
    return slug("changes", plan.environment, group.stack.key, group.component)


def anchors(plan: ChangePlan, found: Iterable[Group]) -> dict[str, str]:
    """The id of the riskiest group of each component."""
    first: dict[str, str] = {}
    for group in found:
        first.setdefault(group.component, anchor(plan, group))
    return first


def changes(plan: ChangePlan, found: Sequence[Group]) -> Markup:
    """All groups; what needs an approval is open."""
    return tag("div", *(_group(plan, group) for group in found), class_="groups")


def notes(plan: ChangePlan) -> Markup | None:
    """What else happens to the stacks; None when that is nothing."""
    said = [stack for stack in plan.stacks if stack.notes]
    if not said:
        return None
    parts = [part for stack in said for part in (tag("h4", stack_name(stack)), items(stack.notes))]
    return tag("section", tag("h3", "Also"), *parts)


def migrations(plan: ChangePlan) -> Markup | None:
    """What the migrations of the databases would do; None when that is nothing."""
    said = [(each.component, migration_words(each)) for each in plan.migrations]
    rows = [row(component, words) for component, words in said if words]
    if not rows:
        return None
    caption = f"Migrations of {plan.environment}"
    return tag("section", tag("h3", "Migrations"), table(caption, ("database", "what"), rows))


def order(plan: ChangePlan) -> Markup | None:
    """The stacks in the order of execution; None when none has anything to do."""
    busy = [stack for stack in plan.stacks if stack.action != "none"]
    if not busy:
        return None
    steps = (tag("li", f"{stack.action} {stack_name(stack)}") for stack in busy)
    return tag("section", tag("h3", "Order of execution"), tag("ol", *steps))


def _group(plan: ChangePlan, group: Group) -> Markup:
    heading = tag("h4", tag("span", group.component or "(no component)", class_="component-name"))
    count = number(len(group.entries), "change")
    summary = tag("summary", heading, " ", badge(group.risk), " ", f"{count} in {stack_name(group.stack)}")
    body = [_source(group.source), *(_change(entry, group) for entry in group.shown)]
    body += list(_folded(group))
    # The id is inside, so that whoever follows a link to it finds it opened.
    inside = tag("div", *body, id=anchor(plan, group), class_="group", tabindex="-1")
    return tag("details", summary, inside, open=_is_urgent(group), class_=group.risk)


def _is_urgent(group: Group) -> bool:
    """Whether somebody must do something about it."""
    refused = any(entry.change.action == REFUSED for entry in group.entries)
    return refused or group.risk in NEEDS_APPROVAL


def _folded(group: Group) -> Iterator[Markup]:
    kinds = (
        (group.added, f": {counted_types(group.added)}", "added"),
        (group.tagged, ": only tags", "changed"),
    )
    for part, words, verb in kinds:
        if part:
            summary = tag("summary", f"{number(len(part), 'resource')} {verb}{words}")
            yield tag("details", summary, *(_change(entry, group) for entry in part), class_="folded")


def _change(entry: Entry, group: Group) -> Markup:
    change = entry.change
    head = tag(
        "h5",
        symbol(change.action),
        " ",
        tag("code", change.logical_id),
        " ",
        tag("span", change.type, class_="type"),
        " ",
        badge(change.risk),
        tag("strong", " refused") if change.action == REFUSED else None,
    )
    reasons = [tag("span", tag("code", reason.rule), " ", reason.text) for reason in change.reasons]
    return tag(
        "div",
        head,
        _source(entry.source) if entry.source != group.source else None,
        items(reasons, "reasons") if reasons else None,
        _properties(change.logical_id, change.properties) if change.properties else None,
        class_="change",
    )


def _source(source: str) -> Markup | None:
    return tag("p", "spec: ", tag("code", source), class_="source") if source else None


def _properties(logical_id: str, properties: Iterable[PropertyChange]) -> Markup:
    rows = (row(_path(each), _side(each.before), _side(each.after)) for each in properties)
    return table(f"Properties of {logical_id}", ("property", "before", "after"), rows, class_="properties")


def _path(each: PropertyChange) -> Markup:
    """Where the property is, and whether changing it replaces the resource."""
    return join((tag("code", each.path), _REPLACES[each.requires_replacement]))


def _side(value: str | None) -> Markup:
    return tag("span", "(none)", class_="none") if value is None else tag("code", value)
