"""`formwork explain connection` and `explain role`: what is given, to whom, and why."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from compiler import pipeline
from compiler.access.built import Built
from compiler.access.connection import Use, uses
from compiler.access.roles import roles
from compiler.cli import main
from compiler.commands.code import sources
from compiler.document import read
from compiler.exits import FINE, USAGE, UserError
from compiler.views import access
from compiler.views.style import Style
from tests.specs import CODE, document

FUNCTION = "{runtime: python3.13, handler: app.handler, code: src"
SPECS = sorted(Path("specs").glob("*.yaml"))


def built(body: str, environment: str = "production") -> Built:
    return Built(*pipeline.compile_with_draft(document(body), environment, lambda folder: CODE))


def one(body: str, consumer: str, target: str) -> Use:
    (use,) = uses(consumer, target, built(body))
    return use


def told(body: str, consumer: str, target: str) -> str:
    found = built(body)
    return access.connection(uses(consumer, target, found), found, Style(False))


STREAM = f"""
streams: {{events: {{mode: on_demand}}}}
functions:
  one: {FUNCTION}, connections: {{events: produce}}}}
  two: {FUNCTION}, connections: {{events: consume}}}}
"""
IN_VPC = f"""
network: {{}}
streams: {{events: {{mode: on_demand}}}}
databases: {{store: {{}}}}
functions:
  one: {FUNCTION}, connections: {{events: produce, store: read}}}}
"""


def test_a_producer_outside_the_vpc_is_told_whole() -> None:
    assert (
        told(STREAM, "one", "events")
        == """\
one -> events: produce
  written at spec.yaml:9:77 (functions.one.connections.events)
  put records into the stream
  may do
    in OneRole (stack shop-production-compute)
      Allow kinesis:DescribeStreamSummary, kinesis:ListShards, kinesis:PutRecord, kinesis:PutRecords
        on events.arn
  keys
    what events holds is encrypted; its key serves through kinesis only
    in OneRole (stack shop-production-compute)
      Allow kms:GenerateDataKey
        on encryption.data_key_arn
        when kms:ViaService StringEquals kinesis.eu-west-1.amazonaws.com
  network
    no network needed
      because: calls the AWS API from outside the VPC
  environment
    EVENTS_STREAM_ARN = events.arn
    EVENTS_STREAM_NAME = events.name
