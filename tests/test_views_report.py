"""Reports -> HTML: what is on the page, and that nothing a spec says becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from compiler.cost.difference import Difference
from compiler.cost.estimate import Range, Total
from compiler.model import Budget, Waiver
from compiler.review.changes import ChangePlan, MigrationPlan, PropertyChange
from compiler.review.picture import Arrow, Box, Frame, Picture
from compiler.views.phrases import REFUSED
from compiler.views.report.markup import Markup, escape, join, slug, tag
from compiler.views.report.page import Report, page
from tests.test_review_view import MIXED, change, part, plan

EVIL = "<script>alert(1)</script>\"'&\x00\ud800"


class Outline(HTMLParser):
    """What a page consists of: ids, links, headings, and all text that is no style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += "" if self.open and self.open[-1] == "style" else data


def outline(*reports: Report) -> Outline:
    found = Outline(page(reports))
    assert found.open == []
    return found


def test_markup_escapes_what_is_no_markup() -> None:
    assert (
        tag("p", "<b>", Markup("<i></i>"), None, title='"&') == '<p title="&quot;&amp;">&lt;b&gt;<i></i></p>'
    )
    assert (
        tag("a", hidden=True, open=False, class_="x", aria_label="y")
        == '<a hidden class="x" aria-label="y"></a>'
    )
    assert join(["<", Markup("<br>")], "&") == "&lt;&amp;<br>"
    assert escape("a\x00b\x9f\ud800\n\tc") == "a\ufffdb\ufffd\ufffd\n\tc"
    assert isinstance(escape("a"), Markup)


def test_no_two_places_have_one_id() -> None:
    words = [("a", "b"), ("a.b",), ("a_2e_b",), ("a b",), ("a", "", "b"), ("A", "b"), ("é",)]
    found = [slug(*each) for each in words]
    assert len(set(found)) == len(words)
    assert all(re.fullmatch(r"[\w.-]+", each, re.ASCII) for each in found)


def test_what_a_spec_says_stays_text_everywhere() -> None:
    nasty = PropertyChange(EVIL, EVIL, EVIL)
    stack = part(EVIL, change(EVIL, "modify", "exposure", component=EVIL, properties=(nasty,)), notes=(EVIL,))
    evil = ChangePlan(EVIL, EVIL, (stack,), (MigrationPlan(EVIL, EVIL, (EVIL,)),))
    drawn = Picture(
        (Frame(EVIL, (Box(EVIL, EVIL, stack.changes), Box("b", "b"))),), (Arrow(EVIL, "b", (EVIL,)),)
    )
    waiver = Waiver(EVIL, EVIL, EVIL, EVIL)
    text = page([Report(evil, drawn, (waiver,), Difference(EVIL, EVIL, spent(1), spent(2), ((EVIL, 1.0),)))])
    found = Outline(text)
    assert "script" not in found.tags
    assert "<script" not in text
    assert text.encode("utf-8")
    assert found.words.count("<script>alert(1)</script>") > 10
    assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', '""', text))


def test_every_link_leads_to_a_place_on_the_page_and_ids_are_unique() -> None:
    drawn = Picture(
        (Frame("data", (Box("registry", "database", MIXED.stacks[0].changes), Box("x", "y"))),), ()
    )
    other = plan(part("data", change("Db", "replace", "data-loss", component="registry")))
    found = outline(Report(MIXED, drawn), Report(ChangePlan("shop", "production", other.stacks), drawn))
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert {"#changes.dev.data.registry", "#environment.dev", "#environment.production"} <= set(found.links)


def test_the_page_needs_nothing_from_elsewhere_and_no_script() -> None:
    text = unescape(page([Report(MIXED)]))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert policy in text
    assert not re.search(r"\bsrc|srcset|@import|url\(|https?:", text.replace(policy, ""))


def test_the_riskiest_component_comes_first_and_only_what_needs_approval_is_open() -> None:
    text = page([Report(MIXED)])
    found = re.findall(r'<details( open)? class="([a-z-]+)"><summary><h4><span[^>]*>([^<]+)', text)
    assert found == [
        (" open", "data-loss", "registry"),
        (" open", "exposure", "ingest"),
        ("", "interrupting", "(no component)"),
        ("", "routine", "web"),
    ]


