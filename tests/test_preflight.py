"""The preflight itself: discovery, what may not be looked at, permissions, views, and the page about it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler import preflight
from compiler.commands import preflight as command
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.aws_account import BotoAccount
from compiler.preflight.check import all_checks
from compiler.preflight.values import mappings, name_of, number, text
from compiler.views import preflight_page
from compiler.views.preflight import render_json, render_text
from compiler.views.style import Style
from tests.aws_answers import DENIED, Answers, refusal
from tests.sites import a_site
from tests.specs import HEAD
from tests.test_cli import run

ROOT = Path(__file__).parent.parent
VPCS = Read("ec2", "DescribeVpcs", "Vpcs")


def account(answers: Answers) -> BotoAccount:
    return BotoAccount(answers.client, answers.region)


def test_a_call_that_could_change_something_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="DeleteVpc may change something"):
        Read("ec2", "DeleteVpc")


def test_every_check_declares_calls_that_exist() -> None:
    answers = Answers()
    clients: dict[str, Any] = {}
    for check in all_checks():
        assert check.id[0] == "P"
        assert check.summary
        assert check.source
        for read in check.reads:
            client = clients.setdefault(read.service, answers.client(read.service))
            shape = client.meta.service_model.operation_model(read.operation).output_shape
            assert not read.items or read.items in shape.members, read
    assert len({check.id for check in all_checks()}) == len(all_checks())


def test_permissions_bear_the_names_of_iam() -> None:
    actions = preflight.permissions(all_checks())
    expected = {
        "apigateway:GET",
        "elasticfilesystem:DescribeFileSystems",
        "elasticloadbalancing:DescribeLoadBalancers",
        "s3:GetAccountPublicAccessBlock",
        "s3:ListBucket",
        "servicequotas:GetServiceQuota",
    }
    assert expected <= set(actions)
    verbs = {action.split(":")[1] for action in actions} - {"GET"}
    assert all(verb.startswith(("Describe", "Get", "List")) for verb in verbs)


def test_an_account_is_asked_once_for_one_thing() -> None:
    answers = Answers().say("ec2.DescribeVpcs", {"Vpcs": [{"VpcId": "vpc-1"}]})
    asked = account(answers)
    assert asked.ask(VPCS) == asked.ask(VPCS) == ({"VpcId": "vpc-1"},)
    assert len(answers.asked) == 1


def test_pages_that_the_sdk_does_not_know_are_followed_too() -> None:
    def page(given: Any) -> dict[str, Any]:
        first = "NextMarker" not in given
        return {"WebACLs": [{"Name": "a" if first else "b"}], **({"NextMarker": "more"} if first else {})}

    answers = Answers().say("wafv2.ListWebACLs", page)
    found = account(answers).ask(
        Read("wafv2", "ListWebACLs", "WebACLs", token="NextMarker"), Scope="REGIONAL"
    )
    assert [acl["Name"] for acl in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (DENIED, "missing permission ec2:DescribeVpcs"),
        (refusal("UnauthorizedOperation", http=403), "missing permission ec2:DescribeVpcs"),
        (refusal("InvalidAction", "Unknown action"), "ec2:DescribeVpcs: Unknown action"),
        (refusal("ExpiredToken"), "ec2:DescribeVpcs: the AWS credentials have expired"),
    ],
)
def test_what_cannot_be_seen_says_why(answer: Any, words: str) -> None:
    with pytest.raises(UnseenError) as caught:
        account(Answers().say("ec2.DescribeVpcs", answer)).ask(VPCS)
    assert caught.value.message == words


def test_a_service_that_is_not_there_is_tried_once() -> None:
    tried = []

    class EndpointConnectionError(Exception):
        """Named as the SDK's."""

    def make(service: str) -> Any:
        tried.append(service)
        raise EndpointConnectionError

    asked = BotoAccount(make, "eu-west-1")
    for read in (VPCS, Read("ec2", "DescribeSubnets", "Subnets")):
        with pytest.raises(UnseenError, match="ec2:DescribeVpcs: cannot reach"):
            asked.ask(read)
    assert tried == ["ec2"]


def everything_denied() -> Answers:
    answers = Answers()
    for check in all_checks():
        for read in check.reads:
            answers.say(f"{read.service}.{read.operation}", DENIED)
    return answers


