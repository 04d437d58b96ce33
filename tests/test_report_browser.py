"""The HTML report in Chromium: a risky change of the reference platform, as a reader would meet it.

`FORMWORK_SCREENSHOTS=1` (or `make screenshots`) has the tests write what they see to docs/images/.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import chdir
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compiler import cli, pipeline
from compiler.commands.build import folder
from compiler.commands.built import DEFAULT_OUT, write_tree
from compiler.commands.code import sources
from compiler.commands.files import write_file
from compiler.document import read
from tests import browser, risky
from tests.browser import Page

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SPEC = "specs/iot-platform.yaml"
SCHEMES = ("light", "dark")
ENTER, TAB = 13, 9

pytestmark = browser.needed

# Every text that can be seen, with its colour and what it stands on.
TEXTS = """
(() => {
  const solid = colour => colour !== 'rgba(0, 0, 0, 0)';
  const ground = element => {
    if (element.matches('svg text')) {
      const box = element.parentElement.querySelector(':scope > rect.box') || element.previousElementSibling;
      return getComputedStyle(box).fill;
    }
    for (let up = element; up; up = up.parentElement)
      if (solid(getComputedStyle(up).backgroundColor)) return getComputedStyle(up).backgroundColor;
  };
  return [...document.querySelectorAll('body *')]
    .filter(each => !each.matches('svg title') && each.checkVisibility())
    .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(each => {
      const style = getComputedStyle(each);
      const colour = each.matches('svg text') ? style.fill : style.color;
      return [each.textContent.slice(0, 40), colour, ground(each)];
    });
})()
"""
BORDERS = """
[...document.querySelectorAll('.component:not(.same) .box')].map(box => [
  box.parentElement.querySelector('title').textContent, getComputedStyle(box).stroke,
  getComputedStyle(document.querySelector('.frame')).fill])
