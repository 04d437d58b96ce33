"""What exists already: every verb works with it, nothing is made for it, and what cannot be is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.diagnostics import SpecError
from compiler.kind import Existing, Kind
from compiler.outlook import prospects
from compiler.registry import all_kinds
from compiler.schema import platform_schema
from compiler.stateful import STATEFUL
from tests.specs import HEAD, TODAY, compiled, document, problems, resolved, resources

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
OURS = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
FUNCTION = {"runtime": "python3.13", "inline": "def handler(event, context): pass"}
SERVICE = {"image": {"repository": "app", "tag": "1"}, "cpu": 256, "memory": 512}
# What a consumer must say beside the verb.
OPTIONS: dict[str, dict[str, str]] = {"filesystem": {"mount": "/mnt/files"}}
# The AWS service through which each verb uses the key of what exists; None where it uses none.
KEYS = {"bucket": "s3", "queue": "sqs", "secret": "secretsmanager", "stream": "kinesis", "table": "dynamodb"}
KEYLESS = {("topic", "subscribe"), ("bucket", "on_delete")}


def text(spec: dict[str, Any]) -> str:
    """A spec's sections as YAML, a line each."""
    return "".join(f"{section}: {json.dumps(said)}\n" for section, said in spec.items())


def adoptable() -> Iterator[Kind]:
    """The kinds whose components may exist already."""
    return (kind for kind in all_kinds().values() if "existing" in kind.spec.__struct_fields__)


def example(kind: Kind) -> dict[str, Any]:
    """What the reference shows as an example of `existing`, which says all that may be said."""
    shown: dict[str, Any] = platform_schema()["$defs"][kind.spec.__name__]["properties"]["existing"]
    return dict(shown["examples"][0])


def keyed(kind: Kind) -> bool:
    """Whether one may say which key encrypts what exists."""
    record = platform_schema()["$defs"][kind.spec.__name__]["properties"]["existing"]["$ref"]
    return any(f"#/$defs/{found.__name__}" == record for found in Existing.__subclasses__())


VERBS = [(kind, verb) for kind in adoptable() for verb, how in kind.verbs.items() if not how.derived_only]
each_verb = pytest.mark.parametrize(("kind", "verb"), VERBS, ids=lambda found: getattr(found, "name", found))


def using(kind: Kind, verb: str, **existing: str) -> Assembly:
    """A platform with a function that uses, by one verb, what exists already."""
    use = {"access": verb, **OPTIONS.get(kind.name, {})}
    spec: dict[str, Any] = {
        kind.section: {"used": {"existing": {**example(kind), **existing}}},
        "network": {"existing": example(all_kinds()["network"])},
    }
    spec.setdefault("functions", {})["user"] = {**FUNCTION, "connections": {"used": use}}
    return compiled(text(spec))


def of(assembly: Assembly, component: str) -> dict[str, Any]:
    """The resources of one component."""
    return {
        name: stack.template["Resources"][name]
        for stack in assembly.stacks
        for name, origin in stack.origins.items()
        if origin.component == component
    }


def statements(assembly: Assembly) -> list[dict[str, Any]]:
    """What the function may do."""
    (role,) = (found for found in of(assembly, "user").values() if found["Type"] == "AWS::IAM::Role")
    listed: list[dict[str, Any]] = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return listed


def via(statement: dict[str, Any]) -> str:
    """The AWS service through which a statement uses a key."""
    through = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", {})
    return str(through.get("Fn::Sub", "")).partition(".")[0]


@each_verb
def test_every_verb_works_with_what_exists_and_nothing_is_made_for_it(kind: Kind, verb: str) -> None:
    assembly = using(kind, verb)
    assert of(assembly, "used") == {}
    variables = of(assembly, "user")["UserFunction"]["Properties"]["Environment"]["Variables"]
    assert {f"USED_{suffix}" for suffix in kind.verbs[verb].environment} <= variables.keys()
    for stack in assembly.stacks:
        # What exists is known in every stack, so that none waits for another because of it.
        assert not [name for name in stack.template.get("Parameters", ()) if name.startswith("Used")]
        assert "arn:aws" not in stack.body


