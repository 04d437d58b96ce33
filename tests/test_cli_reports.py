"""Reviews in files and in formats for others, as a user asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specs import HEAD
from tests.test_cli import folder, run, spec

__all__ = ["folder"]
BEFORE = HEAD + "topics: {news: {}}\nqueues: {work: {connections: {news: subscribe}}}\n"
AFTER = HEAD + "topics: {news: {}}\nstreams: {clicks: {}}\n"


@pytest.fixture
def changed(folder: Path) -> Path:
    """A folder with a spec that no longer is what was built of it."""
    assert run("build", spec(folder, BEFORE)) == 0
    spec(folder, AFTER)
    return folder


def test_a_page_is_written_whole_and_said(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    command = ("diff", "spec.yaml", "--format", "html", "--exit-code", "--out", "pages/review.html")
    assert run(*command) == 5
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith("formwork: wrote pages/review.html\n")
    text = (changed / "pages/review.html").read_text()
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    assert 'id="environment.dev"' in text
    assert 'id="environment.production"' in text
    assert "USD a month expected" in text
    assert "no longer in the spec" in text
    assert sorted(path.name for path in (changed / "pages").iterdir()) == ["review.html"]


def test_the_page_is_the_same_each_time(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = []
    for _ in range(2):
        capsys.readouterr()
        assert run("diff", "spec.yaml", "--format", "html") == 0
        pages.append(capsys.readouterr().out)
    assert pages[0] == pages[1]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "github"])
def test_every_format_is_the_same_in_a_file(
    changed: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--format", form) == 0
    printed = capsys.readouterr().out
    assert run("diff", "spec.yaml", "--format", form, "--report", "review") == 0
    assert (changed / "review").read_text() == printed
    assert printed


def test_annotations_have_the_line_of_the_spec_where_there_is_one(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec(changed, BEFORE.replace("topics: {news: {}}", "topics: {news: {fifo: true}}"))
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--env", "dev", "--format", "github") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(
        line.startswith("::warning file=spec.yaml,line=7,col=10,title=identity%3A news::") for line in lines
    )


def test_a_place_where_nothing_can_be_written_is_said(
    changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (changed / "taken").mkdir()
    assert run("diff", "spec.yaml", "--format", "html", "--out", "taken") == 2
    assert "cannot use taken: it is not a regular file" in capsys.readouterr().err
    assert run("diff", "spec.yaml", "--format", "html", "--out", "spec.yaml/review.html") == 2
    assert "choose another place with --report" in capsys.readouterr().err


def test_a_wrong_spec_is_told_as_ever(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = spec(folder, HEAD + "streams: {clicks: {shard: 3}}\n")
    assert run("diff", wrong, "--format", "html", "--out", "review.html") == 1
    assert "E101" in capsys.readouterr().err
    assert not (folder / "review.html").exists()
    assert run("diff", wrong, "--format", "github") == 1
    assert capsys.readouterr().out.startswith("::error file=spec.yaml,line=7")


def test_a_plan_of_real_change_sets_is_a_page_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--env", "dev", "--local", "--format", "html", "--report", "review.html")
    assert run("plan", spec(folder, AFTER), *options) == 0
    text = (folder / "review.html").read_text()
    assert "clicks: stream, new" in text
    assert "create shop-dev-data (new" in text
    assert "USD a month expected" in text


def test_a_plan_that_is_kept_has_its_page_beside_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = (
        "plan",
        spec(folder, AFTER),
        "--env",
        "dev",
        "--local",
        "--out",
        "plan.json",
        "--format",
        "html",
    )
    assert run(*command, "--report", "plan.json") == 2
    assert "plan.json is the plan's own file" in capsys.readouterr().err
    assert not (folder / "plan.json").exists()
    assert run(*command, "--report", "review.html") == 0
    assert "clicks: stream, new" in (folder / "review.html").read_text()
    assert (folder / "plan.json").read_text().startswith("{")