"""
REACHABLE = """
[...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter(each => each.checkVisibility())
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the report lies that `formwork diff` writes."""
    where = tmp_path_factory.mktemp("report")
    for shared in ("src", "db"):
        (where / shared).symlink_to(ROOT / shared)
    (where / "specs").mkdir()
    with chdir(where):
        Path(SPEC).write_bytes((ROOT / SPEC).read_bytes())
        for assembly in pipeline.assemble(pipeline.platforms(read(SPEC), "production"), sources(SPEC)):
            write_tree(folder(DEFAULT_OUT, assembly), assembly.files())
        Path(SPEC).write_text(risky.spec())
        options = ("--env", "production", "--format", "html", "--out", "review.html")
        assert cli.main(["diff", SPEC, *options]) == 0
    return (where / "review.html").as_uri()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with browser.opened() as page:
        yield page


@pytest.fixture
def page(chromium: Page, report: str) -> Page:
    """The report, freshly opened in a window of usual size."""
    chromium.show(1280, 900)
    chromium.open(report)
    return chromium


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, "contrast ratio" and "relative luminance"."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    assert len(shares) == 3, colour
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tree(page: Page) -> list[dict[str, Any]]:
    """What a screen reader is told: role, name and level of each node."""
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", "").strip(),
            "level": next((p["value"]["value"] for p in node["properties"] if p["name"] == "level"), None),
        }
        for node in nodes
        if not node["ignored"] and "properties" in node
    ]


def test_it_renders_without_a_script_and_without_an_error(page: Page) -> None:
    assert page.ask("document.querySelector('h1').textContent") == "Review of iot-platform"
    assert page.ask("document.scripts.length") == 0
    assert page.ask("document.compatMode") == "CSS1Compat"
    assert page.ask("document.querySelectorAll('svg .component').length") > 20
    assert page.events("Log.entryAdded") == []
    assert page.events("Runtime.exceptionThrown") == []
    assert page.events("Runtime.consoleAPICalled") == []


def test_no_request_leaves_the_page(page: Page, report: str) -> None:
    page.ask(OPEN_ALL)
    page.screenshot()  # everything was painted, fonts and images too
    requests = [each["request"]["url"] for each in page.events("Network.requestWillBeSent")]
    assert requests == [report]


def test_the_risky_change_is_told_first(page: Page) -> None:
    first = page.ask("document.querySelector('.groups > details').textContent")
    assert "data-loss" in first
    words = page.ask("document.body.innerText")
    for told in ("RegistryCluster", "holds data and is replaced", "s3:PutObject", "recovery vault <daily>"):
        assert told in words


def test_a_waiver_cannot_write_markup(page: Page) -> None:
    assert page.ask("document.querySelector('daily')") is None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read(page: Page, scheme: str) -> None:
    page.show(1280, 900, scheme)
    page.ask(OPEN_ALL)
    texts = page.ask(TEXTS)
    assert len(texts) > 300
    assert [each for each in texts if contrast(each[1], each[2]) < 4.5] == []
    borders = page.ask(BORDERS)
    assert len(borders) > 5
    assert [each for each in borders if contrast(each[1], each[2]) < 3] == []


def test_on_paper_every_text_can_be_read_and_nothing_is_folded(page: Page) -> None:
    page.show(1280, 900, "dark", "print")
    assert [each for each in page.ask(TEXTS) if contrast(each[1], each[2]) < 4.5] == []
    assert luminance(page.ask("getComputedStyle(document.documentElement).backgroundColor")) == 1
    folded = "[...document.querySelectorAll('details:not([open]) > :not(summary)')]"
    assert page.ask(f"{folded}.length") > 5
    assert page.ask(f"{folded}.filter(each => each.getBoundingClientRect().height < 5).length") == 0


def test_dark_and_light_differ(page: Page) -> None:
    grounds = []
    for scheme in SCHEMES:
        page.show(1280, 900, scheme)
        grounds.append(luminance(page.ask("getComputedStyle(document.documentElement).backgroundColor")))
    assert grounds[0] > 0.9
    assert grounds[1] < 0.1


def test_the_keyboard_reaches_everything_in_the_order_of_reading(page: Page) -> None:
    count = page.ask(f"{REACHABLE}.length")
    assert count > 20
    reached = []
    for _ in range(count):
        page.press("Tab", TAB)
        reached.append(page.ask(f"{REACHABLE}.indexOf(document.activeElement)"))
        outline = page.ask(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])(getComputedStyle(document.activeElement))"
        )
        assert outline[0] == "solid"
        assert outline[1] >= 2
    assert reached == [*range(count)]


def test_the_skip_link_shows_when_it_has_the_focus_and_leads_to_the_changes(page: Page) -> None:
    assert page.ask("document.querySelector('.skip').getBoundingClientRect().bottom") < 0
    page.press("Tab", TAB)
    assert page.ask("document.activeElement.getBoundingClientRect().top") >= 0
    page.press("Enter", ENTER, "\r")
    assert page.ask("location.hash") == "#content"
    page.press("Tab", TAB)
    assert page.ask("document.activeElement.closest('main') !== null")


def test_a_disclosure_opens_and_closes_by_keyboard(page: Page) -> None:
    page.ask("document.querySelector('.groups > details:not([open]) > summary').focus()")
    opened = "document.activeElement.parentElement.open"
    assert page.ask(opened) is False
    page.press("Enter", ENTER, "\r")
    assert page.ask(opened) is True
    page.press("Enter", ENTER, "\r")
    assert page.ask(opened) is False


def test_a_box_of_the_diagram_leads_to_its_changes_and_opens_them(page: Page) -> None:
    link = "document.querySelector('svg a[aria-label^=\"device-state:\"]')"
    target = f"document.getElementById({link}.getAttribute('href').slice(1))"
    assert page.ask(f"{target}.checkVisibility()") is False
    page.ask(f"{link}.focus()")
    page.press("Enter", ENTER, "\r")
    assert page.ask(f"{target}.checkVisibility()") is True
    assert page.ask(f"(r => r.top >= 0 && r.top < innerHeight)({target}.getBoundingClientRect())")


@pytest.mark.parametrize("width", [320, 480, 768])
def test_nothing_scrolls_sideways_but_the_diagram(page: Page, width: int) -> None:
    page.show(width, 800)
    page.ask(OPEN_ALL)
    assert page.ask("document.documentElement.scrollWidth") <= width
    sideways = "[...document.querySelectorAll('body *')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    scrolling = f"{sideways}.filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))"
    assert page.ask(f"{scrolling}.map(e => e.className)") in ([], ["scroll"])
    outside = "e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth && !e.closest('svg')"
    assert page.ask(f"[...document.querySelectorAll('body *')].filter({outside}).map(e => e.outerHTML)") == []


def test_everything_that_can_be_used_or_jumped_to_has_a_name(page: Page) -> None:
    page.ask(OPEN_ALL)
    found = tree(page)
    roles = {"link", "table", "region", "heading", "DisclosureTriangle", "columnheader"}
    assert roles <= {node["role"] for node in found}
    assert [node for node in found if node["role"] in roles and not node["name"]] == []
    assert page.ask("document.documentElement.lang") == "en"
    assert [node["role"] for node in found].count("main") == 1


def test_headings_leave_out_no_level(page: Page) -> None:
    page.ask(OPEN_ALL)
    levels = page.ask("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


@pytest.mark.parametrize(
    ("name", "scheme", "top", "height"),
    [("review-light.png", "light", "body", 1500), ("review-dark.png", "dark", "figure", 1000)],
)
def test_what_it_looks_like(page: Page, name: str, scheme: str, top: str, height: int) -> None:
    page.show(1240, height, scheme)
    page.ask(f"document.querySelector('{top}').scrollIntoView()")
    image = page.screenshot()
    assert image.startswith(b"\x89PNG")
    assert 20_000 < len(image) < 400_000
    if os.environ.get("FORMWORK_SCREENSHOTS"):
        write_file(str(IMAGES / name), image)
