"""What must be so after a deployment, and going back to an earlier one when it is not."""

from __future__ import annotations

import argparse
import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compiler import manifest
from compiler.assembly import Asset, sha256
from compiler.cli import main
from compiler.commands import verifying
from compiler.deploy import bootstrap, checks, execute, going_back, kept, plan, schedule
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.answers import Answer, ask
from compiler.deploy.checks import CheckError
from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.events import CheckEnded, Event
from compiler.deploy.lease import Holder, Lease
from compiler.deploy.process import Process
from compiler.deploy.records import LiveResource
from compiler.model import ALL, Check
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly, drain
from tests.specs import HEAD

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATA = a_stack("shop-data", {"Orders": {"Text": "1"}}, {"OrdersId": {"Ref": "Orders"}}, stateful=("Orders",))
COMPUTE = a_stack("shop-compute", {"Web": {"Text": "1"}}, wires={"OrdersId": "shop-data.OrdersId"})
LARGE = a_stack("shop-edge", {"T": {"Text": "x" * bootstrap.INLINE_LIMIT}})


class Account:
    """Answers by operation, whatever is asked; records what was asked."""

    def __init__(self, answers: Mapping[str, Any], asked: list[Mapping[str, Any]]) -> None:
        self.answers, self.asked = answers, asked

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        self.asked.append(options)
        found = self.answers[read.operation]
        if isinstance(found, Exception):
            raise found
        return tuple(found)


