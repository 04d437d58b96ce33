"""What is found out about things that fail. All answers are hand-made, in shapes that botocore checks."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from compiler.deploy import cause, execute, plan, redacting
from compiler.deploy.account import UnseenError
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.convert import event as converted
from compiler.deploy.errors import DeployError
from compiler.deploy.events import Evidence, Failure, Noticed, ResourceEvent, StackFailed
from compiler.deploy.evidence import ecs, looks, witness
from compiler.deploy.follow import Operation, until_rest
from compiler.deploy.records import LiveResource, LiveStack, OperationEvent, StackEvent
from compiler.views import deploy as views
from compiler.views.events import event_text
from compiler.views.failure import failure_text
from compiler.views.progress import Plain
from compiler.views.style import Style
from tests.aws_answers import DENIED, Answers, refusal
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly
from tests.test_deploy_cause import NOON, ORIGIN

ARN = "arn:aws:ecs:eu-west-1:111122223333:service/shop/api"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0123abcd"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api-blue/73e2d6bc24d8a067"
HOOK = "0f9d1c2b-1111-2222-3333-444455556666"
EXITED = {"name": "api", "exitCode": 1}


def around(answers: Answers) -> BotoAccount:
    return BotoAccount(answers.client, answers.region)


def an_event(second: int, name: str, status: str, kind: str, physical: str = "", **facts: Any) -> StackEvent:
    given = {"reason": "", "stack_id": "id-shop", "token": "t"}
    return StackEvent(
        id=f"e{second}",
        logical_id=name,
        physical_id=physical,
        type=kind,
        status=status,
        time=NOON + timedelta(seconds=second),
        **(given | facts),
    )


def a_service(*messages: tuple[int, str], groups: Sequence[str] = ()) -> dict[str, Any]:
    """DescribeServices: the latest event first, as ECS has it."""
    events = [
        {"id": str(n), "createdAt": NOON + timedelta(seconds=n), "message": text} for n, text in messages
    ]
    balancers = [{"targetGroupArn": arn, "containerName": "api", "containerPort": 80} for arn in groups]
    return {"services": [{"serviceName": "api", "events": events[::-1], "loadBalancers": balancers}]}


def a_task(reason: str, *containers: Mapping[str, Any], code: str = "TaskFailedToStart") -> dict[str, Any]:
    return {
        "taskArn": TASK,
        "taskDefinitionArn": "shop-api:1",
        "stoppedReason": reason,
        "stopCode": code,
        "stoppedAt": NOON + timedelta(seconds=30),
        "containers": list(containers),
    }


def ecs_answers(*tasks: Mapping[str, Any], service: Mapping[str, Any] | None = None) -> Answers:
    """An account in which the service's tasks stopped like this."""
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "shop-api", "awslogs-stream-prefix": "ecs"}}
    definition = {"containerDefinitions": [{"name": "api", "logConfiguration": log}]}
    return (
        Answers()
        .say("ecs.DescribeServices", service or a_service())
        .say("ecs.ListTasks", {"taskArns": [TASK for _ in tasks]})
        .say("ecs.DescribeTasks", {"tasks": list(tasks)})
        .say("ecs.DescribeTaskDefinition", {"taskDefinition": definition})
        .say("logs.GetLogEvents", {"events": [{"message": "no DATABASE_URL\n", "timestamp": 1}]})
    )


def look(answers: Answers, kind: str, physical: str, since: int = 0, **facts: Any) -> list[Evidence]:
    aws = FakeAws()
    aws.around = lambda: around(answers)
    event = an_event(60, "Api", "CREATE_FAILED", kind, physical, **facts)
    return witness.look(aws, FakeClock(), event, NOON + timedelta(seconds=since), {})


def told(found: Sequence[Evidence]) -> dict[str, tuple[str, ...]]:
    return {f"{each.kind}: {each.about}": each.lines for each in found}


# ECS


def test_an_image_that_cannot_be_pulled_shows_in_the_reasons_of_the_tasks() -> None:
    task = a_task("CannotPullContainerError: manifest unknown")
    found = look(ecs_answers(task, task), ecs.SERVICE, ARN)
    assert told(found) == {
        "tasks: stopped tasks of service api": (
            "2 x TaskFailedToStart: CannotPullContainerError: manifest unknown",
        )
    }


