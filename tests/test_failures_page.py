"""The page about failures: made from the table, and what is in the repository is what would be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.commands import failures
from compiler.deploy import known
from compiler.views import failures_page

PAGE = Path("docs/failures.md")


def test_the_page_in_the_repository_is_what_would_be_made() -> None:
    assert PAGE.read_text(encoding="utf-8") == failures_page.document()


def test_every_known_cause_is_on_the_page_with_its_sentences() -> None:
    text = failures_page.document()
    for cause in known.causes():
        assert cause.advice in text
        assert all(example.text in text for example in cause.examples)


def test_the_sample_shows_every_part_of_a_failure() -> None:
    sample = failures_page.document().split("```text\n")[1].split("```")[0]
    for word in ("what:", "where:", "cause:", "seen:", "unseen:", "do:"):
        assert f"\n  {word}" in sample


def test_a_stale_page_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "failures.md"
    assert failures.main(["--check", str(page)]) == 1
    assert "is stale" in capsys.readouterr().err
    assert failures.main(["--out", str(page)]) == 0
    assert failures.main(["--check", str(page)]) == 0
