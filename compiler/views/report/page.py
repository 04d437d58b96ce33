"""Reports -> one HTML page: no script, nothing from elsewhere, readable by ear, keyboard and in print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from compiler.cost.difference import Difference
from compiler.model import Budget, Waiver
from compiler.review.changes import NEEDS_APPROVAL, RISKS, ChangePlan
from compiler.review.groups import groups
from compiler.review.picture import Picture
from compiler.views.phrases import headline
from compiler.views.report.changes import anchors, changes, migrations, notes, order
from compiler.views.report.costs import costs
from compiler.views.report.diagram import diagram
from compiler.views.report.markup import Markup, slug, tag
from compiler.views.report.words import MEANINGS, badge, row, table

# Nothing but the page's own style may be used, whatever a spec says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Report:
    """What there is to say of one environment."""

    plan: ChangePlan
    picture: Picture | None = None
    waivers: tuple[Waiver, ...] = ()
    cost: Difference | None = None
    budget: Budget | None = None


def page(reports: Sequence[Report]) -> str:
    """The whole page, in UTF-8; a section for each environment in the given order."""
    names = ", ".join(sorted({report.plan.platform for report in reports}))
    title = f"Review of {names}" if names else "Review"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", title),
        tag("style", _style()),
    )
    body = tag(
        "body",
        tag("a", "Skip to the changes", href="#content", class_="skip"),
        tag("header", tag("h1", title), _overview(reports) if len(reports) > 1 else None),
        tag("main", *(_section(report) for report in reports), id="content", tabindex="-1"),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


@cache
def _style() -> Markup:
    return Markup(files(__package__).joinpath("style.css").read_text(encoding="utf-8"))


def _overview(reports: Sequence[Report]) -> Markup:
    """Each environment in a line that leads to it."""
    rows = [
        row(
            tag("a", report.plan.environment, href=f"#{_anchor(report.plan)}"),
            *(str(number or "") for number in report.plan.summary().values()),
        )
        for report in reports
    ]
    shown = table("Changes by environment and class", ("environment", *RISKS), rows)
    return tag("nav", shown, aria_label="Environments")


def _anchor(plan: ChangePlan) -> str:
    return slug("environment", plan.environment)


def _section(report: Report) -> Markup:
    plan = report.plan
    found = groups(plan)
    parts = (
        tag("h2", f"{plan.platform} {plan.environment}", id=_anchor(plan), tabindex="-1"),
        tag("p", headline(plan), class_="headline"),
        _classes(plan),
        tag("section", tag("h3", "Changes"), changes(plan, found)) if found else None,
        migrations(plan),
        notes(plan),
        _picture(report, anchors(plan, found)),
        costs(report.cost, report.budget) if report.cost else None,
        _waivers(report),
        order(plan),
    )
    return tag("section", *parts, aria_labelledby=_anchor(plan))


def _classes(plan: ChangePlan) -> Markup | None:
    summary = plan.summary()
    if not any(summary.values()):
        return None
    rows = [
        row(badge(risk), str(summary[risk]), "needed" if risk in NEEDS_APPROVAL else "", MEANINGS[risk])
        for risk in RISKS
        if summary[risk]
    ]
    caption = f"Changes of {plan.environment} by class, the riskiest first"
    return table(caption, ("class", "changes", "approval", "what it means"), rows)


def _picture(report: Report, links: dict[str, str]) -> Markup | None:
    if report.picture is None or not report.picture.frames:
        return None
    shown = diagram(report.picture, report.plan.environment, links)
    return tag("section", tag("h3", "Architecture"), shown)


def _waivers(report: Report) -> Markup:
    title = tag("h3", "Waivers in force")
    if not report.waivers:
        return tag("section", title, tag("p", "None."))
    rows = (
        row(tag("code", waiver.rule), waiver.component or "all components", waiver.reason, waiver.expires)
        for waiver in sorted(report.waivers, key=lambda each: (each.expires, each.rule, each.component or ""))
    )
    caption = f"Rules that {report.plan.environment} may break for a while, the first to end first"
    return tag("section", title, table(caption, ("rule", "component", "reason", "until"), rows))