@pytest.mark.parametrize(
    ("kind", "verb"),
    [found for found in VERBS if keyed(found[0])],
    ids=lambda found: getattr(found, "name", found),
)
def test_grants_use_the_key_that_the_spec_names_and_else_none(kind: Kind, verb: str) -> None:
    service = KEYS.get(kind.name, "sns")
    given = using(kind, verb, key=KEY)
    used = [found["Resource"] for found in statements(given) if via(found) == service]
    expected = [] if (kind.name, verb) in KEYLESS else [[{"Fn::Sub": OURS % ("kms", f"key/{KEY}")}]]
    assert used == expected
    assert [found for found in statements(using(kind, verb)) if via(found) == service] == []


def test_an_arn_ends_as_the_spec_says_and_holds_in_every_account() -> None:
    made = {
        "bucket": "arn:${AWS::Partition}:s3:::acme-reports",
        "event_bus": OURS % ("events", "event-bus/default"),
        "function": OURS % ("lambda", "function:price-list"),
        "queue": OURS % ("sqs", "invoices"),
        "secret": OURS % ("secretsmanager", "secret:shop/signing-key-a1B2c3"),
        "stream": OURS % ("kinesis", "stream/telemetry"),
        "table": OURS % ("dynamodb", "table/orders"),
    }
    verbs = {"event_bus": "send", "function": "invoke", "queue": "send", "stream": "produce"}
    for name, arn in made.items():
        granted = statements(using(all_kinds()[name], verbs.get(name, "read")))
        assert {"Fn::Sub": arn} in [found for each in granted for found in each["Resource"]], name


def test_a_service_gets_the_secret_that_exists() -> None:
    spec = {
        "network": {},
        "secrets": {"token": {"existing": {"name": "device-token-a1B2c3", "key": KEY}}},
        "services": {"app": {**SERVICE, "connections": {"token": {"access": "read", "env": "TOKEN"}}}},
    }
    assembly = compiled(text(spec))
    (container,) = of(assembly, "app")["AppTask"]["Properties"]["ContainerDefinitions"]
    arn = {"Fn::Sub": OURS % ("secretsmanager", "secret:device-token-a1B2c3")}
    assert container["Secrets"] == [{"Name": "TOKEN", "ValueFrom": arn}]
    starts = json.dumps(of(assembly, "app")["AppExecutionRole"])
    assert f"key/{KEY}" in starts


# Keys, topics of alarms, clusters and load balancers


def test_existing_keys_encrypt_what_is_made() -> None:
    keys = {"data": KEY, "secrets": KEY}
    spec = {"encryption": {"existing": keys}, "streams": {"events": {}}, "secrets": {"token": {}}}
    for environment in ("dev", "production"):
        assembly = compiled(text(spec | {"functions": {"user": FUNCTION}}), environment)
        arn = {"Fn::Sub": OURS % ("kms", f"key/{KEY}")}
        assert resources(assembly, "AWS::KMS::Key") == {}
        (stream,) = resources(assembly, "AWS::Kinesis::Stream").values()
        assert stream["Properties"]["StreamEncryption"]["KeyId"] == arn
        (secret,) = resources(assembly, "AWS::SecretsManager::Secret").values()
        assert secret["Properties"]["KmsKeyId"] == arn
        # No key is named for logs.
        groups = resources(assembly, "AWS::Logs::LogGroup").values()
        assert [group for group in groups if "KmsKeyId" in group["Properties"]] == []


def test_alarms_tell_the_topics_that_exist_and_as_a_rule_only_in_production() -> None:
    topics = {"critical": "oncall", "warning": "operations"}
    spec = {"notifications": {"existing": topics}, "queues": {"work": {}}}
    told = {"dev": False, "production": True}
    for environment, enabled in told.items():
        alarms = resources(compiled(text(spec), environment), "AWS::CloudWatch::Alarm")
        actions = [alarm["Properties"]["AlarmActions"] for alarm in alarms.values()]
        assert [{"Fn::Sub": OURS % ("sns", "operations")}] in actions
        assert {alarm["Properties"]["ActionsEnabled"] for alarm in alarms.values()} == {enabled}


CLUSTER = {"name": "shared"}


