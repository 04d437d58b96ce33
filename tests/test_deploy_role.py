"""`formwork deploy-role`: what the two roles may do, whom they trust, and that the template deploys."""

from __future__ import annotations

import ast
import fnmatch
import importlib
import inspect
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
import yaml

from compiler import deploy, pipeline
from compiler.assembly import Assembly, Stack, dumps
from compiler.cli import main
from compiler.commands.code import sources
from compiler.deploy import audit, aws, destroy, execute, lease, plan
from compiler.deploy.account import Read
from compiler.deploy.calls import Calls
from compiler.deploy.evidence import hooks, witness
from compiler.document import read
from compiler.emulator.server import find_python, running
from compiler.exits import FINE, INVALID, USAGE, InvalidError, UserError
from compiler.lint import lint
from compiler.permissions import authorization, calls, execution, handlers, looking, naming, packing
from compiler.permissions.execution import Allowed
from compiler.permissions.ground import Ground, ground
from compiler.permissions.template import Wishes, template
from compiler.permissions.trust import trust
from compiler.review.schemas import provider_schema
from tests.fakes import an_assembly
from tests.specs import CODE, document

SPECS = sorted(str(path) for path in Path("specs").glob("*.yaml"))
EVERY = [(spec, name) for spec in SPECS for name in (*pipeline.environments(read(spec)), None)]
GITHUB = (trust("github:acme/shop"),)
# Named by handlers, known to no policy, and without another name there.
UNHEARD = {
    "apigateway:TagResource",
    "apigateway:UntagResource",
    "apigateway:unTagResource",
    "iam:DescribeOrganization",
    "lambda:AssociateRuntimeAlias",
    "payments:GetConnectedAccount",
    "s3:REST.PUT.OBJECT",
}
AT_GITHUB = ("token.actions.githubusercontent.com", "sts.amazonaws.com")
AT_GITLAB = ("gitlab.com", "https://gitlab.com")
Body = dict[str, Any]


@cache
def of(spec: str, environment: str | None) -> Ground:
    read_spec, packages = read(spec), sources(spec)
    names = (environment,) if environment else pipeline.environments(read_spec)
    return ground([pipeline.compile_with_draft(read_spec, name, packages) for name in names], environment)


def small(body: str, environment: str = "production") -> Ground:
    return ground(
        [pipeline.compile_with_draft(document(body), environment, lambda folder: CODE)], environment
    )


def made(found: Ground, **wishes: Any) -> Body:
    return template(found, Wishes(**({"trusts": GITHUB} | wishes)))


def bodies(found: Body, resource_type: str) -> dict[str, Body]:
    return {
        name: body["Properties"]
        for name, body in found["Resources"].items()
        if body["Type"] == f"AWS::IAM::{resource_type}"
    }


def granted(found: Ground) -> set[str]:
    return {action for each in execution.statements(found) for action in each.actions}


# What CloudFormation may do


@pytest.mark.parametrize(("spec", "environment"), EVERY)
def test_every_type_of_the_shipped_specs_has_handlers_and_none_of_their_actions_is_lost(
    spec: str, environment: str | None
) -> None:
    found = of(spec, environment)
    allowed = {action.lower() for action in granted(found)}
    for name in found.types:
        schema = provider_schema(name)
        assert schema is not None, name
        assert schema["handlers"], name
        listed = {a for handler in schema["handlers"].values() for a in handler.get("permissions", ())}
        for action in listed - UNHEARD:
            known_as = handlers.CALLED.get(action, (action,))
            unused = action.partition(":")[0] in handlers.UNUSED.get(name, ())
            assert unused or all(each.lower() in allowed for each in known_as), (name, action)


def test_nothing_that_a_kind_shows_to_make_lacks_permissions() -> None:
    for example in sorted(Path("compiler/kinds").glob("*/examples/*.yaml")):
        read_spec, packages = read(str(example)), sources(str(example))
        for name in pipeline.environments(read_spec):
            found = ground([pipeline.compile_with_draft(read_spec, name, packages)], name)
            assert execution.statements(found), example


@pytest.mark.parametrize(("spec", "environment"), EVERY)
def test_every_action_is_one_that_iam_knows(spec: str, environment: str | None) -> None:
    found = of(spec, environment)
    listed = granted(found) | {a for each in calls.statements(found, "arn") for a in each.actions}
    assert [action for action in sorted(listed) if not authorization.known(action)] == []


