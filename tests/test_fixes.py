"""What `validate --fix` mends, what it leaves to people, and how it treats the file."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from compiler import cli, pipeline
from compiler.commands.files import rewrite_file
from compiler.diagnostics import Diagnostic, Fix, Position, SpecError
from compiler.document import Document, load
from compiler.editing.mend import ROUNDS, Mended, mend
from compiler.exits import UserError
from compiler.misspelling import unmistakable
from tests.specs import HEAD

FUNCTION = """\
functions:
  reader:
    runtime: python3.13
    handler: app.handler
    code: src
    connections: {CONNECTIONS}
"""


def found(document: Document) -> Sequence[Diagnostic]:
    try:
        pipeline.platforms(document)
    except SpecError as error:
        return error.diagnostics
    return ()


def mended(body: str, head: str = HEAD) -> Mended:
    """A spec after all that can be mended; rules are left out, they have tests of their own."""
    return mend((head + body).encode(), "spec.yaml", found)


def connected(connections: str, name: str = "clicks") -> str:
    return f"streams: {{{name}: {{}}}}\n" + FUNCTION.replace("{CONNECTIONS}", f"{{{connections}}}")


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("E101", "streams: {clicks: {shard: 3}}  # few", "streams: {clicks: {shards: 3}}  # few"),
        ("E101", "stream: {clicks: {retentionPeriod: 24h}}", None),
        ("E101", "streams: {clicks: {shards: 3}}\nenvironment: {}", None),
        ("E101", "streams: {clicks: {shards: 3, shard: 2}}", None),
        ("E101", "stream: {clicks: {shards: 3}}", None),  # told as a word of another tool, not as a slip
        ("E103", 'streams: {clicks: {shards: "3"}}', "streams: {clicks: {shards: 3}}"),
        ("E103", "tags: {team: 7}", 'tags: {team: "7"}'),
        ("E103", "tags: {paid: true}", 'tags: {paid: "true"}'),
        ("E103", "tags: {version: 1.10}", None),
        ("E103", "streams: {clicks: {retention: 24}}", None),
        ("E103", "streams: {clicks: {shards: [3]}}", None),
        ("E103", "streams: {clicks: {shards: many}}", None),
        (
            "E104",
            "network: {cidr: 10.0.0.0/16, egress: per-az}",
            "network: {cidr: 10.0.0.0/16, egress: per_az}",
        ),
        (
            "E104",
            "network: {cidr: 10.0.0.0/16, egress: Single}",
            "network: {cidr: 10.0.0.0/16, egress: single}",
        ),
        ("E104", "network: {cidr: 10.0.0.0/16, egress: many}", None),
        ("E105", "streams: {clicks: {retention: 30 hours}}", "streams: {clicks: {retention: 30h}}"),
        ("E105", "streams: {clicks: {retention: 30 lightyears}}", None),
        ("E106", "streams: {clicks: {retention: 1h}}", None),
        ("E106", "streams: {clicks: {shards: 0}}", None),
    ],
)
def test_the_schema_s_problems_are_mended_where_one_thing_can_be_meant(
    code: str, wrong: str, right: str | None
) -> None:
    document = load((HEAD + wrong).encode(), "spec.yaml")
    assert code in {problem.code for problem in found(document)}
    after = mended(wrong)
    assert after.content.decode() == HEAD + (right or wrong)
    assert [problem.code for problem in after.fixed] == ([code] if right else [])


def test_a_file_size_is_mended_only_in_units_that_mean_one_thing() -> None:
    for wrong, right in (("512 bytes", "512B"), ("4 kib", "4KiB"), ("4 KB", None), ("4k", None)):
        spec = (
            f"streams: {{clicks: {{load: {{devices: 1, messages_per_second: 1, message_size: {wrong}}}}}}}\n"
        )
        assert mended(spec).content.decode() == HEAD + spec.replace(wrong, right or wrong)


@pytest.mark.parametrize(
    ("head", "right"),
    [
        (HEAD.removeprefix("schema_version: 1\n"), HEAD),
        (HEAD.replace("schema_version: 1", 'schema_version: "1"'), HEAD),
        ("# Ours.\n\n" + HEAD.removeprefix("schema_version: 1\n"), "# Ours.\n\n" + HEAD),
        (HEAD.replace("profile: dev", "profile: Dev, account: 111122223333"), None),
    ],
)
def test_the_head_of_a_spec_is_mended(head: str, right: str | None) -> None:
    account = HEAD.replace("profile: dev", 'profile: dev, account: "111122223333"')
    assert mended("", head).content.decode() == (right or account)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("click: consume", "clicks: consume"),
        ("clicks: consum", "clicks: consume"),
        ("click: consum", "clicks: consume"),
        ("clicks: {access: Consume}", "clicks: {access: consume}"),
        ("clicks: send", None),
        ("visits: consume", None),
        ("click: consume, clicks: consume", None),
    ],
)
def test_connections_are_mended_by_name_and_verb(wrong: str, right: str | None) -> None:
    assert mended(connected(wrong)).content.decode() == HEAD + connected(right or wrong)


def test_a_name_that_differs_in_its_number_is_another_name() -> None:
    assert mended(connected("clicks-2: consume", "clicks-1")).fixed == ()


def test_what_an_environment_says_is_mended_there() -> None:
    head = HEAD.replace(
        "{profile: production}", "{profile: production, functions: {reader: {connections: OWN}}}"
    )
    wrong = head.replace("OWN", "{click: {access: consum}}")
    after = mended(connected("").replace("{}}", "{}}", 1), wrong)
    assert after.content.decode() == head.replace("OWN", "{clicks: {access: consume}}") + connected("")
    assert after.left == ()


def test_a_property_beside_existing_goes() -> None:
    wrong = "topics:\n  orders:\n    existing: {name: old}\n    fifo: true   # as it is\n"
    after = mended(wrong)
    assert after.content.decode() == HEAD + wrong.replace("    fifo: true   # as it is\n", "")
    assert [problem.code for problem in after.fixed] == ["E218"]


def test_a_route_to_a_misspelled_function_is_mended_at_its_value() -> None:
    api = 'apis: {shop: {routes: {"GET /a": {to: raeder}, "GET /b": reader, "GET /c": raeder}}}\n'
    after = mended(connected("") + api)
    assert after.content.decode() == HEAD + connected("") + api.replace("raeder", "reader")


def test_an_alarm_with_a_misspelled_name_is_renamed() -> None:
    spec = "streams: {clicks: {alarms: {throttled-write: false}}}\n"
    (problem,) = found(load((HEAD + spec).encode(), "spec.yaml"))
    assert problem.code == "E209"
    right = problem.fix.value if problem.fix else ""
    assert mended(spec).content.decode() == HEAD + spec.replace("throttled-write", right)


def test_mending_stops_when_two_checks_want_opposite_things() -> None:
    def torn(document: Document) -> list[Diagnostic]:
        value = 2 if document.data["a"] == 1 else 1
        return [Diagnostic(Position("s.yaml", 1, 1), "E210", "no", fix=Fix("set", ("a",), value))]

    def greedy(document: Document) -> list[Diagnostic]:
        wanted = Fix("set", ("a",), document.data["a"] + 1)
        return [Diagnostic(Position("s.yaml", 1, 1), "E210", "more", fix=wanted)]

    assert mend(b"a: 1", "s.yaml", torn).content == b"a: 2"
    assert mend(b"a: 0", "s.yaml", greedy).content == f"a: {ROUNDS}".encode()


@pytest.mark.parametrize(
    ("wrong", "right", "meant"),
    [
        ("shard", ["shards", "stack"], "shards"),
        ("retensoin", ["retention"], "retention"),
        ("retentionDays", ["retention_days", "retention"], "retention_days"),
        ("host", ["port"], None),
        ("read", ["reads", "ready"], None),
        ("min", ["max", "mini"], None),
        ("queue-3", ["queue-1", "queue-11"], None),
        ("telemetry-raw", ["telemetry"], None),
        ("", ["a"], None),
        ("anything", [], None),
    ],
)
def test_only_slips_are_unmistakable(wrong: str, right: list[str], meant: str | None) -> None:
    assert unmistakable(wrong, right) == meant


# The command

WRONG = HEAD.replace("schema_version: 1\n", "") + (
    "notifications: {critical: [{email: oncall@example.com}]}\nstreams:\n  clicks: {shard: '3'}   # enough\n"
)
RIGHT = "schema_version: 1\n" + WRONG.replace("shard: '3'", "shards: 3")


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec that can be mended whole, in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "spec.yaml"
    path.write_text(WRONG)
    return path


def test_fix_writes_the_spec_and_says_what_it_did(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "spec.yaml", "--fix"]) == 0
    assert spec.read_text() == RIGHT
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "spec.yaml:1:1 E007 set schema_version to 1",
        'spec.yaml:8:12 E101 rename streams.clicks.shard to "shards"',
        "spec.yaml:8:20 E103 set streams.clicks.shards to 3",
    ]
    assert err == "3 problems mended in spec.yaml\n"
    assert cli.main(["validate", "spec.yaml", "--fix"]) == 0
    assert spec.read_text() == RIGHT
    assert capsys.readouterr() == ("", "")


def test_fix_leaves_what_needs_a_decision_and_fails(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(WRONG.replace("shard: '3'", "shard: '3', retention: 1h"))
    assert cli.main(["validate", "spec.yaml", "--fix"]) == 1
    err = capsys.readouterr().err
    assert "spec.yaml:9:34 E106" in err
    assert "retention: 1h" in err  # the line as it is now
    assert err.endswith("3 problems mended in spec.yaml, 1 left\n")
    assert cli.main(["validate", "spec.yaml", "--fix"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("nothing in spec.yaml can be mended without a decision of yours\n")


@pytest.mark.parametrize("option", ["--diff", "--dry-run"])
def test_diff_shows_the_change_and_writes_nothing(
    spec: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(WRONG.removesuffix("\n"))
    assert cli.main(["validate", "spec.yaml", "--fix", option]) == 1
    assert spec.read_text() == WRONG.removesuffix("\n")
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "--- spec.yaml",
        "+++ spec.yaml",
        "@@ -1,3 +1,4 @@",
        "+schema_version: 1",
        *(f" {line}" for line in WRONG.splitlines()[:3]),
        "@@ -5,4 +6,4 @@",
        *(f" {line}" for line in WRONG.splitlines()[4:7]),
        "-  clicks: {shard: '3'}   # enough",
        "\\ No newline at end of file",
        "+  clicks: {shards: 3}   # enough",
        "\\ No newline at end of file",
    ]
    assert err == "3 problems can be mended in spec.yaml\n"


def test_diff_tells_what_is_left_at_the_lines_of_the_file_as_it_is(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(WRONG.replace("shard: '3'", "shard: '3', retention: 1h"))
    assert cli.main(["validate", "spec.yaml", "--diff"]) == 1
    assert "spec.yaml:8:34 E106" in capsys.readouterr().err
    spec.write_text(WRONG.replace("notifications: {critical: [{email: oncall@example.com}]}\n", ""))
    assert cli.main(["validate", "spec.yaml", "--diff"]) == 1
    assert "spec.yaml:1:1 G015" in capsys.readouterr().err


def test_the_file_keeps_its_mode_its_mark_its_line_ends_and_its_link(spec: Path) -> None:
    spec.write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    spec.chmod(0o640)
    os.symlink("spec.yaml", "link.yaml")
    assert cli.main(["validate", "link.yaml", "--fix"]) == 0
    assert os.readlink("link.yaml") == "spec.yaml"
    assert spec.read_bytes() == b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(spec.stat().st_mode) == 0o640
    assert sorted(os.listdir()) == ["link.yaml", "spec.yaml"]


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(spec: Path) -> None:
    with pytest.raises(UserError, match="was changed meanwhile, so nothing was written"):
        rewrite_file("spec.yaml", b"as it was", b"mended")
    assert spec.read_text() == WRONG
    spec.unlink()
    with pytest.raises(UserError, match="was changed meanwhile"):
        rewrite_file("spec.yaml", b"as it was", b"mended")
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("text", "code"), [("a: [1", "E002"), ("", "E005"), ("a: 1\na: 2\n", "E003"), ("a: &x 1\n", "E004")]
)
def test_what_cannot_be_read_is_left_alone(
    spec: Path, text: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(text)
    assert cli.main(["validate", "spec.yaml", "--fix"]) == 1
    assert spec.read_text() == text
    assert code in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none.yaml", "--fix"], 1, "E001"),
        ([".", "--fix"], 1, "E001"),
        (["spec.yaml", "--fix", "--env", "prod"], 1, "E208"),
        (["spec.yaml", "--diff", "--format", "json"], 2, "--diff prints text"),
    ],
)
def test_wrong_arguments(
    spec: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate", *arguments]) == code
    assert said in capsys.readouterr().err


def test_without_fix_it_is_told_how_many_can_be_mended(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.rename("spec.yaml", "my spec.yaml")
    assert cli.main(["validate", "my spec.yaml"]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "2 of these can be mended: formwork validate 'my spec.yaml' --fix"


def test_machines_read_the_fixes(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["validate", "spec.yaml", "--format", "json"]) == 1
    first, second = (each["fix"] for each in json.loads(capsys.readouterr().out)["findings"])
    assert first == {"action": "set", "path": ["schema_version"], "value": 1}
    assert second == {"action": "rename", "path": ["streams", "clicks", "shard"], "value": "shards"}
    assert cli.main(["validate", "spec.yaml", "--format", "sarif"]) == 1
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (fix,) = run["results"][1]["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"]["text"] == 'rename streams.clicks.shard to "shards"'
    assert change["artifactLocation"]["uri"] == "spec.yaml"
    region = {"startLine": 8, "startColumn": 12, "endLine": 8, "endColumn": 17}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "shards"}}]


def test_machines_read_what_was_mended_and_what_is_left(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(WRONG.replace("shard: '3'", "shard: '3', retention: 1h"))
    assert cli.main(["validate", "spec.yaml", "--fix", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in told["fixed"]] == ["E007", "E101", "E103"]
    assert [(each["code"], each["line"]) for each in told["findings"]] == [("E106", 9)]


def test_a_json_spec_stays_json(spec: Path) -> None:
    data = {"platform": "shop", "region": "eu-west-1", "environments": {"dev": {"profile": "Dev"}}}
    Path("spec.json").write_text(json.dumps(data, indent=2))
    assert cli.main(["validate", "spec.json", "--fix"]) == 0
    data["environments"] = {"dev": {"profile": "dev"}}
    assert json.loads(Path("spec.json").read_text()) == {"schema_version": 1, **data}
    assert Path("spec.json").read_text() == json.dumps({"schema_version": 1, **data}, indent=2)