def services(environment: str = "production", **cluster: str) -> Assembly:
    spec = {
        "network": {},
        "cluster": {"existing": CLUSTER | cluster},
        "services": {"app": {**SERVICE, "exec": True}},
    }
    return compiled(text(spec), environment)


def test_services_run_in_the_cluster_that_exists() -> None:
    assembly = services()
    assert resources(assembly, "AWS::ECS::Cluster") == {}
    (service,) = resources(assembly, "AWS::ECS::Service").values()
    assert service["Properties"]["Cluster"] == "shared"


def test_missing_tasks_are_watched_only_where_the_cluster_counts_them() -> None:
    without = resources(services(), "AWS::CloudWatch::Alarm")
    assert "AppHighCpuAlarm" in without
    assert "AppMissingTasksAlarm" not in without
    counted = services("dev", container_insights="standard")
    assert "AppMissingTasksAlarm" in resources(counted, "AWS::CloudWatch::Alarm")


def test_sessions_are_recorded_where_the_cluster_says_so() -> None:
    silent = json.dumps(resources(services(), "AWS::IAM::Role")["AppTaskRole"])
    assert "ssmmessages:OpenDataChannel" in silent
    assert "logs:DescribeLogGroups" not in silent
    recorded = services(exec_log_group="/ecs/exec", key=KEY)
    role = json.dumps(resources(recorded, "AWS::IAM::Role")["AppTaskRole"])
    assert OURS % ("logs", "log-group:/ecs/exec:*") in role
    assert f"key/{KEY}" in role


def calling(**cluster: str) -> dict[str, Any]:
    called = {**SERVICE, "port": 9000}
    both = {"app": {**SERVICE, "connections": {"ledger": "call"}}, "ledger": called}
    return {"network": {}, "cluster": {"existing": CLUSTER | cluster}, "services": both}


def test_services_call_each_other_in_the_namespace_that_exists() -> None:
    assembly = compiled(text(calling(namespace="ns-0a1b2c3d4e5f6071")))
    namespace = {"Fn::Sub": OURS % ("servicediscovery", "namespace/ns-0a1b2c3d4e5f6071")}
    found = resources(assembly, "AWS::ECS::Service").values()
    spaces = [service["Properties"]["ServiceConnectConfiguration"]["Namespace"] for service in found]
    assert spaces == [namespace, namespace]
    assert messages(calling()) == [
        "E102 services call each other by name; say where they find each other with 'namespace'"
    ]


def test_the_endpoint_for_keys_is_made_where_sessions_of_the_cluster_have_one() -> None:
    spec = {"network": {"egress": "none"}, "services": {"app": {**SERVICE, "exec": True}}}
    for key in ({}, {"key": KEY}):
        assembly = compiled(text(spec | {"cluster": {"existing": CLUSTER | key}}), "production")
        made = resources(assembly, "AWS::EC2::VPCEndpoint")
        assert ("NetworkKmsEndpoint" in made) == bool(key), sorted(made)


BALANCER = example(all_kinds()["load_balancer"])


def balanced(**settings: Any) -> dict[str, Any]:
    """A service behind a load balancer that exists, and an API that leads there."""
    existing = {name: value for name, value in (BALANCER | settings).items() if value is not None}
    return {
        "network": {"existing": example(all_kinds()["network"])},
        "load_balancer": {"existing": existing},
        "services": {
            "app": {**SERVICE, "http": {"port": 8080}, "count": {"min": 1, "max": 2, "requests": 9}}
        },
        "apis": {"public": {"routes": {"GET /": "app"}}},
    }


LISTENER = "listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"