@pytest.mark.parametrize(("spec", "environment"), EVERY)
def test_everything_is_open_only_where_iam_offers_nothing_narrower(
    spec: str, environment: str | None
) -> None:
    for each in execution.statements(of(spec, environment)):
        if "*" in each.resources:
            assert each.resources == ("*",)
            assert [action for action in each.actions if authorization.forms(action)] == []


@pytest.mark.parametrize(("spec", "environment"), EVERY)
def test_policies_stay_within_what_iam_takes(spec: str, environment: str | None) -> None:
    policies = bodies(made(of(spec, environment)), "ManagedPolicy")
    assert len(policies) <= 10
    for name, policy in policies.items():
        text = json.dumps(policy["PolicyDocument"], separators=(",", ":"))
        text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", text)
        text = text.replace("${AWS::Partition}", "aws-us-gov").replace("${AWS::AccountId}", "0" * 12)
        assert len(text) <= 6144, name
        sids = [statement["Sid"] for statement in policy["PolicyDocument"]["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    role = bodies(made(of(spec, environment)), "Role")["DeployRole"]
    assert len(json.dumps(role["Policies"][0]["PolicyDocument"], separators=(",", ":"))) <= 10_240


# Where a name is written: the property, and the service and resource type of its ARN.
WRITTEN = {
    "AWS::Backup::BackupVault": ("BackupVaultName", "backup", "backupvault"),
    "AWS::CloudWatch::Alarm": ("AlarmName", "cloudwatch", "alarm"),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName", "cloudwatch", "alarm"),
    "AWS::CloudWatch::Dashboard": ("DashboardName", "cloudwatch", "dashboard"),
    "AWS::ECS::Cluster": ("ClusterName", "ecs", "cluster"),
    "AWS::ECS::TaskDefinition": ("Family", "ecs", "task-definition"),
    "AWS::ElastiCache::User": ("UserId", "elasticache", "user"),
    "AWS::ElastiCache::UserGroup": ("UserGroupId", "elasticache", "usergroup"),
    "AWS::Events::EventBus": ("Name", "events", "event-bus"),
    "AWS::KMS::Alias": ("AliasName", "kms", "alias"),
    "AWS::Logs::LogGroup": ("LogGroupName", "logs", "log-group"),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier", "rds", "cluster"),
    "AWS::RDS::GlobalCluster": ("GlobalClusterIdentifier", "rds", "global-cluster"),
    "AWS::SQS::Queue": ("QueueName", "sqs", "queue"),
}


@pytest.mark.parametrize("spec", SPECS)
def test_every_name_that_a_template_writes_is_one_that_the_role_covers(spec: str) -> None:
    read_spec, packages = read(spec), sources(spec)
    for environment in pipeline.environments(read_spec):
        assembly, draft = pipeline.compile_with_draft(read_spec, environment, packages)
        found = ground([(assembly, draft)], environment)
        for stack in assembly.stacks:
            for body in stack.template["Resources"].values():
                name, service, kind = WRITTEN.get(body["Type"], ("", "", ""))
                written = body.get("Properties", {}).get(name)
                if isinstance(written, str):
                    assert _covered(written.removeprefix("alias/"), (service, kind), found), written


def _covered(name: str, kind: tuple[str, str], found: Ground) -> bool:
    """Whether an ARN with this name is one of the patterns for its type."""
    named = naming.NAMES[kind]
    arn = f"arn:{'task-definition/' if kind[1] == 'task-definition' else ''}{name}"
    patterns = naming.patterns(f"arn:{naming.ANY}", named, found.prefixes)
    return any(fnmatch.fnmatchcase(arn, pattern) for pattern in patterns)


def test_dropping_a_component_drops_what_its_service_needed() -> None:
    body = "streams: {events: {mode: on_demand}}\nqueues: {work: {}}\n"
    before, after = granted(small(body)), granted(small(body.replace("queues: {work: {}}\n", "")))
    assert {action.partition(":")[0] for action in before - after} == {"sqs"}
    assert "sqs:CreateQueue" in before
    assert "kinesis:CreateStream" in after


def test_roles_are_passed_only_to_services_that_take_one_on() -> None:
    found = small("functions: {one: {runtime: python3.13, handler: app.handler, code: src}}")
    (passed,) = [each for each in execution.statements(found) if each.actions == ("iam:PassRole",)]
    assert passed.resources == ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/shop-production-*",)
    assert passed.condition == {"StringEquals": {"iam:PassedToService": ("lambda.amazonaws.com",)}}


def test_roles_of_services_are_made_for_the_services_of_the_platform_only() -> None:
    found = small("network: {}\ndatabases: {store: {}}\n")
    (linked,) = [
        each for each in execution.statements(found) if "iam:CreateServiceLinkedRole" in each.actions
    ]
    named = linked.condition["StringEquals"]["iam:AWSServiceName"]
    assert "rds.amazonaws.com" in named
    assert not {"ecs.amazonaws.com", "elasticache.amazonaws.com"} & set(named)


@pytest.mark.parametrize("spec", SPECS)
def test_handlers_that_make_roles_of_services_say_which(spec: str) -> None:
    for name in of(spec, None).types:
        schema = provider_schema(name) or {}
        listed = {a for handler in schema["handlers"].values() for a in handler.get("permissions", ())}
        assert handlers.LINKED_ROLE not in listed or name in handlers.LINKED, name


def test_long_names_are_taken_to_be_shortened() -> None:
    arns = execution.roles(of("specs/iot-platform.yaml", "production"))
    assert arns == ("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/iot-platform-production-*",)
    long = small("queues: {work: {}}")
    long = Ground(**(vars(long) | {"prefixes": ("a-platform-of-20-chr-environment-1-",)}))
    assert execution.roles(long) == (
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/a-platform-of-20-chr-env*",
    )


def test_what_exists_already_may_be_used_and_not_deleted() -> None:
    found = small("""
    topics: {news: {existing: {name: old-news}}}
    queues: {inbox: {connections: {news: subscribe}}}
    """)
    old = "arn:${AWS::Partition}:sns:eu-west-1:${AWS::AccountId}:old-news"
    assert old in found.adopted
    services = {"sns"}
    assert old in set(execution.resources("sns:Subscribe", found, services))
    assert old not in set(execution.resources("sns:DeleteTopic", found, services))


def test_a_service_in_a_cluster_that_exists_is_within_what_may_be_deleted() -> None:
    found = small("""
    network: {}
    cluster: {existing: {name: old}}
    services: {web: {image: {repository: web, tag: "1"}}}
    """)
    where = "arn:${AWS::Partition}:ecs:eu-west-1:${AWS::AccountId}:"
    may = set(execution.resources("ecs:DeleteService", found, {"ecs"}))
    assert f"{where}service/old/*" in may
    assert f"{where}cluster/old" not in may


def test_a_type_that_no_schema_tells_of_needs_its_actions_named() -> None:
    body = "resources: {Thing: {Type: 'AWS::Acme::Thing', Properties: {Name: a}}}"
    found = small(body)
    with pytest.raises(
        InvalidError, match="what CloudFormation needs for AWS::Acme::Thing; name the actions"
    ):
        execution.statements(found)
    allowed = execution.statements(found, ("ssm:PutParameter",))
    assert any("ssm:PutParameter" in each.actions for each in allowed)


def test_a_statement_too_long_for_a_policy_is_split() -> None:
    actions = tuple(f"ec2:Describe{number:04d}{'x' * 20}" for number in range(300))
    packed = packing.pack([execution.Allowed(actions, ("*",), sid="Long")])
    assert [action for policy in packed for each in policy for action in each.actions] == list(actions)
    assert [each.sid for policy in packed for each in policy] == ["LongA", "LongB"]
    with pytest.raises(InvalidError, match="make a role for each environment"):
        packing.pack([execution.Allowed(actions, ("*",))] * 10)


def test_the_roles_cannot_change_themselves_whatever_a_platform_is_called() -> None:
    role = bodies(made(of("specs/minimal.yaml", "dev")), "Role")["ExecutionRole"]
    (stay,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    names = [resource["Fn::Sub"].partition("::${AWS::AccountId}:")[2] for resource in stay["Resource"]]
    assert (stay["Effect"], stay["Action"]) == ("Deny", ["iam:*"])
    assert names == ["role/formwork-execution-*", "role/formwork-deploy-*", "policy/formwork-execution-*"]


# What CI may do


def test_every_call_of_the_door_is_allowed_and_nothing_else() -> None:
    """The operations are read from the source of the door: a new call cannot be forgotten here."""
    called = {
        word.value
        for part in aws.Boto.__mro__
        if part.__module__.startswith("compiler.") and part is not Calls
        for node in ast.walk(ast.parse(inspect.getsource(part)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("_call", "_cloudformation", "_found", "_pages", "_unless")
        for word in node.args
        if isinstance(word, ast.Constant) and word.value not in ("cloudformation", "s3", "sts", "lambda")
    }
    tables = (
        calls.OF_STACKS,
        calls.WITH_ROLE,
        calls.OF_ALL,
        calls.OF_BUCKET,
        calls.OF_OBJECTS,
        calls.OF_OLD,
        calls.OF_FUNCTIONS,
    )
    assert called == {name for table in tables for name in table} | set(calls.FREE)


def test_every_look_of_the_deployer_is_allowed() -> None:
    """Wherever one is declared: what the evidence modules look at has a test of its own."""
    modules = (
        importlib.import_module(f"compiler.deploy.{name.name}") for name in iter_modules(deploy.__path__)
    )
    looks = {value for module in modules for value in vars(module).values() if isinstance(value, Read)}
    assert {read.action for read in looks} >= {"tag:GetResources", "iam:GetRole"}
    allowed = {
        action for each in calls.statements(small("queues: {work: {}}"), "arn") for action in each.actions
    }
    assert {read.action for read in looks} <= allowed


def test_records_and_locks_are_written_but_only_old_assemblies_deleted() -> None:
    found = calls.statements(small("queues: {work: {}}"), "arn")
    bucket = "arn:${AWS::Partition}:s3:::formwork-bootstrap-*"
    may = {action: set(each.resources) for each in found for action in each.actions}
    assert may["s3:DeleteObject"] == {f"{bucket}/assemblies/shop/production/*"}
    written = (
        lease.key(replace(an_assembly(), environment="production")),
        audit.prefix("shop", "production") + "20261123T120000.000000Z-a-begun.json",
        "templates/0a.json",
        "0a.zip",
        "assemblies/shop/production/20261123T120000Z-a.json",
    )
    for key in written:
        assert any(fnmatch.fnmatch(f"{bucket}/{key}", pattern) for pattern in may["s3:PutObject"]), key
    for key in ("locks/shop/dev.json", "audit/other/production/a.json"):
        assert not any(fnmatch.fnmatch(f"{bucket}/{key}", pattern) for pattern in may["s3:PutObject"]), key


def test_more_than_a_role_can_hold_is_told_with_the_way_out() -> None:
    found = small("queues: {work: {}}")
    many = tuple(f"shop-environment-number-{number:03d}-" for number in range(150))
    with pytest.raises(InvalidError, match=r"the permissions of CI take [0-9]+ characters, .*--env"):
        packing.inline(calls.statements(replace(found, prefixes=many), "arn"))


def test_stacks_are_made_and_deleted_only_with_the_execution_role() -> None:
    role = bodies(made(small("queues: {work: {}}")), "Role")["DeployRole"]
    by_id = {each["Sid"]: each for each in role["Policies"][0]["PolicyDocument"]["Statement"]}
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/formwork-execution-shop-production"}
    made_with = by_id["OnlyWithTheExecutionRole"]
    assert made_with["Action"] == [
        "cloudformation:ContinueUpdateRollback",
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:RollbackStack",
    ]
    assert made_with["Condition"] == {"StringEquals": {"cloudformation:RoleArn": [arn]}}
    assert by_id["PassTheExecutionRole"] == {
        "Sid": "PassTheExecutionRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": [arn],
        "Condition": {"StringEquals": {"iam:PassedToService": ["cloudformation.amazonaws.com"]}},
    }
    assert "Migrations" not in by_id


def test_functions_are_called_only_where_a_database_has_migrations() -> None:
    found = calls.statements(of("specs/iot-platform.yaml", "dev"), "arn")
    (migrations,) = [each for each in found if each.sid == "Migrations"]
    assert migrations.resources == (
        "arn:${AWS::Partition}:lambda:us-east-1:${AWS::AccountId}:function:iot-platform-dev-*RegistryMigratorFunc*",
    )


# Whom they trust


@pytest.mark.parametrize(
    ("text", "issuer", "subject"),
    [
        ("github:acme/shop", AT_GITHUB, "repo:acme/shop:ref:refs/heads/main"),
        ("github:acme/shop:ref:release/1", AT_GITHUB, "repo:acme/shop:ref:refs/heads/release/1"),
        ("github:acme/shop:ref:refs/tags/v1", AT_GITHUB, "repo:acme/shop:ref:refs/tags/v1"),
        ("github:acme/shop:environment:production", AT_GITHUB, "repo:acme/shop:environment:production"),
        ("gitlab:acme/shop", AT_GITLAB, "project_path:acme/shop:ref_type:branch:ref:main"),
        ("gitlab:a/team/shop:ref:refs/tags/v1", AT_GITLAB, "project_path:a/team/shop:ref_type:tag:ref:v1"),
    ],
)
def test_a_token_must_be_for_aws_and_from_one_place(text: str, issuer: tuple[str, str], subject: str) -> None:
    host, audience = issuer
    assert trust(text).conditions == {f"{host}:aud": audience, f"{host}:sub": subject}


@pytest.mark.parametrize(
    "wrong",
    [
        "github:*",
        "github:acme/*",
        "github:acme",
        "github:acme/shop:*",
        "github:acme/shop:ref:*",
        "github:acme/shop:environment:*",
        "github:acme/shop:environment:",
        "github:acme/shop:pull_request",
        "gitlab:acme/shop:environment:production",
        "gitlab:acme/shop:ref:feature?",
        "bitbucket:acme/shop",
        "",
    ],
)
def test_nobody_is_trusted_by_a_wildcard_or_a_guess(wrong: str) -> None:
    with pytest.raises(UserError, match="--trust"):
        trust(wrong)


def test_the_trust_policies_are_exact() -> None:
    found = made(of("specs/minimal.yaml", "dev"), trusts=(trust("github:a/b"), trust("gitlab:c/d")))
    roles = bodies(found, "Role")
    assert roles["DeployRole"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": {"Ref": provider}},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {"StringEquals": {f"{host}:aud": audience, f"{host}:sub": subject}},
        }
        for provider, (host, audience), subject in (
            ("GitHubProvider", AT_GITHUB, "repo:a/b:ref:refs/heads/main"),
            ("GitLabProvider", AT_GITLAB, "project_path:c/d:ref_type:branch:ref:main"),
        )
    ]
    assert roles["ExecutionRole"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
        }
    ]
    assert [each["Url"] for each in bodies(found, "OIDCProvider").values()] == [
        "https://token.actions.githubusercontent.com",
        "https://gitlab.com",
    ]


def test_an_existing_provider_and_a_boundary_are_used() -> None:
    boundary = "arn:aws:iam::111122223333:policy/bound"
    found = made(of("specs/minimal.yaml", "dev"), existing_provider=True, boundary=boundary)
    roles = bodies(found, "Role")
    assert bodies(found, "OIDCProvider") == {}
    (statement,) = roles["DeployRole"]["AssumeRolePolicyDocument"]["Statement"]
    host = "token.actions.githubusercontent.com"
    arn = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{host}"
    assert statement["Principal"] == {"Federated": {"Fn::Sub": arn}}
    assert {role["PermissionsBoundary"] for role in roles.values()} == {boundary}


@pytest.mark.parametrize(("spec", "environment"), EVERY)
def test_who_searches_for_drift_may_look_at_every_resource_and_into_none(
    spec: str, environment: str | None
) -> None:
    found = of(spec, environment)
    plain, looking = made(found), made(found, drift=True)
    assert {name: looking["Resources"][name] for name in plain["Resources"]} == plain["Resources"]
    policies = [body for name, body in bodies(looking, "ManagedPolicy").items() if name.startswith("Drift")]
    assert policies
    assert all(policy["Roles"] == [{"Ref": "DeployRole"}] for policy in policies)
    statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
    allowed = {action for each in statements for action in each["Action"]}
    assert all(re.match("[a-z0-9-]+:(Describe|GET|Get|List)", action) for action in allowed)
    assert not allowed & handlers.CONTENTS
    assert allowed <= granted(found)
    for name in found.types:
        assert handlers.reads(name) <= allowed


# The template


def stack(found: Body, region: str) -> Assembly:
    roles = Stack("formwork-roles", "roles", found, {}, (), ("CAPABILITY_NAMED_IAM",), {}, ())
    return Assembly("shop", "production", "production", region, None, {}, (roles,), ())


def test_cfn_lint_finds_nothing_and_the_house_rules_what_must_be_so() -> None:
    """The names are fixed, so that policies can name the roles; every stack can only be listed with all.

    F107 takes each `${AWS::Partition}` for a whole ARN; here the true lengths are counted, and tested.
    """
    found = lint([stack(made(of("specs/iot-platform.yaml", "production")), "us-east-1")])
    assert {finding.code for finding in found} <= {"F101", "F107", "F141"}
    assert all(
        "cloudformation:" in f.message or "tag:GetResources" in f.message
        for f in found
        if f.logical_id == "DeployRole" and f.code == "F101"
    )


def test_the_same_spec_gives_the_same_template() -> None:
    texts = set()
    for _ in range(2):
        of.cache_clear()
        texts.add(dumps(made(of("specs/web-shop.yaml", None))))
    assert len(texts) == 1


def test_environments_in_several_accounts_need_a_role_each() -> None:
    head = """\
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev, account: "111122223333"}
  production: {profile: production, account: "444455556666"}
"""
    spec = document("queues: {work: {}}", head)
    built = [pipeline.compile_with_draft(spec, name, lambda folder: CODE) for name in ("dev", "production")]
    with pytest.raises(UserError, match=r"several accounts .* make a role for each with --env"):
        ground(built, None)


def test_the_roles_deploy_and_a_platform_is_deployed_with_them() -> None:
    """Against the emulator, which checks no permission: that the template is whole and the role is taken."""
    spec = "specs/minimal.yaml"
    account = "700000000099"
    with running(find_python()) as emulator:
        door = aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, account))
        roles = stack(made(of(spec, "dev")), "eu-west-1")
        list(execute.run(plan.make(roles, door)))
        outputs = door.stack("formwork-roles").outputs  # type: ignore[union-attr]
        assert outputs["DeployRoleArn"] == f"arn:aws:iam::{account}:role/formwork-deploy-hello-dev"
        role = outputs["ExecutionRoleArn"]
        acting = aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, account, role))
        assembly = pipeline.compile_spec(read(spec), "dev", sources(spec))
        list(execute.run(plan.make(assembly, acting)))
        assert {each.status for each in acting.stacks()} == {"CREATE_COMPLETE"}
        list(destroy.run(destroy.plan(assembly, acting)))


