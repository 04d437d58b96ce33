"""What goes wrong around a command: closed streams, odd files, folders that are something else."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.commands import code
from compiler.commands.code import read_code
from tests.specs import HEAD
from tests.test_cli import STREAM, folder, run, spec

__all__ = ["folder"]
WRONG = STREAM.replace("clicks: {}", "clicks: {shard: 3}")
FUNCTION = HEAD + "functions: {send: {runtime: python3.13, handler: app.handler, code: %s}}\n"


def shell(line: str) -> tuple[int, str]:
    """A line of shell where `formwork` is this one: its exit code, and what it wrote to standard error."""
    program = f'formwork() {{ {shlex.quote(sys.executable)} -m compiler "$@"; }}; set -o pipefail; {line}'
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stderr


FULL = "formwork: cannot write to standard output: no space left on device; send it somewhere else\n"
CLOSED = "formwork: cannot write to standard output: it is closed; send it somewhere else\n"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("formwork schema | head -1", 0, ""),
        ("formwork schema | true", 0, ""),
        ("formwork diff right.yaml --exit-code | true", 5, None),
        ("formwork validate wrong.yaml --format json | true", 1, ""),
        ("formwork validate wrong.yaml 2>&1 | true", 1, ""),
        ("formwork validate wrong.yaml 2>&-", 1, ""),
        ("formwork validate wrong.yaml 2>/dev/full", 1, ""),
        ("formwork schema >/dev/full", 2, FULL),
        ("formwork --help >/dev/full", 2, FULL),
        ("formwork validate wrong.yaml --format json >/dev/full", 2, FULL),
        ("formwork schema >&-", 2, CLOSED),
        ("formwork --version >&-", 2, CLOSED),
        ("formwork validate right.yaml >&-", 0, ""),
        ("formwork validate right.yaml >&- 2>&- <&-", 0, ""),
    ],
)
def test_streams_that_close_or_fill(folder: Path, line: str, code: int, said: str | None) -> None:
    (folder / "right.yaml").write_text(STREAM)
    (folder / "wrong.yaml").write_text(WRONG)
    ended, written = shell(line)
    assert ended == code
    assert written == said or said is None
    assert "Traceback" not in written


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_deployment_goes_on_when_nobody_reads_on(folder: Path, form: str) -> None:
    spec(folder)
    local = f"spec.yaml --env dev --local --yes --format {form}"
    assert shell(f"formwork deploy {local} | head -1") == (0, "")
    assert shell("formwork plan spec.yaml --env dev --local --exit-code >/dev/null") == (0, "")
    assert shell(f"formwork destroy {local} | true") == (0, "")
    assert shell(f"formwork destroy {local} | true")[0] == 4


def test_a_deployment_whose_events_cannot_be_written_goes_on_and_says_so(folder: Path) -> None:
    spec(folder)
    local = "spec.yaml --env dev --local --yes --format json"
    assert shell(f"formwork deploy {local} >/dev/full") == (2, FULL)
    assert shell("formwork plan spec.yaml --env dev --local --exit-code >/dev/null") == (0, "")


def test_nothing_is_deployed_whose_plan_cannot_be_shown(folder: Path) -> None:
    spec(folder)
    assert shell("formwork deploy spec.yaml --env dev --local --yes >/dev/full") == (2, FULL)
    assert shell("formwork plan spec.yaml --env dev --local --exit-code >/dev/null") == (5, "")


@pytest.mark.parametrize("path", ["pipe", "/dev/zero"])
def test_what_is_no_file_is_not_read_for_an_excerpt(folder: Path, path: str) -> None:
    os.mkfifo(folder / "pipe")
    ended, written = shell(f"timeout 20 {shlex.quote(sys.executable)} -m compiler validate {path}")
    assert ended == 1
    assert written.startswith(f"{path}:1:1 E001")


def test_a_large_file_has_no_excerpt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", spec(folder, STREAM + "#" * 1024 * 1024)) == 1
    assert len(capsys.readouterr().err) < 1000


def test_an_environment_without_a_name_is_unknown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("validate", "build", "lint", "diff", "plan"):
        assert run(command, spec(folder), "--env", "") == 1
        assert "E208 no environment is named ''" in capsys.readouterr().err


def test_what_is_built_leaves_other_files_alone(folder: Path) -> None:
    mine = folder / "templates/shop/dev/sub/mine.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("x")
    assert run("build", spec(folder)) == 0
    assert run("build", "spec.yaml", "--check") == 0
    assert mine.exists()


def test_environments_that_are_gone_are_deleted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", spec(folder)) == 0
    built = folder / "templates" / "shop"
    (built / "production" / "mine.txt").write_text("x")
    (built / "notes").mkdir()
    (built / "notes" / "other.template.json").write_text("{}")
    spec(folder, STREAM.replace("  production: {profile: production}\n", ""))
    assert run("build", "spec.yaml", "--env", "dev", "--check") == 0
    assert run("build", "spec.yaml", "--check") == 1
    assert "templates/shop/production" in capsys.readouterr().err
    assert run("build", "spec.yaml") == 0
    assert os.listdir(built / "production") == ["mine.txt"]
    assert (built / "notes" / "other.template.json").exists()
    (built / "production" / "mine.txt").unlink()
    assert run("build", "spec.yaml", "--check") == 0


def test_an_abandoned_folder_of_ours_alone_goes_whole(folder: Path) -> None:
    assert run("build", spec(folder)) == 0
    spec(folder, STREAM.replace("  production: {profile: production}\n", ""))
    assert run("build", "spec.yaml") == 0
    assert os.listdir(folder / "templates" / "shop") == ["dev"]


def test_a_file_where_the_output_belongs_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "f").write_text("x")
    assert run("build", spec(folder), "--out", "f") == 2
    shown = capsys.readouterr().err
    assert "cannot write f/shop/dev/" in shown
    assert "choose another place with --out" in shown


def test_a_comparison_needs_something_to_compare_with(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("diff", spec(folder), "--exit-code") == 5
    note = "nothing of shop dev, production was built in {} before, so everything is new"
    assert note.format("templates") in capsys.readouterr().err
    (folder / "elsewhere").mkdir()
    assert run("diff", "spec.yaml", "--against", "elsewhere") == 0
    assert note.format("elsewhere") in capsys.readouterr().err
    assert run("diff", "spec.yaml", "--against", "none") == 2
    assert "none does not exist; name one" in capsys.readouterr().err
    assert run("diff", "spec.yaml", "--against", "spec.yaml") == 2
    assert "spec.yaml is not a folder; name one" in capsys.readouterr().err
    assert run("build", "spec.yaml", "--env", "dev") == 0
    capsys.readouterr()
    assert run("diff", "spec.yaml", "--exit-code") == 5
    assert capsys.readouterr().err == ""
    (folder / "templates" / "shop" / "production").write_text("x")
    assert run("diff", "spec.yaml") == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_no_empty_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec(folder)
    (folder / "built").mkdir(mode=0)
    assert run("diff", "spec.yaml", "--env", "dev", "--against", "built") == 2
    shown = capsys.readouterr().err
    assert "cannot read built" in shown
    assert "permission denied" in shown


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"manifest_version": 1}'])
def test_a_damaged_manifest_says_to_build_again(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    assert run("build", spec(folder)) == 0
    (folder / "templates/shop/dev/manifest.json").write_text(content)
    assert run("diff", "spec.yaml") == 1
    assert "build again" in capsys.readouterr().err
    assert run("build", "spec.yaml") == 0
    assert json.loads((folder / "templates/shop/dev/manifest.json").read_text())["environment"] == "dev"


def test_an_approval_of_nothing_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    local = ("spec.yaml", "--env", "dev", "--local", "--yes")
    spec(folder, STREAM + "queues: {work: {}}\n")
    assert run("deploy", *local, "--approve", "Nope") == 4
    assert "this plan changes no Nope" in capsys.readouterr().err
    assert run("deploy", *local) == 0
    spec(folder)
    assert run("deploy", *local, "--approve", "WorkQueu") == 4
    shown = capsys.readouterr().err
    assert "WorkQueue (data-loss)" in shown
    assert "did you mean 'WorkQueue'?" in shown


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = tmp_path / "src"
    (made / "a").mkdir(parents=True)
    (made / "a" / "B.py").write_text("x")
    return made


def refusal(source: Path) -> str:
    with pytest.raises(OSError, match=r".") as caught:
        read_code(str(source))
    return str(caught.value.strerror)


def test_code_is_read_with_links_inside_followed(source: Path) -> None:
    (source / "again").symlink_to("a")
    (source / "copy.py").symlink_to(source / "a" / "B.py")
    for left_out in (".hidden", "x.pyc"):
        os.mkfifo(source / left_out)
    assert read_code(str(source)) == {"a/B.py": b"x", "again/B.py": b"x", "copy.py": b"x"}


def test_a_folder_of_code_may_be_a_link_itself(source: Path) -> None:
    (source.parent / "link").symlink_to(source)
    assert set(read_code(str(source.parent / "link"))) == {"a/B.py"}


def test_only_regular_files_are_packed(source: Path) -> None:
    os.mkfifo(source / "a" / "Pipe")
    assert refusal(source) == "'a/Pipe' is not a regular file; remove it"


@pytest.mark.parametrize("target", ["/etc/hostname", "../../outside", "/", "../../src2"])
def test_links_out_of_the_folder_are_refused(source: Path, target: str) -> None:
    (source.parent / "outside").write_text("secret")
    (source.parent / "src2").mkdir()
    (source / "a" / "link").symlink_to(target)
    assert refusal(source).startswith("'a/link' is a link that leads outside the folder")


def test_links_to_nothing_and_in_circles_are_refused(source: Path) -> None:
    (source / "a" / "link").symlink_to("nothing")
    assert refusal(source) == "'a/link' cannot be read: no such file or directory"
    (source / "a" / "link").unlink()
    (source / "a" / "link").symlink_to("..")
    assert refusal(source) == "'a/link' is a link to a folder around it; remove it"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(source: Path) -> None:
    (source / "a" / "B.py").chmod(0)
    assert refusal(source) == "'a/B.py' cannot be read: permission denied"


def test_a_name_that_no_archive_can_hold_is_refused(source: Path) -> None:
    (source / os.fsdecode(b"\xff.py")).write_text("x")
    assert refusal(source) == r"'\udcff.py' is not UTF-8; rename it"


def test_reading_stops_at_what_lambda_unpacks(source: Path) -> None:
    with (source / "large.bin").open("wb") as file:
        file.truncate(code.UNPACKED_LIMIT * 40)
    assert refusal(source).startswith("it holds more than 250 MB")


def test_code_up_to_the_limit_is_packed(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source / "b.py").write_text("12345678")
    monkeypatch.setattr(code, "UNPACKED_LIMIT", 9)
    assert len(read_code(str(source))) == 2
    monkeypatch.setattr(code, "UNPACKED_LIMIT", 8)
    assert "the most that Lambda unpacks" in refusal(source)


@pytest.mark.parametrize("where", ['"a\\0b"', "none", "spec.yaml"])
def test_a_folder_that_cannot_be_read_is_a_problem_of_the_spec(
    folder: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    assert run("build", spec(folder, FUNCTION % where)) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("spec.yaml:7:")
    assert "Traceback" not in shown
