"""The GitHub Action and the GitLab job, run step by step in a clone, with a forge on loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from compiler import pipeline
from compiler.commands.built import write_tree
from compiler.document import load
from tests.forge import Forge, serving
from tests.specs import CODE, HEAD
from tests.test_revision import git

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
GITLAB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
# All but the installation, which needs the network.
RUN = ("Fetch the base", "Check and compare", "Comment", "Result")
BIN = Path(sys.executable).parent
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")


def built(body: str) -> None:
    """The spec of a platform with one environment, and what it compiles to."""
    text = HEAD.replace("  production: {profile: production}\n", "") + body
    Path("spec.yaml").write_text(text)
    assembly = pipeline.compile_spec(load(text.encode(), "spec.yaml"), "dev", lambda folder: CODE)
    write_tree("templates/shop/dev", assembly.files())


@pytest.fixture
def forge() -> Iterator[Forge]:
    with serving() as found:
        yield found


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shallow clone of a branch `feature` with one more topic than `main` has, as CI gets it."""
    server = tmp_path / "server"
    server.mkdir()
    monkeypatch.chdir(server)
    git("init", "--quiet", "--initial-branch=main")
    built("topics: {alerts: {}}\n")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    git("switch", "--quiet", "--create", "feature")
    built("topics: {alerts: {}, more: {}}\n")
    git("commit", "--quiet", "--all", "--message", "second")
    git("clone", "--quiet", "--depth=1", "--branch=feature", server.as_uri(), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path / "clone"


class Ended(NamedTuple):
    code: int
    out: str
    outputs: Mapping[str, str]


class Job:
    """A job of GitHub Actions: runs the steps of the action one after the other, as a runner does."""

    def __init__(self, folder: Path, forge: Forge, **given: str) -> None:
        defaults = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
        inputs = {**defaults, "spec": "spec.yaml", "base": "main", "token": "ghs_1", **given}
        self.values = {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()} | {
            "github.event.pull_request.number": "7",
            "github.event.pull_request.head.repo.full_name != github.repository": given.get("fork", "false"),
        }
        self.folder = folder
        self.variables = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "RUNNER_TEMP": str(folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": forge.url,
            "GITHUB_REPOSITORY": "us/shop",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        }

    def run(self) -> Ended:
        """All steps, until one fails."""
        said, code = "", 0
        for name in RUN:
            answer = self._step(STEPS[name])
            said, code = said + answer.stdout + answer.stderr, answer.returncode
            if code:
                break
        return Ended(code, said, self._outputs())

    def _step(self, step: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        own = {name: self._filled(text) for name, text in step["env"].items()}
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        answer = subprocess.run(
            command, env=self.variables | own, capture_output=True, text=True, check=False
        )
        for name, value in self._outputs().items():
            self.values[f"steps.review.outputs.{name}"] = value
        return answer

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self.values[found[1]], text)

    def _outputs(self) -> dict[str, str]:
        file = self.folder / "output"
        lines = file.read_text().splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    (tmp_path / "runner").mkdir()
    return tmp_path / "runner"


def test_a_pull_request_gets_one_comment_that_follows_it(clone: Path, temporary: Path, forge: Forge) -> None:
    first = Job(temporary, forge, sarif=str(temporary / "found.sarif")).run()
    assert first.code == 0, first.out
    (body,) = forge.bodies
    assert body.startswith("<!-- formwork spec.yaml -->\n")
    assert "### shop dev: 3 changes" in body
    assert first.outputs["changes"] == "true"
    assert (temporary / "summary").read_text() == Path(first.outputs["review"]).read_text()
    assert '"version": "2.1.0"' in (temporary / "found.sarif").read_text()
    git("checkout", "--quiet", "origin/main")
    (temporary / "output").unlink()
    second = Job(temporary, forge).run()
    assert (second.code, second.outputs["changes"]) == (0, "false")
    assert "### shop dev: no changes" in forge.bodies[0]
    assert len(forge.bodies) == 1


def test_jobs_for_other_folders_and_environments_keep_comments_of_their_own(
    clone: Path, temporary: Path, forge: Forge
) -> None:
    for given in ({}, {"environment": "dev"}, {"working-directory": "shop"}, {"environment": "dev"}):
        assert Job(temporary, forge, **given).run().code == 0
    keys = [body.splitlines()[0] for body in forge.bodies]
    assert keys == [f"<!-- formwork {key} -->" for key in ("spec.yaml", "spec.yaml dev", "shop/spec.yaml")]


def test_stale_templates_fail_the_job_after_the_review(clone: Path, temporary: Path, forge: Forge) -> None:
    git("checkout", "--quiet", "HEAD", "--", "spec.yaml")
    spec = clone / "spec.yaml"
    spec.write_text(spec.read_text().replace("more: {}", "more: {}, third: {}"))
    ended = Job(temporary, forge, **{"fail-on-changes": "true"}).run()
    assert ended.code == 1
    assert "what is committed is not what it gives" in ended.out
    assert "third" in forge.bodies[0]
    assert "build and commit it" in forge.bodies[0]


def test_changes_fail_the_job_when_that_is_asked_for(clone: Path, temporary: Path, forge: Forge) -> None:
    assert Job(temporary, forge, **{"fail-on-changes": "true"}).run().code == 5


def test_a_wrong_spec_is_annotated_at_its_line(clone: Path, temporary: Path, forge: Forge) -> None:
    (clone / "spec.yaml").write_text((clone / "spec.yaml").read_text().replace("topics", "topic"))
    ended = Job(temporary, forge).run()
    assert ended.code == 1
    assert "::error file=spec.yaml,line=6" in ended.out
    assert forge.bodies == []


def test_a_fork_gets_the_summary_and_no_comment(clone: Path, temporary: Path, forge: Forge) -> None:
    ended = Job(temporary, forge, fork="true").run()
    assert ended.code == 0
    assert forge.asked == []
    assert "3 changes" in (temporary / "summary").read_text()


def test_everything_is_new_when_the_base_has_built_nothing(
    clone: Path, temporary: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clone.parent / "server")
    git("switch", "--quiet", "main")
    git("rm", "-r", "--quiet", "templates")
    git("commit", "--quiet", "--message", "nothing built")
    monkeypatch.chdir(clone)
    ended = Job(temporary, forge).run()
    assert ended.code == 0
    assert "main has nothing built in templates yet" in ended.out
    assert "(new)" in forge.bodies[0]


def test_a_base_that_is_a_command_is_only_a_name(clone: Path, temporary: Path, forge: Forge) -> None:
    ended = Job(temporary, forge, base="$(touch${IFS}pwned)").run()
    assert ended.code != 0
    assert not (clone / "pwned").exists()


def merge_request(forge: Forge, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The GitLab job, without its installation."""
    job = GITLAB["formwork"]
    variables = {
        **job["variables"],
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "GITLAB_CI": "true",
        "CI_API_V4_URL": forge.url,
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "FORMWORK_SPEC": "spec.yaml",
        **more,
    }
    script = "\n".join(["set -euo pipefail", *job["script"][1:]])
    return subprocess.run(["bash", "-c", script], env=variables, capture_output=True, text=True, check=False)


def test_a_merge_request_gets_a_note_and_artifacts(clone: Path, temporary: Path, forge: Forge) -> None:
    ended = merge_request(forge, temporary, FORMWORK_GITLAB_TOKEN="glpat", FORMWORK_ENVIRONMENT="dev")
    assert ended.returncode == 0, ended.stderr
    assert "### shop dev: 3 changes" in forge.bodies[0]
    assert forge.bodies[0].startswith("<!-- formwork spec.yaml dev -->\n")
    assert all((clone / name).stat().st_size for name in GITLAB["formwork"]["artifacts"]["paths"])


def test_a_merge_request_of_a_fork_has_no_token_and_no_note(
    clone: Path, temporary: Path, forge: Forge
) -> None:
    (clone / "spec.yaml").write_text((clone / "spec.yaml").read_text().replace("more: {}", "other: {}"))
    ended = merge_request(forge, temporary)
    assert ended.returncode == 1
    assert "no FORMWORK_GITLAB_TOKEN" in ended.stdout
    assert forge.asked == []


def test_no_expression_reaches_a_shell_but_in_a_variable() -> None:
    assert all("${{" not in step["run"] for step in STEPS.values())
    assert all("uses" not in step for step in STEPS.values())


def test_every_input_and_output_of_the_recipe_is_documented() -> None:
    documented = (ROOT / "docs/ci.md").read_text()
    names = [*ACTION["inputs"], *ACTION["outputs"], *GITLAB["formwork"]["variables"], "FORMWORK_GITLAB_TOKEN"]
    assert [name for name in names if f"`{name}`" not in documented] == []


@pytest.mark.parametrize(
    "script",
    [*(step["run"] for step in STEPS.values()), "\n".join(GITLAB["formwork"]["script"])],
    ids=[*STEPS, "gitlab"],
)
def test_shellcheck_finds_nothing(script: str) -> None:
    program = shutil.which("shellcheck", path=str(BIN))
    if program is None:
        pytest.skip("shellcheck is not in this environment; it comes with requirements/develop.txt")
    found = subprocess.run(
        [program, "--shell=bash", "-"], input=script, capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