class Latest(dict[str, Any]):
    """A new answer each time, whatever is asked."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        super().__init__()
        self.answer = answer

    def __missing__(self, key: str) -> Any:
        return self.answer()


class Aws(FakeAws):
    """Its resources are of the types that a test says."""

    def __init__(self, kinds: Mapping[str, str], answers: Mapping[str, Any]) -> None:
        super().__init__()
        self.kinds, self.answers = kinds, answers
        self.asked: list[Mapping[str, Any]] = []

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        found = super().resources(stack)
        return tuple(replace(each, type=self.kinds[each.logical_id]) for each in found)

    def account(self) -> Any:
        return Account(self.answers, self.asked)


def outcome(
    check: Check, aws: FakeAws | None = None, answers: list[Answer] | None = None, **outputs: str
) -> list[CheckEnded]:
    """How a check ended; the last answer is repeated."""
    left = list(answers or [Answer(200, "ok")])
    assembly = an_assembly(DATA, COMPUTE, checks=(check,))

    def asked(url: str) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    clock, events = FakeClock(), list[Event]()
    found = {"shop-edge": outputs}
    works = checks.works(assembly, aws or FakeAws(), clock, found, asked)
    with suppress(CheckError):
        drain(schedule.run(works, clock), events)
    return [event for event in events if isinstance(event, CheckEnded)]


def test_an_answer_that_is_wanted_passes() -> None:
    (ended,) = outcome(Check("a", http="front"), FrontEndpoint="https://x.example.com/")
    assert (ended.passed, ended.reason) == (True, "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(502), "it answered 502, not 200"),
        (Answer(200, "down"), "the answer does not hold 'ok'"),
        (Answer(problem="connection refused"), "connection refused"),
    ],
)
def test_one_that_is_not_fails_when_its_time_is_up(answer: Answer, reason: str) -> None:
    (ended,) = outcome(Check("a", http="https://x.example.com", contains="ok", within=60), answers=[answer])
    assert (ended.passed, ended.reason) == (False, reason)
    assert 60 <= ended.seconds < 70


def test_what_is_slow_to_come_true_is_waited_for_and_then_watched() -> None:
    answers = [Answer(503), Answer(503), Answer(200)]
    check = Check("a", http="https://x.example.com", within=60, watch=30)
    (ended,) = outcome(check, answers=answers)
    assert ended.passed
    assert ended.seconds >= 30


def test_what_ceases_to_hold_while_it_is_watched_fails() -> None:
    answers = [Answer(200), Answer(200), Answer(503)]
    (ended,) = outcome(Check("a", http="https://x.example.com", within=5, watch=30), answers=answers)
    assert (ended.passed, ended.reason) == (False, "it answered 503, not 200")


def test_a_component_without_a_url_is_told() -> None:
    with pytest.raises(DeployError, match="asks registry, which has no URL"):
        outcome(Check("a", http="registry"), RegistryEndpoint="db.example.com")


def deployed(kinds: Mapping[str, str], **answers: Any) -> Aws:
    aws = Aws(kinds, answers)
    list(execute.run(plan.make(an_assembly(DATA, COMPUTE), aws, FakeClock())))
    return aws


def of_type(stack: Any, logical_id: str, kind: str) -> Any:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Type"] = kind
    return replace(stack, template=template)


def run(aws: FakeAws, check: Check, *stacks: Any) -> tuple[bool, str]:
    assembly, clock, events = an_assembly(*stacks, checks=(check,)), FakeClock(), list[Event]()
    works = checks.works(assembly, aws, clock, {}, lambda url: Answer())
    with suppress(CheckError):
        drain(schedule.run(works, clock), events)
    (ended,) = [event for event in events if isinstance(event, CheckEnded)]
    return ended.passed, ended.reason


def test_tasks_that_do_not_run_fail_a_check() -> None:
    starting = {"deployments": [{}, {}], "runningCount": 1, "desiredCount": 2}
    aws = deployed({"Orders": "AWS::SNS::Topic", "Web": "AWS::ECS::Service"}, DescribeServices=[starting])
    stack = of_type(COMPUTE, "Web", "AWS::ECS::Service")
    physical = FakeAws.resources
    aws.resources = lambda name: tuple(  # type: ignore[method-assign]
        replace(found, type="AWS::ECS::Service", physical_id="arn:aws:ecs:r:1:service/c/web")
        for found in physical(aws, name)
    )
    assert run(aws, Check("a", services=ALL, within=9), DATA, stack) == (
        False,
        "Web: 1 of 2 tasks are running",
    )
    aws.answers = {"DescribeServices": [{"deployments": [{}], "runningCount": 2, "desiredCount": 2}]}
    assert run(aws, Check("a", services=("web",)), DATA, stack) == (True, "")
    assert run(aws, Check("a", services=("other",)), DATA, stack) == (True, "")


def test_ringing_alarms_fail_a_check_and_what_may_not_be_seen_does_too() -> None:
    kinds = {"Orders": "AWS::SNS::Topic", "Web": "AWS::CloudWatch::Alarm"}
    aws = deployed(kinds, DescribeAlarms=[{"AlarmName": "web-errors"}])
    stack = of_type(COMPUTE, "Web", "AWS::CloudWatch::Alarm")
    assert run(aws, Check("a", alarms=ALL, within=5), DATA, stack) == (False, "web-errors rings")
    assert aws.asked[0]["StateValue"] == "ALARM"
    assert aws.asked[0]["AlarmTypes"] == ["MetricAlarm"]
    aws.answers = {"DescribeAlarms": UnseenError("missing permission cloudwatch:DescribeAlarms")}
    found = run(aws, Check("a", alarms=("web",), within=5), DATA, stack)
    assert found == (False, "missing permission cloudwatch:DescribeAlarms")


def unseen(trouble: Trouble) -> UnseenError:
    found = UnseenError("cloudwatch:DescribeAlarms: cannot reach it")
    found.trouble = trouble
    return found


def test_a_network_that_is_gone_for_a_while_fails_no_check_and_takes_nothing_back() -> None:
    kinds = {"Orders": "AWS::SNS::Topic", "Web": "AWS::CloudWatch::Alarm"}
    aws = deployed(kinds, DescribeAlarms=[])
    stack, gone = of_type(COMPUTE, "Web", "AWS::CloudWatch::Alarm"), unseen(Trouble.NETWORK)
    looks = iter([[], *[gone] * 40, [{"AlarmName": "web-errors"}], []])
    aws.answers = Latest(lambda: next(looks, []))
    assert run(aws, Check("a", alarms=ALL, within=60, watch=30), DATA, stack) == (True, "")
    aws.answers = {"DescribeAlarms": gone}
    with pytest.raises(DeployError, match=r"could not be made for 10 minutes: .*cannot reach") as ended:
        run(aws, Check("a", alarms=ALL, within=60), DATA, stack)
    assert not isinstance(ended.value, CheckError)


def test_credentials_that_expired_fail_no_check_and_take_nothing_back() -> None:
    kinds = {"Orders": "AWS::SNS::Topic", "Web": "AWS::CloudWatch::Alarm"}
    aws = deployed(kinds, DescribeAlarms=unseen(Trouble.SIGN_IN))
    stack = of_type(COMPUTE, "Web", "AWS::CloudWatch::Alarm")
    with pytest.raises(DeployError, match="cannot reach it") as ended:
        run(aws, Check("a", alarms=ALL, within=5), DATA, stack)
    assert ended.value.trouble is Trouble.SIGN_IN


# Over HTTP


@contextmanager
def serving(status: int, body: bytes) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body + self.headers["Host"].encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"api.127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_real_answer_is_read_and_names_below_loopback_are_this_machine() -> None:
    with serving(418, b"teapot for ") as host:
        found = ask(f"http://{host}/health?x=1")
    assert (found.status, found.text, found.problem) == (418, f"teapot for {host}", "")
    assert ask(f"http://{host}/").problem == "connection refused"
    assert ask("https://").problem != ""


# What is kept


def with_bucket() -> FakeAws:
    aws = FakeAws()
    list(execute.run(plan.make(an_assembly(LARGE, COMPUTE_ALONE), aws, FakeClock())))
    return aws


COMPUTE_ALONE = a_stack("shop-compute", {"Web": {"Text": "1"}})
PACKAGE = Asset(f"{sha256(b'zip')}.zip", b"zip", "web")


def test_what_passed_is_kept_and_read_back_whole() -> None:
    aws, assembly = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE, assets=(PACKAGE,))
    place = kept.bucket(aws)
    assert place
    aws.put_object(place, PACKAGE.key, PACKAGE.content)
    kept.keep(aws, assembly, NOON)
    kept.keep(aws, assembly, NOON + timedelta(hours=1))
    (found,) = kept.listed(aws, assembly)
    assert found.time == NOON
    assert kept.load(aws, found).files() == manifest.read(assembly.files()).files()
    aws.delete_object(place, PACKAGE.key)
    with pytest.raises(DeployError, match=r"cannot be read: package .* is not in the bucket any more"):
        kept.load(aws, found)


def test_only_the_latest_are_kept() -> None:
    aws = with_bucket()
    for number in range(kept.MOST + 3):
        stack = a_stack("shop-compute", {"Web": {"Text": str(number)}})
        kept.keep(aws, an_assembly(stack), NOON + timedelta(minutes=number))
    found = kept.listed(aws, an_assembly())
    assert len(found) == kept.MOST
    assert found[0].time == NOON + timedelta(minutes=kept.MOST + 2)


def test_what_others_put_beside_it_is_not_taken_for_an_assembly() -> None:
    aws, assembly = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE)
    place = kept.bucket(aws)
    assert place
    kept.keep(aws, assembly, NOON)
    for name in (
        "",
        "notes.txt",
        "20261199T000000Z-0123456789ab.json",
        "zzz/20261123T120000Z-0123456789ab.json",
    ):
        aws.put_object(place, f"assemblies/shop/dev/{name}", b"x")
    assert [found.time for found in kept.listed(aws, assembly)] == [NOON]


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b'{"files": {"manifest.json": "{}"}}', b"\xff"])
def test_an_assembly_that_was_damaged_is_told(content: bytes) -> None:
    aws, assembly = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE)
    place = kept.bucket(aws)
    assert place
    kept.keep(aws, assembly, NOON)
    (found,) = kept.listed(aws, assembly)
    aws.put_object(place, found.key, content)
    with pytest.raises(DeployError, match="cannot be read"):
        kept.load(aws, found)


def test_an_assembly_of_another_environment_is_not_gone_back_to() -> None:
    aws, assembly = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE)
    place = kept.bucket(aws)
    assert place
    kept.keep(aws, assembly, NOON)
    (found,) = kept.listed(aws, assembly)
    other = found.key.replace("/dev/", "/staging/")
    aws.put_object(place, other, aws.stored[place, found.key])
    with pytest.raises(DeployError, match="cannot be read: it is of environment 'dev' of platform 'shop'"):
        kept.load(aws, kept.Kept(other))


def test_without_a_bucket_nothing_is_kept() -> None:
    aws = FakeAws()
    kept.keep(aws, an_assembly(COMPUTE_ALONE), NOON)
    assert kept.listed(aws, an_assembly(COMPUTE_ALONE)) == ()


def edited(stack: Any, logical_id: str, text: str) -> Any:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"]["Text"] = text
    return replace(stack, template=template)


def test_going_back_leaves_data_alone() -> None:
    now = an_assembly(edited(DATA, "Orders", "2"), edited(COMPUTE, "Web", "2"))
    mixed = going_back.without_data(now, an_assembly(DATA, COMPUTE))
    texts = [next(iter(s.template["Resources"].values()))["Properties"]["Text"] for s in mixed.stacks]
    assert texts == ["2", "1"]


def test_going_back_is_refused_when_a_value_is_gone() -> None:
    gone = a_stack("shop-data", {"Orders": {"Text": "2"}}, stateful=("Orders",))
    now = an_assembly(gone, a_stack("shop-compute", {"Web": {"Text": "2"}}))
    with pytest.raises(DeployError, match=r"it lacks shop-data.OrdersId"):
        going_back.without_data(now, an_assembly(DATA, COMPUTE))


# What becomes of it afterwards


def verified(aws: FakeAws, assembly: Any) -> None:
    own = Holder("a", "ann", "deploy", NOON, Process("", 1, ""))
    act = SimpleNamespace(
        clock=FakeClock(), lease=Lease(aws, FakeClock(), "lock", own), noted=lambda events: events
    )
    options = argparse.Namespace(format="json", no_rollback=False, quiet=True, verbose=False)
    with plan.make(assembly, aws, FakeClock()) as prepared:
        list(execute.run(prepared))
        verifying.verify(prepared, act, options)  # type: ignore[arg-type]


def test_what_a_killed_run_deployed_and_did_not_keep_is_kept_by_the_next() -> None:
    aws, assembly = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE)
    assert kept.listed(aws, assembly) == ()
    verified(aws, assembly)
    assert len(kept.listed(aws, assembly)) == 1
    aws.calls.clear()
    verified(aws, assembly)
    assert aws.acts("put_object") == []


def test_what_passed_and_cannot_be_kept_is_told_as_that() -> None:
    aws = with_bucket()
    aws.denied["put_object"] = DeployError("missing permission s3:PutObject")
    with pytest.raises(DeployError, match=r"is deployed and passed, but could not be kept .*s3:PutObject"):
        verified(aws, an_assembly(LARGE, COMPUTE_ALONE))


def test_why_going_back_was_wanted_is_told_when_it_cannot_be() -> None:
    """The port is closed, so the check fails at once."""
    aws, before = with_bucket(), an_assembly(LARGE, COMPUTE_ALONE, assets=(PACKAGE,))
    kept.keep(aws, before, NOON)  # without its package
    closed = Check("says", http="https://127.0.0.1:1", within=0)
    with pytest.raises(DeployError, match=r"check says failed: .*; going back failed: .*package .* not in"):
        verified(aws, an_assembly(LARGE, COMPUTE_ALONE, checks=(closed,)))


# The commands, on the embedded emulator

SPEC = """
functions:
  hello:
    runtime: python3.13
    inline: "def handler(event, context): return {{'statusCode': 200, 'body': '{word}'}}"
  more: {{runtime: python3.13, handler: app.handler, code: code}}