def test_services_answer_behind_the_load_balancer_that_exists() -> None:
    assembly = compiled(text(balanced()))
    arn = {"Fn::Sub": OURS % ("elasticloadbalancing", LISTENER)}
    assert resources(assembly, "AWS::ElasticLoadBalancingV2::LoadBalancer") == {}
    (rule,) = resources(assembly, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    assert rule["Properties"]["ListenerArn"] == arn
    (integration,) = resources(assembly, "AWS::ApiGatewayV2::Integration").values()
    assert integration["Properties"]["IntegrationUri"] == arn
    assert integration["Properties"]["TlsConfig"] == {"ServerNameToVerify": "console.example.com"}
    opened = resources(assembly, "AWS::EC2::SecurityGroupIngress").values()
    into = [
        rule["Properties"]["FromPort"]
        for rule in opened
        if rule["Properties"]["GroupId"] == "sg-0a1b2c3d4e5f60718"
    ]
    assert into == [443]


@pytest.mark.parametrize(("settings", "port"), [({"https": False}, 80), ({"port": 8443}, 8443)])
def test_the_port_of_a_listener_may_be_another(settings: dict[str, Any], port: int) -> None:
    assembly = compiled(text(balanced(**settings)))
    ports = {
        rule["Properties"]["FromPort"]
        for rule in resources(assembly, "AWS::EC2::SecurityGroupEgress").values()
        if rule["Properties"].get("DestinationSecurityGroupId") == "sg-0a1b2c3d4e5f60718"
    }
    assert ports == {port}


def test_the_name_on_its_certificate_must_be_said_for_apis() -> None:
    assert messages(balanced(domain=None)) == [
        "E210 'app' is behind a load balancer with a certificate; say which name to verify with "
        "`load_balancer: {existing: {domain: ...}}`"
    ]
    assert problems(text(balanced(domain=None, https=False))) == []


def test_a_load_balancer_that_exists_is_not_in_a_vpc_that_does_not() -> None:
    assert messages(balanced() | {"network": {}}) == [
        "E210 a load balancer that exists already is in a VPC that exists already, and targets outside it it "
        "does not take; write `network: {existing: ...}` too"
    ]


# What cannot be


def messages(spec: dict[str, Any], head: str = HEAD) -> list[str]:
    """What is wrong with a spec, each once, without the place."""
    return list(dict.fromkeys(problem.split(" ", 1)[1] for problem in problems(text(spec), head)))


def used(section: str, existing: dict[str, str], use: Any, **user: Any) -> dict[str, Any]:
    function = {**FUNCTION, "connections": {"used": use}, **user}
    return {section: {"used": {"existing": existing}}, "functions": {"user": function}}


def test_changes_of_a_table_need_the_name_of_its_stream() -> None:
    assert messages(used("tables", {"name": "orders"}, "consume")) == [
        "E102 'user' consumes the changes of 'used'; name its stream with 'stream'"
    ]


def test_nobody_is_registered_with_a_stream_of_others() -> None:
    (found,) = messages(used("streams", {"name": "old"}, {"access": "consume", "enhanced_fan_out": True}))
    assert found.startswith("E210 'user' cannot be registered with a stream that exists already; let it poll")


def test_a_proxy_is_for_databases_that_are_made_here() -> None:
    adopts = adopting("databases", json.dumps(example(all_kinds()["database"])))
    made = {"proxy": True, "capacity": {"min": 1}}
    user = {**FUNCTION, "connections": {"used": "write"}}
    spec = {"network": {}, "databases": {"used": made}, "functions": {"user": user}}
    assembly = pipeline.compile_spec(document(text(spec), adopts), "production", lambda folder: {})
    rule = resources(assembly, "AWS::EC2::SecurityGroupIngress")["UserToUsed5432Ingress"]["Properties"]
    assert rule["GroupId"] == "sg-0a1b2c3d4e5f60718"


def test_formwork_makes_no_users_in_a_database_of_others() -> None:
    use = {"access": "read", "login": "password"}
    spec = used("databases", example(all_kinds()["database"]), use) | {"network": {}}
    (found,) = messages(spec)
    assert found.startswith("E210 'user' would log in by password, and Formwork makes no users")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"tables": {"orders": {"stream": "new_image"}}}, "tables.orders needs the key 'partition_key'"),
        ({"functions": {"greet": {"inline": "x"}}}, "functions.greet needs the key 'runtime'"),
    ],
)
def test_only_what_exists_needs_none_of_what_something_is_made_of(spec: dict[str, Any], message: str) -> None:
    (found,) = messages(spec)
    assert found.startswith(f"E102 {message}, or 'existing'")