def test_a_container_that_ended_shows_its_exit_code_and_its_last_lines() -> None:
    ends = ({"name": "proxy", "exitCode": 137, "reason": "killed"}, EXITED)
    task = a_task("Essential container in task exited", *ends, code="EssentialContainerExited")
    answers = ecs_answers(task)
    found = told(look(answers, ecs.SERVICE, ARN))
    assert found["log: log of container api (shop-api)"] == ("no DATABASE_URL",)
    assert found["tasks: stopped tasks of service api"] == (
        "EssentialContainerExited: Essential container in task exited; "
        "container proxy exited with 137 (killed); container api exited with 1",
    )
    (asked,) = [given for name, given in answers.asked if name == "logs.GetLogEvents"]
    assert (asked["logStreamName"], asked["limit"]) == ("ecs/api/0123abcd", 20)


def test_tasks_that_gave_way_to_newer_ones_and_older_events_are_no_evidence() -> None:
    gone = a_task("Scaling activity initiated by (deployment ecs-svc/1)", EXITED)
    early = {**a_task("Essential container in task exited", EXITED), "stoppedAt": NOON}
    service = a_service((1, "(service api) has reached a steady state."), (20, "(service api) stopped."))
    found = told(look(ecs_answers(gone, early, service=service), ecs.SERVICE, ARN, since=10))
    assert found == {"events: events of service api": ("12:00:20 (service api) stopped.",)}


def test_events_read_oldest_first_and_targets_say_why_they_are_not_healthy() -> None:
    health = {"State": "unhealthy", "Reason": "Target.ResponseCodeMismatch", "Description": "codes: [502]"}
    answers = ecs_answers(service=a_service((11, "one"), (12, "two"), groups=[GROUP])).say(
        "elbv2.DescribeTargetHealth",
        {
            "TargetHealthDescriptions": [
                {"Target": {"Id": "10.0.1.7", "Port": 80}, "TargetHealth": health},
                {"Target": {"Id": "10.0.1.8", "Port": 80}, "TargetHealth": {"State": "healthy"}},
            ]
        },
    )
    assert told(look(answers, ecs.SERVICE, ARN)) == {
        "events: events of service api": ("12:00:11 one", "12:00:12 two"),
        "targets: targets of api-blue": ("10.0.1.7:80 unhealthy: Target.ResponseCodeMismatch codes: [502]",),
    }


def test_a_service_that_is_gone_gives_no_evidence_and_no_error() -> None:
    answers = (
        Answers()
        .say("ecs.DescribeServices", refusal("ClusterNotFoundException", "Cluster not found."))
        .say("ecs.ListTasks", refusal("ClusterNotFoundException", "Cluster not found."))
    )
    assert look(answers, ecs.SERVICE, ARN) == []
    assert look(answers, ecs.SERVICE, "api") == []


def test_tasks_of_a_service_that_is_gone_are_found_by_their_family() -> None:
    gone = {
        "serviceName": "api",
        "status": "INACTIVE",
        "taskDefinition": "arn:aws:ecs:a:1:task-definition/f:7",
    }
    answers = ecs_answers(a_task("no room"), service={"services": [gone]})
    assert told(look(answers, ecs.SERVICE, ARN)) == {
        "tasks: stopped tasks of service api": ("TaskFailedToStart: no room",)
    }
    (asked,) = [given for name, given in answers.asked if name == "ecs.ListTasks"]
    assert asked == {"cluster": "shop", "desiredStatus": "STOPPED", "family": "f"}


def test_a_target_group_of_its_own_tells_the_same() -> None:
    sick = {"Target": {"Id": "i-1", "Port": 80}, "TargetHealth": {"State": "initial"}}
    answers = Answers().say("elbv2.DescribeTargetHealth", {"TargetHealthDescriptions": [sick]})
    found = told(look(answers, "AWS::ElasticLoadBalancingV2::TargetGroup", GROUP))
    assert found == {"targets: targets of api-blue": ("i-1:80 initial",)}