"""
    )


def test_a_consumer_that_is_started_shows_its_trigger() -> None:
    use = one(STREAM, "two", "events")
    assert [(found.logical_id, found.type) for found, _ in use.triggers] == [
        ("TwoFromEvents", "AWS::Lambda::EventSourceMapping")
    ]


def test_inside_the_vpc_a_database_is_reached_by_its_own_pair_of_rules_and_aws_through_nat() -> None:
    found = built(IN_VPC)
    (database,) = uses("one", "store", found)
    (stream,) = uses("one", "events", found)
    assert [(way.text, way.resources) for way in database.ways] == [
        (
            "from one.security_group_id to store.security_group_id, TCP port 5432",
            ("OneToStore5432Egress", "OneToStore5432Ingress"),
        )
    ]
    (way,) = stream.ways
    assert way.text == "TCP port 443 to kinesis-streams, through the NAT gateway"
    assert way.resources[0] == "OneHttpsEgress"


def test_without_egress_a_service_is_reached_through_its_endpoint() -> None:
    body = IN_VPC.replace("network: {}", "network: {egress: none}")
    (way,) = one(body, "one", "events").ways
    assert way.text == "TCP port 443 to kinesis-streams, through the interface endpoint of the VPC"
    assert way.resources == ("OneHttpsEgress", "NetworkKinesisStreamsEndpoint")


def test_a_network_that_exists_leads_where_its_own_routes_lead() -> None:
    network = """
    network:
      existing:
        vpc: vpc-0a1b2c3d4e5f60718
        cidr: 10.1.0.0/16
        private_subnets: [subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712]
        isolated_subnets: [subnet-0a1b2c3d4e5f60713, subnet-0a1b2c3d4e5f60714]
    """
    body = IN_VPC.replace("network: {}\n", "\n".join(line[4:] for line in network.splitlines()))
    (way,) = one(body, "one", "events").ways
    assert way.text == "TCP port 443 to kinesis-streams, as the routes of the existing network lead"


def test_a_rule_that_two_connections_share_belongs_to_both() -> None:
    body = f"""
    network: {{}}
    services:
      web: {{image: {{repository: web, tag: "1"}}, http: {{port: 80, path: /w}}}}
      app: {{image: {{repository: app, tag: "1"}}, http: {{port: 80, path: /a}}}}
    load_balancer: {{scheme: internal}}
    apis: {{front: {{routes: {{"GET /w": web, "GET /a": app}}}}}}
    functions: {{unused: {FUNCTION}}}}}
    """
    found = built(body)
    rules = {
        way.resources for name in ("web", "app") for use in uses("front", name, found) for way in use.ways
    }
    assert rules == {("FrontToLoadBalancer80Egress", "FrontToLoadBalancer80Ingress")}


def test_a_route_of_an_api_is_a_connection_too() -> None:
    body = f"""
    functions: {{answer: {FUNCTION}}}}}
    apis: {{front: {{routes: {{"GET /a": answer, "GET /b": answer}}}}}}
    """
    (use,) = uses("front", "answer", built(body))  # for both routes
    assert use.connection.derived
    permissions = [each.statement["Condition"]["ArnLike"]["aws:SourceArn"] for each in use.policies]
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${FrontApi}/*/GET"
    assert permissions == [{"Fn::Sub": f"{arn}/{path}"} for path in ("a", "b")]
    assert [found.type.rpartition(":")[2] for found, _ in use.triggers] == ["Route", "Route", "Integration"]
    assert use.ways[0].text == "no network needed"
    assert not use.statements


def test_a_queue_lets_in_the_topic_that_it_subscribes_to_and_no_other() -> None:
    body = """
    topics: {news: {}, other: {}}
    queues: {inbox: {connections: {news: subscribe, other: subscribe}}}
    """
    use = one(body, "inbox", "news")
    said = [each.statement["Condition"]["ArnEquals"] for each in use.policies]
    assert said == [{"aws:SourceArn": {"Ref": "NewsTopic"}}] * 2  # the queue's, and its dead letters'
    assert [found.logical_id for found, _ in use.triggers] == ["InboxFromNews"]
    assert not use.variables  # a queue runs no code


def test_what_a_bucket_tells_everybody_is_shown_to_who_uses_it() -> None:
    body = f"""
    buckets: {{files: {{}}}}
    functions: {{one: {FUNCTION}, connections: {{files: read}}}}}}
    """
    (policy,) = one(body, "one", "files").policies
    assert (policy.found.logical_id, policy.statement["Effect"]) == ("FilesBucketPolicy", "Deny")


def test_a_target_that_exists_already_is_explained_too() -> None:
    body = f"""
    streams: {{events: {{existing: {{name: events-of-old}}}}}}
    functions: {{one: {FUNCTION}, connections: {{events: produce}}}}}}
    """
    text = told(body, "one", "events")
    assert "on arn:aws:kinesis:eu-west-1:<account>:stream/events-of-old" in text
    assert "EVENTS_STREAM_NAME = 'events-of-old'" in text


def test_secrets_that_are_injected_are_given_to_the_role_that_starts_the_task() -> None:
    body = """
    network: {}
    secrets: {key: {}}
    services: {web: {image: {repository: web, tag: "1"}, connections: {key: read}}}
    """
    use = one(body, "web", "key")
    assert {each.found.logical_id for each in use.statements} == {"WebExecutionRole"}
    assert [(v.name, v.value, v.secret) for v in use.variables] == [("KEY", "key.arn", True)]


def test_every_statement_of_every_role_of_the_shipped_specs_has_a_reason() -> None:
    for spec in SPECS:
        read_spec = read(str(spec))
        for environment in pipeline.environments(read_spec):
            found = Built(*pipeline.compile_with_draft(read_spec, environment, sources(str(spec))))
            for name in sorted(
                {each.component for each in found.resources() if each.type == "AWS::IAM::Role"}
            ):
                for role in roles(name, found):
                    assert all(each.why for each in role.statements), role.found.logical_id


def test_every_statement_that_a_connection_gives_is_found_in_a_role() -> None:
    spec = "specs/iot-platform.yaml"
    found = Built(*pipeline.compile_with_draft(read(spec), "production", sources(spec)))
    for component in found.platform.components.values():
        for target in {each.target for each in component.connections}:
            for use in uses(component.name, target, found):
                given = len(use.grant.statements) if found.runs_code(component.name) else 0
                assert len(use.statements) == given, (component.name, target)


def test_a_role_says_which_connection_or_need_each_statement_serves() -> None:
    found = built(STREAM)
    (role,) = roles("one", found)
    assert role.services == ("lambda.amazonaws.com",)
    assert [(each.why, each.connection.target if each.connection else None) for each in role.statements] == [
        ("writes the lines of its log", None),
        ("sends traces to X-Ray", None),
        ("its environment is encrypted", None),
        ("events: produce (put records into the stream)", "events"),
        ("events: produce (put records into the stream)", "events"),
    ]


def test_two_equal_statements_are_credited_to_the_connection_that_gave_each() -> None:
    body = f"""
    queues: {{a: {{}}, b: {{}}}}
    functions: {{one: {FUNCTION}, connections: {{a: send, b: send}}}}}}
    """
    (role,) = roles("one", built(body))
    keys = [
        each for each in role.statements if each.statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    ]
    assert [each.connection.target for each in keys if each.connection] == ["a", "b"]


def test_an_overridden_policy_is_its_own_reason() -> None:
    patch = "[{op: replace, path: /Properties/Policies/0/PolicyDocument/Statement/0/Resource, value: ['*']}]"
    body = f"""
    functions:
      one:
        runtime: python3.13
        handler: app.handler
        code: src
        overrides: [{{resource: OneRole, patch: {patch}, reason: a test of overrides}}]
    """
    (role,) = roles("one", built(body))
    assert role.statements[0].why == "the spec says so itself, at functions.one"


def test_the_policy_is_printed_as_iam_takes_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context): ...")
    spec = tmp_path / "spec.yaml"
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    spec.write_text(f"{head}functions: {{one: {FUNCTION.replace('src', '.')}}}}}\n")
    assert main(["explain", "role", "one", "--spec", str(spec), "--env", "dev", "--format", "json"]) == FINE
    (role,) = json.loads(capsys.readouterr().out)
    assert role["policy"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": ["OneLogGroup.Arn"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("consumer", "target", "message"),
    [
        ("onne", "events", "no component is called 'onne'"),
        ("one", "evnts", "did you mean 'events'?"),
        ("events", "one", "it is the other way round: ask for one events"),
        ("one", "two", "'one' has no connection to 'two'; it uses: events"),
        ("events", "encryption", "it uses nothing"),
    ],
)
def test_a_wrong_name_is_told_with_the_nearest(consumer: str, target: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as caught:
        uses(consumer, target, built(STREAM))
    assert caught.value.exit_code == USAGE


def test_a_component_without_a_role_says_who_has_one() -> None:
    with pytest.raises(UserError, match=r"'events' \(stream\) has no role; those that have one: .*one, two"):
        roles("events", built(STREAM))