def test_fifo_is_told_by_the_name() -> None:
    assert messages(used("topics", {"name": "orders.fifo"}, "subscribe")) == [
        "E211 only queues can subscribe to a fifo topic, and 'user' is a function"
    ]
    assert messages(used("queues", {"name": "orders.fifo"}, {"access": "receive", "batch_size": 11})) == [
        "E210 a fifo queue gives 'user' 10 messages at most, and without a window"
    ]
    queue = {"fifo": True, "connections": {"news": "subscribe"}}
    assert messages({"topics": {"news": {"existing": {"name": "news"}}}, "queues": {"work": queue}}) == [
        "E210 the fifo queue 'work' can only subscribe to a fifo topic; name one, which ends in .fifo"
    ]


def test_filters_are_checked_all_the_same() -> None:
    listed = {"a": list(range(10)), "b": list(range(16))}
    (found,) = messages(used("topics", {"name": "news"}, {"access": "subscribe", "filter": listed}))
    assert found.startswith("E210 the filter of 'user': the values listed make 160 combinations")


def test_nobody_knows_how_long_a_queue_that_exists_hides_a_message() -> None:
    assert messages(used("queues", {"name": "orders"}, "receive", timeout="10m")) == []


def test_nobody_knows_how_long_a_function_that_exists_may_run() -> None:
    slow = {**FUNCTION, "timeout": "1m"}
    spec = text({"functions": {"used": slow}, "apis": {"shop": {"routes": {"GET /": "used"}}}})
    adopted = document(spec, adopting("functions", "{name: x}"))
    with pytest.raises(SpecError, match="'used' may run for 60s"):
        pipeline.judged(pipeline.platforms(adopted, "dev"), TODAY)
    (warning,) = pipeline.judged(pipeline.platforms(adopted, "production"), TODAY)
    assert warning.code == "G015"


def test_nobody_knows_the_way_out_of_a_network_that_exists() -> None:
    image = {**SERVICE, "image": {"location": "docker.io/library/nginx:1.29"}}
    spec = {"network": {"egress": "none"}, "services": {"app": image}}
    assert messages(spec)
    assert messages(spec | {"network": {"existing": example(all_kinds()["network"])}}) == []


def test_subnets_of_a_tier_are_named_once_and_public_ones_where_they_are_needed() -> None:
    network = example(all_kinds()["network"])
    twice = network | {"private_subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]}
    assert messages({"network": {"existing": twice}}) == [
        "E107 'subnet-0a1b2c3d' is listed twice; each subnet of a tier is in a zone of its own"
    ]
    public = {"load_balancer": {"scheme": "internet_facing", "insecure_http": True}}
    assert messages({"network": {"existing": network}} | public) == [
        "E102 an internet_facing load balancer is in public subnets; name them with 'public_subnets'"
    ]
    subnets = {"public_subnets": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]}
    assert messages({"network": {"existing": network | subnets}} | public) == []


def test_tasks_run_in_a_network_that_exists() -> None:
    network = example(all_kinds()["network"])
    assembly = compiled(text({"network": {"existing": network}, "tasks": {"job": SERVICE}}))
    outputs = assembly.stack("shop-dev-compute").template["Outputs"]
    assert outputs["JobSubnetIds"]["Value"] == ",".join(network["private_subnets"])


# The second region


ELSEWHERE = {"disaster_recovery": {"region": "us-west-2", "tier": "pilot_light"}}


def test_what_exists_is_not_said_to_follow_into_the_second_region() -> None:
    bucket = {"buckets": {"used": {"existing": {"name": "old-reports"}}}}
    platform = resolved(text(ELSEWHERE | bucket | {"network": {}}), "production")
    (found,) = prospects(platform)
    assert (found.is_covered, found.reason) == (
        False,
        "it exists already, and whoever made it has to keep it",
    )


def test_what_exists_is_not_backed_up_here() -> None:
    plan = {"components": ["used"], "retention": "30d", "at": "03:00"}
    spec = {"tables": {"used": {"existing": {"name": "orders"}}}, "backups": {"daily": plan}}
    assert messages(spec) == ["E210 'used' exists already, and whoever made it backs it up; remove it here"]


def test_keys_that_exist_have_none_beside_them_in_a_second_region() -> None:
    (found,) = messages(
        ELSEWHERE | {"encryption": {"existing": {"data": KEY, "secrets": KEY}}, "network": {}}
    )
    assert found.startswith(
        "E210 no key is made beside keys that exist already, so there would be none in us-west-2"
    )


# Environments that adopt what others make