def test_a_resource_whose_events_bear_no_id_is_looked_up_in_the_stack() -> None:
    aws, answers = Custom(None), function(State="Failed")
    aws.around = lambda: around(answers)
    event = an_event(1, "Maker", "UPDATE_FAILED", "AWS::Lambda::Function")
    found = witness.look(aws, FakeClock(), event, None, {})
    assert answers.asked[0][1] == {"FunctionName": "shop-maker"}
    assert found[0].lines == ("Failed: no reason is given",)
    assert witness.look(FakeAws(), FakeClock(), event, None, {}) == []


# What may not be seen


def test_what_may_not_be_looked_at_is_told_with_the_permission() -> None:
    answers = ecs_answers().say("ecs.DescribeServices", DENIED).say("ecs.ListTasks", DENIED)
    assert told(look(answers, ecs.SERVICE, ARN)) == {
        "unseen: not seen": (
            "missing permission ecs:DescribeServices",
            "missing permission ecs:ListTasks",
        )
    }


class Broken:
    """An account that answers something else than AWS would."""

    def __init__(self, answer: Callable[[], tuple[Any, ...]]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def ask(self, read: Any, **options: Any) -> tuple[Any, ...]:
        self.asked.append(read.service)
        return self.answer()


def nonsense() -> tuple[Any, ...]:
    return (7,)


def silence() -> tuple[Any, ...]:
    raise UnseenError("ecs:DescribeServices: cannot reach https://ecs")


def test_an_answer_that_cannot_be_read_fails_nothing() -> None:
    aws = FakeAws()
    aws.around = lambda: Broken(nonsense)
    found = witness.look(aws, FakeClock(), an_event(1, "Api", "CREATE_FAILED", ecs.SERVICE, ARN), None, {})
    assert [each.kind for each in found] == ["unseen"]
    assert "could not be read" in found[0].lines[0]


def test_a_service_that_gives_no_answer_is_asked_once_per_operation() -> None:
    aws, silent = FakeAws(), dict[str, str]()
    account = Broken(silence)
    aws.around = lambda: account
    event = an_event(1, "Api", "CREATE_FAILED", ecs.SERVICE, ARN)
    for _ in range(2):
        found = witness.look(aws, FakeClock(), event, None, silent)
        assert found[0].lines == ("ecs:DescribeServices: cannot reach https://ecs",)
    assert account.asked == ["ecs"]


def test_looks_are_bounded_in_number_and_in_time() -> None:
    clock = FakeClock()
    account = Broken(lambda: ("x",))
    left = looks.Looks(lambda: account, clock)
    for _ in range(looks.LOOKS + 5):
        left.find(ecs.SERVICES)
    assert len(account.asked) == looks.LOOKS
    late = looks.Looks(lambda: account, clock)
    clock.sleep(looks.SECONDS + 1)
    assert late.find(ecs.SERVICES) == ()
    assert late.unseen == ["no time was left to look at all of it"]


# Functions, databases, hooks


def function(**facts: Any) -> Answers:
    return (
        Answers()
        .say("lambda.GetFunctionConfiguration", {"FunctionName": "shop-fn", **facts})
        .say("logs.DescribeLogStreams", {"logStreams": [{"logStreamName": "2026/11/23/[$LATEST]9f"}]})
        .say("logs.GetLogEvents", {"events": [{"message": f"line {n}"} for n in range(25)]})
    )


def test_a_function_shows_its_state_and_its_last_lines() -> None:
    answers = function(
        State="Failed", StateReason="no access to the image", LoggingConfig={"LogGroup": "shop-logs"}
    )
    found = told(look(answers, "AWS::Lambda::Function", "shop-fn"))
    assert found["state: function shop-fn"] == ("Failed: no access to the image",)
    lines = found["log: log of function shop-fn (shop-logs)"]
    assert (len(lines), lines[-1]) == (20, "line 24")


def test_an_update_of_a_function_that_failed_is_told() -> None:
    answers = function(State="Active", LastUpdateStatus="Failed", LastUpdateStatusReason="bad layer")
    found = told(look(answers, "AWS::Lambda::Function", "shop-fn"))
    assert found["state: function shop-fn"] == ("the last update failed: bad layer",)
    assert "log: log of function shop-fn (/aws/lambda/shop-fn)" in found


class Custom(FakeAws):
    """A stack with a custom resource."""

    def __init__(self, token: Any) -> None:
        super().__init__()
        self.token = token

    def template(self, stack: str) -> str:
        return json.dumps({"Resources": {"Thing": {"Properties": {"ServiceToken": self.token}}}})

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        return (LiveResource("Maker", "shop-maker", "AWS::Lambda::Function", "CREATE_COMPLETE"),)

    def stack(self, stack: str) -> LiveStack | None:
        return LiveStack(stack, "shop", "ROLLBACK_COMPLETE", parameters={"MakerArn": "arn:aws:lambda:maker"})


@pytest.mark.parametrize(
    ("token", "asked"),
    [
        ({"Fn::GetAtt": ["Maker", "Arn"]}, "shop-maker"),
        ({"Ref": "MakerArn"}, "arn:aws:lambda:maker"),
        ("arn:aws:lambda:other", "arn:aws:lambda:other"),
        ({"Fn::Sub": "x"}, None),
        (None, None),
    ],
)
def test_a_custom_resource_shows_the_log_of_the_function_that_serves_it(
    token: Any, asked: str | None
) -> None:
    aws, answers = Custom(token), function()
    aws.around = lambda: around(answers)
    reason = "See the details in CloudWatch Log Stream: 2026/11/23/[$LATEST]0a1b (RequestId: 1)"
    event = an_event(1, "Thing", "CREATE_FAILED", "Custom::Thing", reason=reason)
    found = witness.look(aws, FakeClock(), event, None, {})
    if asked is None:
        assert found == []
        return
    assert answers.asked[0][1] == {"FunctionName": asked}
    assert answers.asked[1][1]["logStreamName"] == "2026/11/23/[$LATEST]0a1b"
    assert [each.kind for each in found] == ["log"]


@pytest.mark.parametrize(
    ("kind", "operation", "source"),
    [
        ("AWS::RDS::DBCluster", "rds.DescribeEvents", "db-cluster"),
        ("AWS::RDS::DBInstance", "rds.DescribeEvents", "db-instance"),
        ("AWS::ElastiCache::ReplicationGroup", "elasticache.DescribeEvents", "replication-group"),
    ],
)
def test_databases_and_caches_show_their_latest_events(kind: str, operation: str, source: str) -> None:
    events = [
        {"Message": text, "Date": NOON + timedelta(seconds=n)} for n, text in ((9, "later"), (5, "first"))
    ]
    answers = Answers().say(operation, {"Events": events})
    found = told(look(answers, kind, "shop-db"))
    assert found == {f"events: events of {source} shop-db": ("12:00:05 first", "12:00:09 later")}
    assert answers.asked[0][1] == {"SourceIdentifier": "shop-db", "SourceType": source, "StartTime": NOON}


def test_a_hook_shows_what_it_found_and_how_to_mend_it() -> None:
    note = {
        "AnnotationName": "S3_ENCRYPTED",
        "Status": "FAILED",
        "StatusMessage": "No key is set.",
        "RemediationMessage": "Set a key.",
        "SeverityLevel": "HIGH",
    }
    answer = {"TypeName": "Acme::Guard::Hook", "FailureMode": "FAIL", "Annotations": [note]}
    answers = Answers().say("cloudformation.GetHookResult", answer)
    found = look(answers, "AWS::S3::Bucket", "", hook=HOOK)
    assert told(found) == {
        "hook: Acme::Guard::Hook (FAIL)": ("S3_ENCRYPTED (high): No key is set; Set a key",)
    }
    answers.say("cloudformation.GetHookResult", {"TypeName": "Acme::Lambda", "HookStatusReason": "untagged"})
    assert told(look(answers, "AWS::S3::Bucket", "", hook=HOOK)) == {
        "hook: Acme::Lambda (FAIL)": ("untagged",)
    }


def test_a_stack_event_of_a_hook_keeps_the_id_of_its_invocation() -> None:
    """Hand-made, with the keys of DescribeStackEvents."""
    answer = {"EventId": "1", "StackId": "s", "Timestamp": NOON, "HookInvocationId": HOOK}
    assert converted(answer).hook == HOOK


# When it is looked at


def follow(*events: StackEvent | None, operation: Operation) -> Iterator[ResourceEvent | None]:
    for event in events:
        if event is None:
            yield None
            continue
        operation.history.append(event)
        yield ResourceEvent(
            "shop", event.logical_id, event.type, event.status, event.reason, event.time, None
        )


def run(answers: Answers, clock: FakeClock, *events: StackEvent | None, wait: float = 0) -> Operation:
    aws, operation = FakeAws(), Operation("shop", "id-shop", "t", None, {"Api": ORIGIN})
    aws.around = lambda: around(answers)

    def following() -> Iterator[Any]:
        for event in follow(*events, operation=operation):
            if event is None:
                clock.sleep(wait)
            yield event

    list(witness.watched(following(), aws, clock, operation))  # type: ignore[arg-type]
    return operation


BEGUN = an_event(11, "Api", "CREATE_IN_PROGRESS", ecs.SERVICE)
NAMED = an_event(12, "Api", "CREATE_IN_PROGRESS", ecs.SERVICE, ARN, reason="Resource creation Initiated")
FAILED = an_event(
    60, "Api", "CREATE_FAILED", ecs.SERVICE, reason="ECS Deployment Circuit Breaker was triggered"
)
PULL = a_task("CannotPullContainerError: manifest unknown")


def test_a_failure_is_looked_at_when_it_shows_not_when_the_rollback_has_ended() -> None:
    answers = ecs_answers(PULL)
    seen: list[int] = []
    aws, operation = FakeAws(), Operation("shop", "id-shop", "t", None)
    aws.around = lambda: around(answers)
    events = (BEGUN, NAMED, FAILED, an_event(61, "Api", "DELETE_IN_PROGRESS", ecs.SERVICE, ARN))
    following = follow(*events, operation=operation)
    for _ in witness.watched(following, aws, FakeClock(), operation):  # type: ignore[arg-type]
        seen.append(len(operation.evidence))
    assert seen == [0, 0, 1, 1]


def test_a_service_that_does_not_settle_is_looked_at_less_and_less_often() -> None:
    answers = ecs_answers(PULL)
    operation = run(answers, FakeClock(), BEGUN, NAMED, *[None] * 120, wait=60)
    looked = [name for name, _ in answers.asked if name == "ecs.DescribeServices"]
    assert len(looked) == 5  # after 2, 6, 14, 30 and 62 minutes, of two hours
    assert [each.kind for each in operation.evidence] == ["tasks"]


def test_a_service_that_settles_and_one_that_is_rolled_back_are_left_alone() -> None:
    done = an_event(13, "Api", "CREATE_COMPLETE", ecs.SERVICE, ARN)
    other = an_event(14, "Queue", "CREATE_FAILED", "AWS::SQS::Queue", reason="no")
    for end in (done, other):
        answers = ecs_answers(PULL)
        assert run(answers, FakeClock(), NAMED, end, *[None] * 9, wait=600).evidence == []
        assert answers.asked == []


def test_a_service_that_is_rolled_back_is_not_looked_at_for_being_slow() -> None:
    other = an_event(14, "Queue", "UPDATE_FAILED", "AWS::SQS::Queue", reason="no")
    back = an_event(15, "Api", "UPDATE_IN_PROGRESS", ecs.SERVICE, ARN)
    answers = ecs_answers(PULL)
    run(answers, FakeClock(), NAMED, other, back, *[None] * 9, wait=600)
    assert answers.asked == []


def test_what_is_noticed_on_the_way_is_told_once() -> None:
    aws, clock, answers = FakeAws(), FakeClock(), ecs_answers(PULL)
    operation = Operation("shop", "id-shop", "t", None, {"Api": ORIGIN})
    aws.around = lambda: around(answers)

    def following() -> Iterator[Any]:
        for event in follow(NAMED, *[None] * 30, operation=operation):
            clock.sleep(60)
            yield event

    events = list(witness.watched(following(), aws, clock, operation))  # type: ignore[arg-type]
    (noticed,) = [event for event in events if isinstance(event, Noticed)]
    assert event_text(noticed, Style(colour=False)) == (
        "shop: Api of orders does not settle\n"
        "  seen:  stopped tasks of service api\n"
        "    | TaskFailedToStart: CannotPullContainerError: manifest unknown"
    )
    assert json.loads(views.event_json(noticed))["event"] == "noticed"


def test_what_failed_only_because_something_else_did_is_not_looked_at() -> None:
    answers = ecs_answers(PULL)
    cancelled = replace(FAILED, reason="Resource creation cancelled")
    assert run(answers, FakeClock(), NAMED, cancelled).evidence == []
    assert answers.asked == []


def test_later_words_of_the_same_source_replace_the_earlier() -> None:
    known = [Evidence("Api", "tasks", "a", ("old",)), Evidence("Api", "log", "a", ("log",))]
    witness.add(known, [Evidence("Api", "tasks", "a", ("new",)), Evidence("Api", "events", "a", ("e",))])
    assert [each.lines for each in known] == [("new",), ("log",), ("e",)]


# What comes of it


LIVE = LiveStack("id-shop", "shop", "ROLLBACK_COMPLETE")


def test_a_vague_failure_is_explained_by_what_was_seen() -> None:
    operation = run(ecs_answers(PULL), FakeClock(), BEGUN, NAMED, FAILED)
    aws = FakeAws()
    failure = cause.of(aws, operation, LIVE)
    assert failure.origin == ORIGIN
    assert failure.advice.startswith("the registry has no such image: push it")
    text = failure_text(failure, Style(colour=False))
    assert text.splitlines()[3:] == [
        "  cause: ECS Deployment Circuit Breaker was triggered",
        "  seen:  stopped tasks of service api",
        "    | TaskFailedToStart: CannotPullContainerError: manifest unknown",
        f"  do:    {failure.advice}",
    ]
    data = json.loads(views.event_json(StackFailed("shop", failure, 1)))["failure"]["evidence"]
    assert data[0]["kind"] == "tasks"
    assert data[0]["lines"] == ["TaskFailedToStart: CannotPullContainerError: manifest unknown"]


def test_afterwards_what_is_still_there_is_looked_at() -> None:
    aws = FakeAws()
    aws.around = lambda: around(ecs_answers(PULL))
    failure = cause.of(aws, Operation("shop", "id-shop", "", None, {}, [BEGUN, NAMED, FAILED]), LIVE)
    assert [each.kind for each in failure.evidence] == ["tasks"]


class Told(FakeAws):
    """An account that has DescribeEvents; hand-made events, in our own records."""

    def __init__(self, *events: OperationEvent, denied: bool = False) -> None:
        super().__init__()
        self.told = events
        self.no = denied
        self.questions: list[tuple[str, str, bool]] = []

    def operation_events(
        self, stack: str, operation: str = "", *, failed: bool = False
    ) -> Iterator[OperationEvent]:
        self.questions.append((stack, operation, failed))
        if self.no:
            raise DeployError("access denied: this identity may not cloudformation:DescribeEvents")
        return (event for event in self.told if operation in ("", event.operation))


def a_told(second: int, kind: str, about: str, reason: str, **facts: Any) -> OperationEvent:
    given: dict[str, Any] = {
        "operation": "op-1",
        "operation_type": "UPDATE_STACK",
        "physical_id": "",
        "type": "AWS::S3::Bucket",
        "status": "",
        "token": "t",
    }
    return OperationEvent(
        id=f"o{second}",
        kind=kind,
        logical_id=about,
        reason=reason,
        time=NOON + timedelta(seconds=second),
        **(given | facts),
    )


STARTED = an_event(10, "shop", "UPDATE_IN_PROGRESS", cause.NESTED, "id-shop")
NO = an_event(
    20, "Data", "UPDATE_FAILED", "AWS::S3::Bucket", reason="The following hook(s) failed: [A::B::C]"
)
RAN = replace(LIVE, operations=("ROLLBACK op-2", "UPDATE_STACK op-1"))


def of(aws: FakeAws, *events: StackEvent, token: str = "t") -> Failure:
    origins = {"Data": ORIGIN}
    return cause.of(aws, Operation("shop", "id-shop", token, None, origins, [STARTED, *events]), RAN)


def test_a_hook_says_more_than_the_event_of_the_resource() -> None:
    hook = {"name": "Acme::Guard::Hook", "mode": "FAIL"}
    aws = Told(a_told(21, "HOOK_INVOCATION_ERROR", "Data", "not encrypted", **hook))
    found = of(aws, NO)
    assert found.reason == "hook Acme::Guard::Hook (FAIL) said no: not encrypted"
    assert found.origin == ORIGIN
    assert "as the hook says" in found.advice
    assert aws.questions == [("id-shop", "op-2", True), ("id-shop", "op-1", True)]


def test_a_validation_error_names_the_path_and_finds_the_spec_line_by_it() -> None:
    path = "/Resources/Data/Properties/BucketName"
    facts = {"name": "NAME_CONFLICT_VALIDATION", "mode": "FAIL", "path": path}
    aws = Told(a_told(11, "VALIDATION_ERROR", "", "is taken", **facts))
    found = of(aws)
    assert found.reason == f"NAME_CONFLICT_VALIDATION (FAIL): is taken (at {path})"
    assert (found.logical_id, found.origin) == ("Data", ORIGIN)


def test_a_provisioning_error_of_the_same_resource_is_preferred() -> None:
    aws = Told(a_told(21, "PROVISIONING_ERROR", "Data", "the bucket is in another region"))
    assert of(aws, NO).reason == "the bucket is in another region"


def test_a_warning_is_no_cause_but_is_told() -> None:
    warned = a_told(11, "HOOK_INVOCATION_ERROR", "Log", "no tags", name="Acme::Tags", mode="WARN")
    found = of(Told(warned), replace(NO, reason="Access Denied"))
    assert (found.logical_id, found.reason) == ("Data", "Access Denied")
    assert [(each.kind, each.lines) for each in found.evidence] == [
        ("others", ("Log (AWS::S3::Bucket): hook Acme::Tags (WARN) said no: no tags",))
    ]


def test_what_belongs_to_another_operation_does_not_count() -> None:
    old = a_told(5, "VALIDATION_ERROR", "Old", "long ago")
    other = a_told(12, "PROVISIONING_ERROR", "Other", "not ours", token="somebody-else")
    assert of(Told(old, other), NO).logical_id == "Data"


def test_without_describe_events_the_history_has_to_do() -> None:
    aws = Told(denied=True)
    found = of(aws, NO)
    assert found.reason == NO.reason
    assert len(aws.questions) == 1


def test_where_the_history_is_gone_describe_events_tells_of_the_resources_too() -> None:
    told = a_told(20, "STACK_EVENT", "Data", "no room", status="UPDATE_FAILED")
    assert of(Told(told)).reason == "no room"


class Nested(Told):
    """A stack whose resource Data is a stack of its own."""

    def events(self, stack: str) -> Iterator[StackEvent]:
        started = an_event(15, "inner", "CREATE_IN_PROGRESS", cause.NESTED, "id-inner", stack_id="id-inner")
        return iter([started] if stack == "id-inner" else [])

    def operation_events(
        self, stack: str, operation: str = "", *, failed: bool = False
    ) -> Iterator[OperationEvent]:
        self.questions.append((stack, operation, failed))
        return iter(self.told if stack == "id-inner" else ())


def test_describe_events_is_asked_of_nested_stacks_too() -> None:
    hook = a_told(18, "HOOK_INVOCATION_ERROR", "Deep", "no key", name="Acme::Keys", mode="FAIL", token="x")
    outer = an_event(20, "Data", "CREATE_FAILED", cause.NESTED, "id-inner", reason="Embedded stack failed")
    found = of(Nested(hook), outer)
    assert (found.logical_id, found.reason) == ("Deep", "hook Acme::Keys (FAIL) said no: no key")
    assert found.origin == ORIGIN


def test_what_else_failed_is_named() -> None:
    more = an_event(22, "Queue", "UPDATE_FAILED", "AWS::SQS::Queue", reason="Rate exceeded")
    late = an_event(23, "Topic", "UPDATE_FAILED", "AWS::SNS::Topic", reason="Resource update cancelled")
    (others,) = of(Told(), NO, more, late).evidence
    assert (others.kind, others.lines) == ("others", ("Queue (AWS::SQS::Queue): Rate exceeded",))


# What may be shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key AKIAIOSFODNN7EXAMPLE used", "key <access key> used"),
        ("DB_PASSWORD=hunter2 ok", "DB_PASSWORD=<...> ok"),
        ('{"password": "hun ter2", "user": "me"}', '{"password": <...>, "user": "me"}'),
        ("connecting to postgres://app:hunter2@db:5432/x", "connecting to postgres://app:<...>@db:5432/x"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: <...> <...>"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = <...>"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc end", "jwt <token> end"),
        ("-----BEGIN RSA PRIVATE KEY----- MIIE", "<private key>"),
        ("red \x1b[31malert\x1b[0m\r\nnext", "red [31malert [0m next"),
        ("x ##[error]fake", "x # #[error]fake"),
        ("##vso[task.setvariable variable=a]b", "# #vso[task.setvariable variable=a]b"),
        (
            r'{"body":"{\"password\":\"hunter2\",\"user\":\"me\"}"}',
            r'{"body":"{\"password\":<...>,\"user\":\"me\"}"}',
        ),
        ("Server=db;Uid=app;Pwd=hunter2;", "Server=db;Uid=app;Pwd=<...>;"),
        ("DB_PASS=hunter2, passed=3", "DB_PASS=<...>, passed=3"),
        ("postgres://app:hun@ter/2@db:5432/x", "postgres://app:<...>@db:5432/x"),
        ("keys wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.", "keys <secret key>."),
        (
            "commit 0b6bd0a1c1f4d6d0d6c3f43d3f9fd0b5a6f1e0aa",
            "commit 0b6bd0a1c1f4d6d0d6c3f43d3f9fd0b5a6f1e0aa",
        ),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "<token>"),
        ("psql --password hunter2 -h db", "psql --password <...> -h db"),
        ("password => 'hunter2'", "password => <...>"),
        ("Cookie: session=abcdef", "Cookie: <...>"),
        ("the token expired", "the token expired"),
        ("password:hunter2", "password:<...>"),
        ('"token" : "a b c", x', '"token" : <...>, x'),
        ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB", "<...>"),
        ("needs secretsmanager:GetSecretValue", "needs secretsmanager:GetSecretValue"),
        ("arn:aws:secretsmanager:a:1:secret:db", "arn:aws:secretsmanager:a:1:secret:db"),
        (f"{'word ' * 399}wJalrXUtnFEMIK7MDENGbPxRfiCY", f"{('word ' * 200)[:397]}..."),
        (f"password={'x' * 3000}", "<...>"),
        ("a" * 500, "<...>"),
        ("word " * 200, f"{('word ' * 200)[:397]}..."),
    ],
)
def test_lines_of_others_are_shown_without_what_looks_like_a_credential(text: str, shown: str) -> None:
    assert redacting.told(text) == shown


