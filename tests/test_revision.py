"""`formwork diff --against git:REV[:DIR]`: what is compared with, and what is said where there is nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from compiler import cli
from compiler.commands.built import write_tree
from tests.specs import HEAD, compiled

OLD = "topics: {alerts: {}}\n"
NEW = "topics: {alerts: {}, more: {}}\n"


def git(*arguments: str, at: Path | None = None) -> str:
    """What git prints, of a user and a day that are always the same."""
    day = "2026-11-20T12:00:00Z"
    person = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    days = {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
    alone = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    answer = subprocess.run(
        ["git", *arguments], cwd=at, env=os.environ | person | days | alone, capture_output=True, check=True
    )
    return answer.stdout.decode().strip()


def written(body: str, out: str = "templates") -> None:
    Path("spec.yaml").write_text(HEAD + body)
    for environment in ("dev", "production"):
        write_tree(f"{out}/shop/{environment}", compiled(body, environment).files())


def committed(*paths: str) -> None:
    git("add", *paths)
    git("commit", "--quiet", "--message", "work")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose first commit was built from OLD, and whose folder holds what NEW gives."""
    folder = tmp_path / "clone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch=main")
    written(OLD)
    committed(".")
    written(NEW)
    return folder


def run(*arguments: str) -> int:
    return cli.main(("diff", *arguments))


def test_what_is_committed_is_compared_with_and_nothing_is_touched(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = git("status", "--porcelain"), git("rev-parse", "HEAD")
    assert run("spec.yaml", "--exit-code") == 0
    capsys.readouterr()
    assert run("spec.yaml", "--against", "git:HEAD", "--exit-code") == 5
    shown = capsys.readouterr()
    assert "more in shop-dev-data  spec.yaml:7" in shown.out
    assert "alerts" not in shown.out
    assert "formwork: compared with what was built in HEAD (" in shown.err
    assert shown.err.endswith(" of 2026-11-20)\n")
    assert (git("status", "--porcelain"), git("rev-parse", "HEAD")) == before


def test_another_folder_of_a_revision_can_be_named_from_a_folder_below(
    clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(NEW, "out/new")
    committed(".")
    (clone / "below").mkdir()
    monkeypatch.chdir(clone / "below")
    assert run("../spec.yaml", "--against", "git:main:../out/new", "--exit-code") == 0
    assert run("../spec.yaml", "--against", "git:main~1:../templates", "--exit-code") == 5


def test_an_environment_that_was_not_built_there_is_new(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("rm", "-r", "--quiet", "--cached", "templates/shop/production")
    git("commit", "--quiet", "--message", "without production")
    assert run("spec.yaml", "--env", "production", "--against", "git:HEAD") == 0
    assert "(new)" in capsys.readouterr().out


def test_a_spec_that_was_changed_later_than_it_was_built_is_said(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed("spec.yaml")
    assert run("spec.yaml", "--against", "git:main") == 0
    later = git("rev-parse", "HEAD")[:10]
    assert f"spec.yaml was changed there later, in {later}" in capsys.readouterr().err
    committed(".")
    assert run("spec.yaml", "--against", "git:main", "--exit-code") == 0
    assert "later" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("git:", "'git:' is no revision; write --against git:REV"),
        ("git:--help", "'git:--help' is no revision"),
        (
            "git:mian",
            "git knows no revision 'mian'; `git fetch` gets what is only on the server; did you mean",
        ),
        ("git:main:none", "there is no folder none in main ("),
        ("git:main:spec.yaml", "there is no folder spec.yaml in main ("),
        ("git:main:../..", "is not in the repository"),
        ("git:main\nx", "is no revision"),
        ("git:main:\0", "is no revision"),
    ],
)
def test_what_cannot_be_compared_with_is_said(
    clone: Path, capsys: pytest.CaptureFixture[str], against: str, said: str
) -> None:
    assert run("spec.yaml", "--against", against) == 2
    assert said in capsys.readouterr().err


def test_a_branch_that_is_only_on_the_server_is_found_by_its_whole_name(
    clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git("branch", "stable")
    git("clone", "--quiet", str(clone), str(tmp_path / "second"))
    monkeypatch.chdir(tmp_path / "second")
    assert run("spec.yaml", "--against", "git:stable") == 2
    assert "did you mean 'origin/stable'?" in capsys.readouterr().err


def test_a_shallow_clone_says_how_to_get_the_revision(
    clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    committed(".")
    git("clone", "--quiet", "--depth=1", clone.as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    assert run("spec.yaml", "--against", "git:HEAD") == 0
    assert run("spec.yaml", "--against", "git:HEAD~1") == 2
    assert "this clone is shallow: get the commit with" in capsys.readouterr().err


def test_without_git_or_a_repository_there_is_no_revision(
    clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert run("clone/spec.yaml", "--against", "git:HEAD") == 2
    assert "git finds no repository here: not a git repository" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run("clone/spec.yaml", "--against", "git:HEAD") == 2
    assert "git is not installed" in capsys.readouterr().err


def test_a_bare_repository_is_no_traceback(
    clone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git("clone", "--quiet", "--bare", str(clone), str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    assert run("../clone/spec.yaml", "--against", "git:HEAD") == 2
    assert "name a folder with --against instead" in capsys.readouterr().err


def test_a_template_that_was_edited_by_hand_is_not_what_was_built(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = clone / "templates/shop/dev/manifest.json"
    manifest.write_text(manifest.read_text().replace("sha256", "sha"))
    committed(".")
    assert run("spec.yaml", "--against", "git:HEAD") == 1
    assert "templates/shop/dev in HEAD (" in capsys.readouterr().err


def test_a_link_is_no_file_of_ours(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = clone / "templates/shop/dev/manifest.json"
    manifest.unlink()
    manifest.symlink_to("/etc/passwd")
    committed(".")
    assert run("spec.yaml", "--against", "git:HEAD") == 1
    assert "manifest.json is missing; build again" in capsys.readouterr().err