def adopting(section: str, existing: str) -> str:
    adopts = f"{{profile: production, {section}: {{used: {{existing: {existing}}}}}}}"
    return HEAD.replace("{profile: production}", adopts)


def test_what_says_how_a_component_is_made_is_for_the_environments_that_make_it() -> None:
    patch = [{"op": "add", "path": "/Properties/QueueName", "value": "other"}]
    override = {"resource": "UsedQueue", "patch": patch, "reason": "the name is known elsewhere"}
    made = {
        "retention": "5d",
        "connections": {"news": "subscribe"},
        "stack": "data-two",
        "overrides": [override],
    }
    spec = {"topics": {"news": {}}, "queues": {"used": made | {"alarms": {"dead-letters": False}}}}
    assert messages(spec, adopting("queues", "{name: x}")) == []


def test_an_environment_cannot_say_how_to_make_what_exists_everywhere() -> None:
    head = HEAD.replace("{profile: dev}", "{profile: dev, queues: {used: {retention: 5d}}}")
    (found,) = problems("queues: {used: {existing: {name: x}}}", head)
    assert found.startswith("spec.yaml:5:39 E218 'retention' means nothing for what exists already")


def test_a_bucket_that_exists_asks_for_no_bucket_of_records() -> None:
    spec = {"buckets": {"used": {"existing": {"name": "old-reports"}}}, "topics": {"news": {}}}
    assert resources(compiled(text(spec), "production"), "AWS::S3::Bucket") == {}


def test_two_databases_behind_one_group_open_its_port_once() -> None:
    database = example(all_kinds()["database"])
    two = {name: {"existing": database} for name in ("first", "second")}
    user = {**FUNCTION, "connections": {"first": "read", "second": "write"}}
    spec = {"network": {}, "databases": two, "functions": {"user": user}}
    rules = resources(compiled(text(spec)), "AWS::EC2::SecurityGroupIngress")
    assert list(rules) == ["UserToFirst5432Ingress"]


def test_a_raw_resource_of_an_earlier_layer_may_refer_to_a_function_that_exists() -> None:
    reference = {"Fn::GetAtt": ["used", "arn"]}
    raw = {
        "Type": "AWS::SSM::Parameter",
        "layer": "data",
        "Properties": {"Type": "String", "Value": reference},
    }
    spec = {"functions": {"used": {"existing": {"name": "old"}}}, "resources": {"Where": raw}}
    (found,) = resources(compiled(text(spec)), "AWS::SSM::Parameter").values()
    assert found["Properties"]["Value"] == {"Fn::Sub": OURS % ("lambda", "function:old")}


# Event buses


@pytest.mark.parametrize(
    ("name", "rules", "position"), [("company", "rule/company/*", 2), ("default", "rule/*", 1)]
)
def test_rules_on_a_bus_that_exists_are_told_by_its_name(name: str, rules: str, position: int) -> None:
    use = {"access": "receive", "pattern": {"source": ["shop"]}}
    assembly = compiled(text(used("event_buses", {"name": name}, use)))
    (rule,) = resources(assembly, "AWS::Events::Rule").values()
    assert rule["Properties"]["EventBusName"] == name
    policy = json.dumps(resources(assembly, "AWS::SQS::QueuePolicy"))
    assert OURS % ("events", rules) in policy
    alarm = resources(assembly, "AWS::CloudWatch::Alarm")["UserUndeliveredFromUsedAlarm"]["Properties"]
    dimensions = {found["Name"]: found["Value"] for found in alarm["Dimensions"]}
    assert dimensions.get("EventBusName") == (None if name == "default" else name)
    outputs = json.dumps([stack.template.get("Outputs", {}) for stack in assembly.stacks])
    assert f'"Fn::Select": [{position}, ' in outputs


def test_data_that_exists_is_no_resource_of_ours() -> None:
    for kind, verb in VERBS:
        assembly = using(kind, verb)
        made = {found["Type"] for stack in assembly.stacks for found in stack.template["Resources"].values()}
        # The key, and what the consumer itself keeps: its dead letters.
        assert made & STATEFUL.keys() <= {"AWS::KMS::Key", "AWS::SQS::Queue", "AWS::Logs::LogGroup"}, (
            kind.name
        )
