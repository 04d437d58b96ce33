"""What CloudFormation can do today: express mode, hooks, and warnings of early validation, at plan time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from compiler.assembly import Migrator, Stack
from compiler.deploy import execute, plan, plan_file, readiness, resume, reviewed
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.errors import DeployError, RefusedError, Trouble
from compiler.deploy.events import Event, Settled, Settling
from compiler.deploy.records import ChangeSet, ChangeSetRequest, Hook, LiveResource, Validation
from compiler.deploy.wishes import Wishes
from tests.aws_answers import Answers
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly

SHOP = a_stack("shop-compute", {"Ingest": {"Text": "one"}, "Orders": {"Name": "a"}}, stateful=("Orders",))


class Account:
    """Answers by what is asked; an exception is raised."""

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        self.answers = answers

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        left = self.answers[read.operation]
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        return (found,)


class Express(FakeAws):
    """Notes what change sets are asked for; its resources are as a test says."""

    def __init__(self, answers: Mapping[str, list[Any]] | None = None) -> None:
        super().__init__()
        self.requests: list[ChangeSetRequest] = []
        self.kinds: dict[str, str] = {}
        self.answers = answers or {}

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        self.requests.append(request)
        return super().create_change_set(request)

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        return tuple(replace(r, type=self.kinds.get(r.logical_id, r.type)) for r in super().resources(stack))

    def account(self) -> Any:
        return Account(self.answers)


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


def deploy(aws: FakeAws, stack: Stack, **facts: Any) -> list[Event]:
    with plan.make(an_assembly(stack, **facts), aws, FakeClock(), wishes=Wishes(express=True)) as prepared:
        return list(execute.run(prepared))


def deployed() -> Express:
    aws = Express()
    list(execute.run(plan.make(an_assembly(SHOP), aws, FakeClock())))
    aws.requests.clear()
    return aws


def notes(aws: FakeAws, stack: Stack, **facts: Any) -> tuple[str, ...]:
    with plan.make(an_assembly(stack, **facts), aws, FakeClock(), wishes=Wishes(express=True)) as prepared:
        return prepared.plan.stacks[0].notes


def test_what_only_configures_is_deployed_in_express_mode() -> None:
    aws = deployed()
    deploy(aws, changed(SHOP, "Ingest", Text="two"))
    assert [request.express for request in aws.requests] == [True]
    assert notes(aws, changed(SHOP, "Ingest", Text="three"))[0].startswith("express mode: it ends when")


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (changed(SHOP, "Ingest", TopicName="b"), "Ingest may be replaced"),
        (changed(SHOP, "Orders", Text="two"), "Orders holds data"),
    ],
)
def test_what_replaces_or_holds_data_is_not(later: Stack, why: str) -> None:
    aws = deployed()
    assert notes(aws, later) == (f"standard mode all the same: {why}",)
    assert [request.express for request in aws.requests] == [False]


def test_a_stack_whose_migrations_follow_is_not() -> None:
    migrator = Migrator("registry", "shop-compute", "MigratorName", (), {})
    with plan.make(
        an_assembly(changed(SHOP, "Ingest", Text="two"), migrators=(migrator,)),
        deployed(),
        FakeClock(),
        wishes=Wishes(express=True),
    ) as prepared:
        assert "standard mode all the same: migrations follow" in prepared.plan.stacks[0].notes


def test_a_change_set_that_replaces_after_all_is_made_again_in_standard_mode() -> None:
    """The templates do not say it, for the fake replaces by a property that no schema knows."""
    aws = deployed()
    with plan.make(
        an_assembly(changed(SHOP, "Ingest", Name="b")), aws, FakeClock(), wishes=Wishes(express=True)
    ) as prepared:
        assert [request.express for request in aws.requests] == [True, False]
        assert prepared.plan.stacks[0].notes == ("standard mode all the same: its change set replaces",)
        assert len(aws.change_sets("shop-compute")) == 1
        list(execute.run(prepared))
    assert aws.change_sets("shop-compute") == ()


def test_production_is_never_deployed_in_express_mode() -> None:
    with pytest.raises(RefusedError, match="is production, which is never deployed in express mode"):
        deploy(FakeAws(), SHOP, profile="production")


def test_a_plan_that_is_kept_remembers_its_mode() -> None:
    aws, now = deployed(), datetime(2026, 11, 23, tzinfo=UTC)
    later = an_assembly(changed(SHOP, "Ingest", Text="two"))
    prepared = plan.make(later, aws, FakeClock(), mark="abcd1234", wishes=Wishes(express=True))
    content = plan_file.write(reviewed.of(prepared, "abcd1234", now, now + timedelta(hours=1)))
    prepared.keep()
    again = resume.resume(plan_file.read(content, "plan.json"), aws, now, FakeClock())
    assert [step.draft.express for step in again.steps] == [True]
    list(execute.run(again))
    assert [request.express for request in aws.requests] == [True]


def test_after_express_mode_a_service_is_waited_for_until_its_tasks_run() -> None:
    arn = "arn:aws:ecs:us-east-1:111122223333:service/shop/ingest"
    starting = {"deployments": [{}, {}], "runningCount": 1, "desiredCount": 2}
    running = {"deployments": [{}], "runningCount": 2, "desiredCount": 2}
    aws = Express({"DescribeServices": [starting, starting, running]})
    aws.kinds = {"Ingest": "AWS::ECS::Service"}
    resources = aws.resources
    aws.resources = lambda stack: tuple(  # type: ignore[method-assign]
        replace(found, physical_id=arn) for found in resources(stack)
    )
    events = deploy(aws, changed(replace(SHOP, stateful=()), "Ingest", Text="two"))
    waited = [event for event in events if isinstance(event, (Settling, Settled))]
    assert waited[0] == Settling("shop-compute", {"Ingest": "1 of 2 tasks are running"})
    assert isinstance(waited[1], Settled)
    assert len(waited) == 2


def test_what_does_not_become_ready_ends_the_deployment_with_what_it_is_doing() -> None:
    aws = Express({"DescribeDBClusters": [{"Status": "creating"}]})
    aws.kinds = {"Ingest": "AWS::RDS::DBCluster"}
    with pytest.raises(DeployError, match=r"after 30 minutes not ready: Ingest \(creating\)"):
        deploy(aws, replace(SHOP, stateful=()))


def test_what_may_not_be_looked_at_is_told_and_not_waited_for() -> None:
    aws = Express({"DescribeDBClusters": [UnseenError("missing permission rds:DescribeDBClusters")]})
    aws.kinds = {"Ingest": "AWS::RDS::DBCluster"}
    (settled,) = (e for e in deploy(aws, replace(SHOP, stateful=())) if isinstance(e, Settled))
    told = "whether Ingest is ready is not known: missing permission rds:DescribeDBClusters"
    assert settled.unseen == (told,)


def lost(trouble: Trouble) -> UnseenError:
    found = UnseenError("rds:DescribeDBClusters: cannot reach it")
    found.trouble = trouble
    return found


def test_what_does_not_answer_for_a_while_is_not_taken_for_ready() -> None:
    away = lost(Trouble.NETWORK)
    aws = Express({"DescribeDBClusters": [away, away, {"Status": "creating"}, {"Status": "available"}]})
    aws.kinds = {"Ingest": "AWS::RDS::DBCluster"}
    events = deploy(aws, replace(SHOP, stateful=()))
    waited = [event.waiting for event in events if isinstance(event, Settling)]
    assert waited[0] == {"Ingest": "no answer"}
    (settled,) = (event for event in events if isinstance(event, Settled))
    assert settled.unseen == ()


def test_what_never_answers_is_told_after_ten_minutes() -> None:
    aws = Express({"DescribeDBClusters": [lost(Trouble.NETWORK)]})
    aws.kinds = {"Ingest": "AWS::RDS::DBCluster"}
    (settled,) = (e for e in deploy(aws, replace(SHOP, stateful=())) if isinstance(e, Settled))
    assert 600 <= settled.seconds < 700
    assert len(settled.unseen) == 1


def test_credentials_that_expire_while_it_is_waited_for_are_told() -> None:
    aws = Express({"DescribeDBClusters": [{"Status": "creating"}, lost(Trouble.SIGN_IN)]})
    aws.kinds = {"Ingest": "AWS::RDS::DBCluster"}
    with pytest.raises(DeployError, match="cannot reach it; under way, and goes on in AWS by itself"):
        deploy(aws, replace(SHOP, stateful=()))


READY: dict[str, tuple[str, Mapping[str, Any], str, Callable[[str], Any]]] = {
    "AWS::DynamoDB::Table": ("dynamodb", {"TableStatus": "ACTIVE"}, "t", lambda x: {"Table": x}),
    "AWS::EC2::NatGateway": ("ec2", {"State": "available"}, "nat-1", lambda x: {"NatGateways": [x]}),
    "AWS::ECS::Service": (
        "ecs",
        {"deployments": [], "runningCount": 0, "desiredCount": 0},
        "arn:aws:ecs:us-east-1:1:service/c/s",
        lambda x: {"services": [x]},
    ),
    "AWS::EFS::MountTarget": (
        "efs",
        {
            "LifeCycleState": "available",
            "MountTargetId": "fsmt-0123456789",
            "FileSystemId": "fs-01234567",
            "SubnetId": "subnet-01234567",
        },
        "fsmt-0123456789",
        lambda x: {"MountTargets": [x]},
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache",
        {"Status": "available"},
        "g",
        lambda x: {"ReplicationGroups": [x]},
    ),
    "AWS::ElastiCache::ServerlessCache": (
        "elasticache",
        {"Status": "available"},
        "c",
        lambda x: {"ServerlessCaches": [x]},
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "elbv2",
        {"State": {"Code": "active"}},
        "arn",
        lambda x: {"LoadBalancers": [x]},
    ),
    "AWS::Kinesis::Stream": (
        "kinesis",
        {
            "StreamName": "s",
            "StreamARN": "arn:aws:kinesis:us-east-1:111122223333:stream/s",
            "StreamStatus": "ACTIVE",
            "RetentionPeriodHours": 24,
            "StreamCreationTimestamp": datetime(2026, 11, 23, tzinfo=UTC),
            "EnhancedMonitoring": [],
            "OpenShardCount": 1,
        },
        "s",
        lambda x: {"StreamDescriptionSummary": x},
    ),
    "AWS::Lambda::Function": (
        "lambda",
        {"State": "Active", "LastUpdateStatus": "Successful"},
        "f",
        lambda x: x,
    ),
    "AWS::RDS::DBCluster": ("rds", {"Status": "available"}, "c", lambda x: {"DBClusters": [x]}),
    "AWS::RDS::DBInstance": ("rds", {"DBInstanceStatus": "available"}, "i", lambda x: {"DBInstances": [x]}),
}


@pytest.mark.parametrize("kind", sorted(readiness.PROBES))
def test_every_probe_asks_as_the_service_wants_to_be_asked(kind: str) -> None:
    """Hand-made answers, in shapes that botocore checks."""
    service, ready, physical_id, wrapped = READY[kind]
    probe = readiness.PROBES[kind]
    aws = Answers().say(f"{service}.{probe.read.operation}", wrapped(ready))
    account = BotoAccount(aws.client, aws.region)
    resource = LiveResource("Thing", physical_id, kind, "CREATE_COMPLETE")
    assert readiness.state(account, resource) == ""
    busy = Answers().say(f"{service}.{probe.read.operation}", wrapped(ready | _not_yet(ready)))
    assert readiness.state(BotoAccount(busy.client, busy.region), resource) != ""


def _not_yet(ready: Mapping[str, Any]) -> dict[str, Any]:
    if "runningCount" in ready:
        return {"desiredCount": 3}
    if "State" in ready and isinstance(ready["State"], dict):
        return {"State": {"Code": "provisioning"}}
    words = ("TableStatus", "State", "LifeCycleState", "Status", "StreamStatus", "DBInstanceStatus")
    return {word: "CREATING" for word in words if word in ready}


def test_warnings_and_hooks_are_told_beside_the_changes() -> None:
    class Telling(FakeAws):
        def change_set(self, arn: str) -> ChangeSet | None:
            found = super().change_set(arn)
            if found is None:
                return None
            pages = [{**page, "Changes": [*page["Changes"]]} for page in found.pages]
            pages[0]["Changes"] = [{**c, "HookInvocationCount": 1} for c in pages[0]["Changes"]]
            return replace(found, pages=tuple(pages))

        def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
            return (Validation("Ingest", "QUOTA", "WARN", "/Resources/Ingest", "Close to the quota."),)

    aws = Telling()
    aws.hooked = (
        Hook("Acme::Sns::Tagged", "WARN", "Ingest", "AWS::SNS::Topic", "Add"),
        Hook("Acme::Sns::Encrypted", "FAIL", "Orders", "AWS::SNS::Topic", "Add"),
        Hook("Acme::Sns::Encrypted", "FAIL", "Ingest", "AWS::SNS::Topic", "Add"),
    )
    with plan.make(an_assembly(SHOP), aws, FakeClock()) as prepared:
        assert prepared.plan.stacks[0].notes == (
            "CloudFormation warns: shop.yaml:3:5 Ingest: Close to the quota (/Resources/Ingest)",
            "hook Acme::Sns::Encrypted, which can stop the deployment, will look at Ingest, Orders",
            "hook Acme::Sns::Tagged, which only warns, will look at Ingest",
        )
