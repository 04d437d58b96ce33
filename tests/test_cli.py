"""The command as a user meets it: what it prints, where, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compiler import cli
from tests.specs import HEAD

ROOT = Path(__file__).parent.parent
TOLD = "notifications: {critical: [{email: oncall@example.com}]}\n"
STREAM = f"{HEAD}streams: {{clicks: {{}}}}\n{TOLD}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with no AWS credentials or configuration anywhere in sight."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return tmp_path


def spec(folder: Path, text: str = STREAM) -> str:
    (folder / "spec.yaml").write_text(text)
    return "spec.yaml"


def run(*arguments: str) -> int:
    """The exit code; argparse's own way out counts too."""
    try:
        return cli.main(arguments)
    except SystemExit as way_out:
        return int(way_out.code or 0)


def test_a_right_spec_validates_in_silence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", spec(folder)) == 0
    assert capsys.readouterr() == ("", "")


def test_all_problems_are_shown_at_once_with_their_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = STREAM.replace("clicks: {}", "clicks: {shard: 3, retention: 24}")
    assert run("validate", spec(folder, wrong)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "spec.yaml:7:20 E101" in shown.err
    assert "did you mean 'shards'?" in shown.err
    assert "spec.yaml:7:41 E103" in shown.err
    assert shown.err.count("^") == 2


def test_problems_can_be_read_by_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = STREAM.replace("clicks: {}", "clicks: {shard: 3}")
    assert run("validate", spec(folder, wrong), "--format", "json") == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["code"], finding["line"], finding["column"]) == ("E101", 7, 20)
    assert run("validate", "spec.yaml", "--format", "sarif") == 1
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"][0]["ruleId"] == "E101"
    assert run("validate", "spec.yaml", "--format", "github") == 1
    assert capsys.readouterr().out.startswith("::error file=spec.yaml,line=7,col=20,title=E101::")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["validate", "none.yaml"], 1, "E001"),
        (["validate", "."], 1, "E001"),
        (["build", "none.yaml"], 1, "E001"),
        (["validate", "spec.yaml", "--env", "prod"], 1, "E208 no environment is named 'prod'"),
        (["nonsense"], 2, "invalid choice"),
        ([], 2, "COMMAND"),
        (["validate"], 2, "SPEC"),
        (["plan", "spec.yaml"], 2, "--env"),
        (
            ["explain", "value", "streams.click", "--env", "dev", "--spec", "spec.yaml"],
            2,
            "did you mean 'clicks'?",
        ),
        (["explain", "value", "x", "--env", "dev"], 2, "say which spec with --spec"),
        (["build", "spec.yaml", "--out", "spec.yaml"], 2, "cannot"),
        (["build", "spec.yaml", "--check"], 1, "stale, run `formwork build spec.yaml"),
    ],
)
def test_what_is_wrong_is_said_with_the_right_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    spec(folder)
    assert run(*arguments) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_no_credentials_is_said_with_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", spec(folder), "--env", "dev") == 3
    assert "credentials" in capsys.readouterr().err


def test_an_unreachable_endpoint_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "never-shown")
    assert run("plan", spec(folder), "--env", "dev", "--endpoint-url", "http://127.0.0.1:9") == 3
    shown = capsys.readouterr().err
    assert "127.0.0.1:9" in shown
    assert "never-shown" not in shown


def test_an_unknown_aws_profile_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plan", spec(folder), "--env", "dev", "--profile", "nobody") == 3
    assert "nobody" in capsys.readouterr().err


def test_build_writes_what_check_then_finds_fresh(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("build", spec(folder)) == 0
    assert (folder / "templates/shop/dev/manifest.json").exists()
    assert (folder / "templates/shop/production/data.template.json").exists()
    assert run("build", "spec.yaml", "--check") == 0
    (folder / "templates/shop/dev/data.template.json").write_text("{}")
    assert run("build", "spec.yaml", "--check") == 1
    assert "templates/shop/dev/data.template.json" in capsys.readouterr().err


def test_a_wrong_spec_leaves_what_was_built_alone(folder: Path) -> None:
    assert run("build", spec(folder)) == 0
    before = (folder / "templates/shop/dev/data.template.json").read_bytes()
    assert run("build", spec(folder, STREAM.replace("clicks", "Clicks"))) == 1
    assert (folder / "templates/shop/dev/data.template.json").read_bytes() == before


def test_diff_shows_what_differs_from_what_was_built(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", spec(folder)) == 0
    assert run("diff", "spec.yaml", "--exit-code") == 0
    capsys.readouterr()
    spec(folder, STREAM.replace("clicks: {}", "clicks: {retention: 48h}"))
    assert run("diff", "spec.yaml", "--env", "dev", "--exit-code", "--format", "json") == 5
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["logical_id"] == "ClicksStream"
    assert change["source"].startswith("spec.yaml:7")
    assert change["properties"][0]["after"] == "48"


def test_explain_says_where_a_value_comes_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run("explain", "value", "streams.clicks.retention", "--env", "production", "--spec", spec(folder))
        == 0
    )
    assert capsys.readouterr().out == "streams.clicks.retention = 7d\n  from profile production\n"


def test_explain_says_what_losing_the_region_costs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = spec(folder, STREAM + "disaster_recovery: {region: us-west-2, tier: pilot_light}\n")
    assert run("explain", "recovery", name, "--env", "production") == 0
    assert "pilot_light in us-west-2\n\nnot covered\n  clicks (stream): Kinesis" in capsys.readouterr().out
    assert run("explain", "recovery", name, "--env", "production", "--format", "json") == 0
    (entry,) = json.loads(capsys.readouterr().out)["components"]
    assert (entry["component"], entry["covered"]) == ("clicks", False)


def test_explain_says_what_means_nothing_for_what_exists(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = STREAM.replace("clicks: {}", "clicks: {existing: {name: old-clicks}}")
    where = ("--env", "dev", "--spec", spec(folder, text))
    assert run("explain", "value", "streams.clicks.retention", *where) == 0
    unused = "; means nothing here, for 'clicks' exists already"
    assert capsys.readouterr().out == f"streams.clicks.retention = 24h\n  from default{unused}\n"
    assert run("explain", "value", "streams.clicks.existing.name", *where, "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["value"], found["applies"]) == ("old-clicks", True)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    # A long name has its line to itself.
    first = {line.split()[0] for line in shown.splitlines() if line.startswith("    ")}
    assert set(cli.COMMANDS) - first == set()


def test_validating_imports_nothing_heavy() -> None:
    program = (
        "import sys; from compiler.cli import main; main(['validate', 'specs/iot-platform.yaml']); "
        "print(sorted({'troposphere', 'awacs', 'boto3', 'botocore', 'cfnlint'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout == "[]\n"


def test_the_module_and_the_script_are_one() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "compiler", "--version"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith("formwork ")