# The command


def test_the_template_is_printed_as_yaml_and_written_as_its_name_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["deploy-role", "specs/minimal.yaml", "--env", "dev", "--trust", "github:acme/shop"]
    assert main(asked) == FINE
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed == json.loads(dumps(made(of("specs/minimal.yaml", "dev"))))
    for name, reader in (("roles.json", json.loads), ("roles.yaml", yaml.safe_load)):
        assert main([*asked, "--out", str(tmp_path / name)]) == FINE
        assert reader((tmp_path / name).read_text()) == printed
    assert "--capabilities CAPABILITY_NAMED_IAM" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        (["--trust", "github:*"], USAGE, "wildcards trust others too"),
        (["--trust", "github:a/b", "--allow", "s3:*"], USAGE, "--allow 's3:*' is no action"),
        (["--trust", "github:a/b", "--permissions-boundary", "x"], USAGE, "is not the ARN of a policy"),
        (["--trust", "github:a/b", "--env", "nowhere"], INVALID, "nowhere"),
        ([], USAGE, "--trust"),
    ],
)
def test_a_wrong_argument_says_what_is_right(
    more: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy-role", "specs/minimal.yaml", *more]) == code
    assert message in capsys.readouterr().err


# What explaining a failure looks at


def looks_of(found: Ground) -> dict[str, Allowed]:
    return {each.sid: each for each in looking.statements(found)}


def test_what_evidence_looks_at_is_allowed_where_the_platform_has_such_things() -> None:
    found = of("specs/iot-platform.yaml", "production")
    wanted = {read.action for module in (*witness.MODULES, hooks) for read in module.READS}
    given = {action for each in looking.statements(found) for action in each.actions}
    assert given == wanted
    assert given <= {action for each in calls.statements(found, "arn") for action in each.actions}


def test_a_platform_without_services_may_not_look_at_tasks_or_logs() -> None:
    found = looks_of(small("queues: {work: {}}"))
    assert [each.actions for each in found.values()] == [("cloudformation:GetHookResult",)]


def test_looks_are_narrowed_to_the_names_of_the_platform() -> None:
    found = looks_of(small("functions: {work: {code: src, handler: a.b, runtime: python3.13}}"))
    account = "eu-west-1:${AWS::AccountId}"
    assert f"arn:${{AWS::Partition}}:lambda:{account}:function:shop-production-*" in (
        found["WhyItFailed"].resources
    )
    assert not [arn for arn in found["WhyItFailed"].resources if "shop-production-" not in arn]


def test_tasks_of_a_cluster_that_exists_may_be_looked_at() -> None:
    body = "cluster: {existing: {name: shared}}\nnetwork: {}\n"
    body += "services: {api: {image: {repository: a, tag: b}}}\n"
    found = looks_of(small(body))["WhyItFailed"].resources
    assert [arn for arn in found if ":ecs:" in arn and arn.endswith(":*/shared/*")]