apis: {{front: {{routes: {{"GET /": {{to: hello, auth: none}}}}}}}}
"""
HEAD_WITH_CHECK = HEAD.replace(
    "dev: {profile: dev}",
    "dev: {profile: dev, checks: {says-one: {http: front, contains: one, within: 2s}}}",
)
LOCAL = ("--env", "dev", "--local", "--yes", "--approve", "all")


def test_a_failed_check_takes_the_stacks_without_data_back_and_rollback_goes_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): return 1\n")

    def formwork(*arguments: str, word: str = "one") -> tuple[int, str]:
        (tmp_path / "spec.yaml").write_text(HEAD_WITH_CHECK + SPEC.format(word=word))
        code = main([arguments[0], "spec.yaml", "--env", "dev", "--local", *arguments[1:]])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    code, said = formwork("deploy", "--yes")
    assert (code, "check says-one: passed" in said) == (0, True), said
    code, said = formwork("deploy", "--yes", word="two")
    assert code == 3, said
    assert "check says-one failed: the answer does not hold 'one'; what holds no data is again" in said
    code, said = formwork("plan", "--exit-code")
    assert code == 0, said
    code, said = formwork("deploy", "--yes", "--no-rollback", word="one and more")
    assert code == 0, said
    assert len(formwork("rollback", "--list")[1].splitlines()) == 2
    code, said = formwork("rollback", "--yes")
    assert code == 0, said
    assert formwork("plan", "--exit-code")[0] == 0
    assert "names none of those kept" in formwork("rollback", "--to", "2020")[1]
