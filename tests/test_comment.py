"""`formwork comment`: one comment for each key, on GitHub and GitLab, and what is said when it cannot be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from compiler import cli
from tests.forge import Forge, serving

VARIABLES = ("GITHUB_", "GITLAB_", "CI_", "FORMWORK_")


@pytest.fixture
def forge() -> Iterator[Forge]:
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a review, and no variables of the CI that may run these tests."""
    for name in [name for name in os.environ if name.startswith(VARIABLES)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "review.md"
    file.write_text("### shop dev: no changes\n")
    return file


@pytest.fixture
def github(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": "us/shop",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_TOKEN": "ghs_1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return forge


@pytest.fixture
def gitlab(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    variables = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": forge.url,
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "3",
        "FORMWORK_GITLAB_TOKEN": "glpat",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return forge


def run(*arguments: str) -> int:
    return cli.main(("comment", *arguments))


def test_a_pull_request_gets_one_comment_for_each_key(github: Forge, review: Path) -> None:
    assert run("review.md", "--key", "specs/shop.yaml") == 0
    review.write_text("### shop dev: 1 change\n")
    assert run("review.md", "--key", "specs/shop.yaml") == 0
    assert run("review.md") == 0
    assert github.bodies == [
        "<!-- formwork specs/shop.yaml -->\n### shop dev: 1 change\n",
        "<!-- formwork review -->\n### shop dev: 1 change\n",
    ]
    assert [(each.method, each.path) for each in github.asked[1:4]] == [
        ("POST", "/api/repos/us/shop/issues/7/comments"),
        ("GET", "/api/repos/us/shop/issues/7/comments"),
        ("PATCH", "/api/repos/us/shop/issues/comments/1000"),
    ]
    assert {each.token for each in github.asked} == {"Bearer ghs_1"}


def test_a_merge_request_gets_one_note(gitlab: Forge, review: Path) -> None:
    assert run("review.md") == 0
    assert run("review.md") == 0
    assert len(gitlab.bodies) == 1
    assert [(each.method, each.path) for each in gitlab.asked if each.method != "GET"] == [
        ("POST", "/api/projects/12/merge_requests/3/notes"),
        ("PUT", "/api/projects/12/merge_requests/3/notes/1000"),
    ]
    assert {each.token for each in gitlab.asked} == {"glpat"}


def test_the_comment_is_found_among_many(github: Forge) -> None:
    github.comments = [{"id": number, "body": None if number else "x"} for number in range(250)]
    github.comments.append({"id": 999, "body": "<!-- formwork review -->\nold"})
    assert run("review.md") == 0
    assert github.bodies[-1].endswith("no changes\n")
    assert len(github.bodies) == 251


def test_nothing_new_is_written_where_there_is_nothing_to_update(github: Forge) -> None:
    assert run("review.md", "--only-update") == 0
    assert github.bodies == []


def test_the_comment_may_come_by_standard_input(github: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"hello")))
    assert run("-") == 0
    assert github.bodies == ["<!-- formwork review -->\nhello"]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_is_told_what_it_needs(
    github: Forge, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    github.status = status
    assert run("review.md") == 3
    shown = capsys.readouterr().err
    assert f"cannot comment: {status}" in shown
    assert "GitHub wants `pull-requests: write`" in shown
    assert "ghs_1" not in shown


@pytest.mark.parametrize("answer", ["x", None, {"message": "log in"}, {"body": "no id"}])
def test_an_answer_that_is_no_list_of_comments_is_said(
    github: Forge, capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    github.comments = [answer]
    assert run("review.md") == 3
    assert "answers with no list of comments; see docs/ci.md" in capsys.readouterr().err


def test_the_token_is_sent_nowhere_else(github: Forge, capsys: pytest.CaptureFixture[str]) -> None:
    github.status = 302
    assert run("review.md") == 3
    assert "cannot comment: 302" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GITHUB_ACTIONS", "", "neither GitHub Actions nor GitLab CI"),
        ("GITHUB_REF", "refs/heads/main", "this run is of no pull request"),
        ("GITHUB_TOKEN", "", "the variable GITHUB_TOKEN is not set"),
        ("GITHUB_TOKEN", "a\nb", "holds more than one line"),
        ("GITHUB_API_URL", "http://example.com", "is no address for a token"),
        ("GITHUB_API_URL", "http://[", "is no address"),
        ("GITHUB_API_URL", "http://127.0.0.1:1", "no answer from"),
    ],
)
def test_what_is_missing_is_said(
    github: Forge,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(name, value)
    assert run("review.md") in (2, 3)
    assert said in capsys.readouterr().err
    assert github.bodies == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.md"], "there is no file none.md"),
        (["review.md", "--key", "a --> b"], "cannot mark a comment"),
        (["review.md", "--key", ""], "cannot mark a comment"),
        (["binary.md"], "is not text in UTF-8"),
        (["long.md"], "65536 are allowed"),
    ],
)
def test_what_is_no_comment_is_said(
    github: Forge, review: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (review.parent / "binary.md").write_bytes(b"\xff\xfe")
    (review.parent / "long.md").write_text("x" * 70_000)
    assert run(*arguments) == 2
    assert said in capsys.readouterr().err


def test_a_merge_request_is_needed(
    gitlab: Forge, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI_MERGE_REQUEST_IID")
    assert run("review.md") == 2
    assert "this pipeline is of no merge request" in capsys.readouterr().err