def test_a_line_of_any_length_is_read_in_no_time() -> None:
    for letters in ("a" * 250_000, "password" * 30_000, "://a:" * 50_000, "-secret" * 30_000):
        began = time.perf_counter()
        redacting.told(letters)
        assert time.perf_counter() - began < 1


def test_a_line_of_a_log_is_no_command_to_the_machine_that_prints_it() -> None:
    seen = Evidence("Api", "log", "log of api", ("::error::fake",))
    stream = io.StringIO()
    failure = Failure("shop", "ROLLBACK_COMPLETE", "Api", ecs.SERVICE, "no", None, "mend it", (seen,))
    Plain(stream, Style(colour=False)).show(StackFailed("shop", failure, 1))
    assert "    | ::error::fake\n" in stream.getvalue()
    assert not any(line.strip().startswith("::") for line in stream.getvalue().splitlines())


def test_why_something_failed_is_told_without_credentials_and_without_commands() -> None:
    """Hand-made: what a custom resource's function may answer with."""
    said = "cannot open postgres://app:hunter2@db/x\n::add-mask::x\x1b]0;title\x07 ##vso[task.complete]"
    aws = FakeAws()
    list(execute.run(plan.make(an_assembly(a_stack("shop", {"Orders": {}})), aws, FakeClock())))
    (live,) = aws.stacks()
    failed = an_event(1, "Orders", "CREATE_FAILED", "Custom::Db", reason=said, stack_id=live.id)
    operation = Operation("shop", live.id, "", aws._get("shop").events[-1].id)
    aws._get("shop").events.append(failed)
    (shown,) = [event for event in until_rest(aws, operation) if isinstance(event, ResourceEvent)]
    told = "cannot open postgres://app:<...>@db/x ::add-mask::x ]0;title # #vso[task.complete]"
    assert shown.reason == told
    assert cause.of(aws, operation, live).reason == told