def test_what_is_refused_is_open_and_said() -> None:
    refused = replace(change("Key"), action=REFUSED)
    text = page([Report(plan(part("one", refused)))])
    assert '<details open class="routine">' in text
    assert "<strong> refused</strong>" in text
    assert "<strong> refused</strong>" not in page([Report(MIXED)])


def test_what_the_terminal_folds_is_on_the_page_too() -> None:
    words = outline(Report(MIXED)).words
    for logical_id in ("Db", "Role", "Task", "Raw", "Tagged", "A", "B"):
        assert logical_id in words
    assert "2 resources added: 2 Topic" in words
    assert "1 resource changed: only tags" in words


def test_reasons_properties_sources_and_notes_are_told() -> None:
    words = outline(Report(MIXED)).words
    told = (
        "R199 because Db",
        "Properties of Task",
        "256",
        "512",
        "replaces",
        "spec.yaml:9",
        "output X is new",
    )
    assert [each for each in told if each not in words] == []


def test_each_class_is_counted_and_explained() -> None:
    words = outline(Report(MIXED)).words
    assert "7 changes (1 data-loss, 1 exposure, 1 interrupting, 4 routine)" in words
    assert "nobody should notice" in words


def test_waivers_are_told_the_first_to_end_first() -> None:
    late, soon = Waiver("N001", "no quota", "2027-05-01"), Waiver("D018", "moved", "2027-01-31", "registry")
    words = outline(Report(MIXED, waivers=(late, soon))).words
    assert words.index("D018") < words.index("N001")
    assert "registrymoved2027-01-31" in words
    assert "all componentsno quota2027-05-01" in words
    assert "None." in outline(Report(MIXED)).words


def spent(usd: float, usage: int = 0, unpriced: int = 0) -> Total:
    return Total(Range(usd, usd, usd), "high", usage, unpriced)


def test_the_change_of_cost_is_told_when_it_is_known() -> None:
    moved = (("registry", -120.5), ("web", 20.0))
    cost = Difference("shop", "dev", spent(1200.5), spent(1100, 3, 1), moved)
    words = outline(Report(MIXED, cost=cost)).words
    assert "1,200.50 to 1,100.00 USD a month expected (-100.50)" in words
    assert "registry-120.50web+20.00" in words
    assert "Not in it: 3 lines that depend on use and 1 without a price." in words
    assert "Cost" not in outline(Report(MIXED)).words


@pytest.mark.parametrize(("usd", "told"), [(1250, "150.00 left"), (1000.5, "99.50 over it")])
def test_the_budget_is_told_with_what_is_left_of_it(usd: float, told: str) -> None:
    cost = Difference("shop", "dev", spent(0), spent(1100), ())
    assert told in outline(Report(MIXED, cost=cost, budget=Budget(usd))).words


def test_a_box_says_what_changes_in_words_and_leads_there() -> None:
    changed = MIXED.stacks[0].changes
    boxes = (
        Box("registry", "database", changed),
        Box("fresh", "topic", changed, new=True),
        Box("old", "", changed, gone=True),
        Box("a-name-that-is-much-too-long", "topic"),
    )
    drawn = Picture((Frame("data", boxes),), (Arrow("fresh", "registry", ("read",)),))
    text = page([Report(MIXED, drawn)])
    assert (
        '<a href="#changes.dev.data.registry" aria-label="registry: database, 1 change, data-loss">' in text
    )
    assert "-/+ data-loss (1)" in text
    assert "fresh: topic, new, 1 change, data-loss" in text
    assert "old: to be removed, 1 change, data-loss" in text
    assert "a-name-that-is-much-too-long: topic, unchanged" in text
    assert "fresh: read registry" in text


def test_no_changes_make_a_short_page() -> None:
    words = outline(Report(plan(part("one", action="none")))).words
    assert "no changes" in words
    assert "Changes by class" not in words
    assert "Order of execution" not in words


def test_migrations_and_the_order_are_told() -> None:
    found = ChangePlan("shop", "dev", MIXED.stacks, (MigrationPlan("registry", "data", ("V002__b.sql",)),))
    words = outline(Report(found)).words
    assert "will run after data: V002__b.sql" in words
    assert "create edge (new)" in words
    assert "none quiet" not in words