def test_without_any_permission_each_missing_one_is_a_line_and_no_run_fails() -> None:
    site = a_site("network: {}\nqueues: {jobs: {}}\ndatabases: {people: {}}\n", everything_denied())
    report = preflight.run([site])
    assert {finding.severity for finding in report.findings} == {"unknown"}
    messages = [(finding.check, finding.message) for finding in report.findings]
    assert len(messages) == len(set(messages))
    assert ("P001", "could not look: missing permission ec2:DescribeVpcs") in messages
    assert ("P011", "could not look: missing permission iam:GetRole") in messages
    assert ("P041", "could not look: missing permission sqs:GetQueueUrl") in messages


def test_what_is_the_same_in_two_regions_is_told_once() -> None:
    site = a_site("network: {}\ndatabases: {people: {}}\n", everything_denied())
    there = replace(site, region="eu-central-1")
    checks = [check for check in all_checks() if check.id in ("P011", "P053")]
    findings = preflight.run([site, there], checks).findings
    assert sorted((finding.check, finding.region) for finding in findings) == [
        ("P011", ""),
        ("P053", "eu-central-1"),
        ("P053", "eu-west-1"),
    ]


def test_the_worst_is_shown_first_and_what_was_fine_last() -> None:
    answers = everything_denied().say("ec2.DescribeAvailabilityZones", {"AvailabilityZones": []})
    site = a_site("network: {}\n", answers)
    report = preflight.run([site])
    shown = render_text(site, report, Style(False))
    assert shown.splitlines()[2] == "availability zones (P053)"
    assert "  error   spec.yaml:7:1 the network uses 2 zones, but eu-west-1 has 0: " in shown
    assert "nothing to say about: " in shown
    assert shown.splitlines()[-1].startswith("1 error, ")
    assert "\x1b[31merror" in render_text(site, report, Style(True))
    entries = json.loads(render_json(site, report))["findings"]
    assert entries[0]["position"] == "spec.yaml:7:1"
    assert entries[0]["component"] == "network"
    assert [entry["severity"] for entry in entries] == [finding.severity for finding in report.findings]


def test_without_credentials_the_error_is_that_of_the_deployer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    (tmp_path / "spec.yaml").write_text(HEAD + "queues: {jobs: {}}\n")
    assert run("preflight", "spec.yaml", "--env", "dev") == 3
    assert "no AWS credentials were found" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--env", "nope"), ("--env", "dev", "--format", "sarif"), ()])
def test_wrong_arguments_end_without_a_traceback(
    wrong: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(HEAD + "queues: {jobs: {}}\n")
    assert run("preflight", str(spec), *wrong) in (1, 2)
    assert "Traceback" not in capsys.readouterr().err


def test_values_are_texts_only_where_they_are_known_before_the_deployment() -> None:
    known = {"AWS::Region": "eu-west-1"}
    assert text({"Fn::Sub": "a-${AWS::Region}-${!literal}"}, known) == "a-eu-west-1-${literal}"
    assert text({"Fn::Sub": ["${X}/y", {"X": {"Ref": "AWS::Region"}}]}, known) == "eu-west-1/y"
    assert text({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, known) == "a-eu-west-1"
    assert text({"Fn::Join": ["-", {"Ref": "List"}]}, known) is None
    assert text({"Fn::Sub": "${Unknown}"}, known) is None
    assert text({"Ref": "Bucket"}, known) is None
    for strange in ({"Fn::If": ["A", "b"]}, {"Fn::Join": "x"}, {"Fn::Sub": [1]}, {"Fn::Sub": {}}, [], None):
        assert text(strange, known) is None
    assert [name_of({"Fn::GetAtt": at}) for at in ("A.Arn", ["A", "Arn"], [])] == ["A", "A", ""]
    assert number({"Ref": "Count"}, 3) == 3
    assert mappings({"Fn::If": ["A", [], []]}) == []


def test_the_page_about_it_is_up_to_date(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = ROOT / "docs" / "preflight.md"
    assert page.read_text(encoding="utf-8") == preflight_page.document()
    assert command.main(["--check", str(page)]) == 0
    assert command.main(["--check", str(tmp_path / "none.md")]) == 1
    assert "is stale" in capsys.readouterr().err
    assert command.main(["--out", str(tmp_path / "new.md")]) == 0
    assert (tmp_path / "new.md").read_text(encoding="utf-8") == page.read_text(encoding="utf-8")
