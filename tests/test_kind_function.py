"""Function: its code, its role and log group, when it runs in the VPC, what starts it, and its alarms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.assembly import Assembly
from tests.specs import compiled, problems, resources

INLINE = 'runtime: python3.13, inline: "def handler(event, context): return {}"'


def functions(settings: str = INLINE) -> str:
    return f"functions: {{reader: {{{settings}}}}}\n"


def function(settings: str = INLINE, environment: str = "dev", rest: str = "") -> dict[str, Any]:
    assembly = compiled(rest + functions(settings), environment)
    properties: dict[str, Any] = resources(assembly, "AWS::Lambda::Function")["ReaderFunction"]["Properties"]
    return properties


def messages(settings: str, rest: str = "") -> list[str]:
    return [problem.split(" ", 1)[1] for problem in problems(rest + functions(settings))]


def using(connections: str, rest: str, environment: str = "dev") -> Assembly:
    return compiled(rest + functions(f"{INLINE}, connections: {{{connections}}}"), environment)


def statements(assembly: Assembly) -> list[dict[str, Any]]:
    role = resources(assembly, "AWS::IAM::Role")["ReaderRole"]["Properties"]
    listed: list[dict[str, Any]] = role["Policies"][0]["PolicyDocument"]["Statement"]
    return listed


def alarms(settings: str = INLINE, rest: str = "") -> dict[str, dict[str, Any]]:
    found = resources(compiled(rest + functions(settings)), "AWS::CloudWatch::Alarm")
    return {name: alarm["Properties"] for name, alarm in found.items() if name.startswith("Reader")}


def test_inline_source_needs_no_handler() -> None:
    properties = function()
    assert properties["Handler"] == "index.handler"
    assert properties["Code"] == {"ZipFile": "def handler(event, context): return {}"}


def test_a_folder_becomes_an_asset_named_by_its_content() -> None:
    assembly = compiled(functions("runtime: python3.13, handler: app.handler, code: src"))
    code = resources(assembly, "AWS::Lambda::Function")["ReaderFunction"]["Properties"]["Code"]
    (asset,) = assembly.assets
    assert code == {"S3Bucket": {"Ref": "AssetBucket"}, "S3Key": asset.key}


def test_defaults_are_small_and_safe() -> None:
    properties = function()
    assert properties["Architectures"] == ["arm64"]
    assert (properties["MemorySize"], properties["Timeout"]) == (256, 30)
    assert properties["EphemeralStorage"] == {"Size": 512}
    assert properties["LoggingConfig"] == {
        "LogGroup": {"Ref": "ReaderLogGroup"},
        "LogFormat": "JSON",
        "ApplicationLogLevel": "INFO",
    }
    assert "VpcConfig" not in properties
    assert "ReservedConcurrentExecutions" not in properties


def test_production_traces_and_encrypts_the_environment() -> None:
    dev, production = function(), function(environment="production")
    assert dev["TracingConfig"] == {"Mode": "PassThrough"}
    assert "KmsKeyArn" not in dev
    assert production["TracingConfig"] == {"Mode": "Active"}
    assert production["KmsKeyArn"] == {"Ref": "EncryptionDataKeyArn"}


def test_everything_can_be_said() -> None:
    properties = function(
        f"{INLINE}, description: Reads, architecture: x86_64, memory: 1024, timeout: 2m, tracing: true, "
        "ephemeral_storage: 1GiB, reserved_concurrency: 5, log_level: warn, environment: {MODE: fast}"
    )
    assert properties["Description"] == "Reads"
    assert properties["Architectures"] == ["x86_64"]
    assert (properties["MemorySize"], properties["Timeout"]) == (1024, 120)
    assert properties["EphemeralStorage"] == {"Size": 1024}
    assert properties["ReservedConcurrentExecutions"] == 5
    assert properties["LoggingConfig"]["ApplicationLogLevel"] == "WARN"
    assert properties["Environment"]["Variables"] == {
        "MODE": "fast",
        "PLATFORM_ENV": "dev",
        "PLATFORM_NAME": "shop",
    }


def test_a_runtime_of_ones_own_needs_no_handler() -> None:
    assert function("runtime: provided.al2023, code: src")["Handler"] == "bootstrap"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("runtime: python3.13", "E102 a function needs `code`, a folder, or `inline`, its source text"),
        (f"{INLINE}, code: src", "E210 a function has either `code` or `inline`; remove one of them"),
        (
            "runtime: python3.13, code: src",
            "E102 a function with `code` needs a `handler`, such as app.handler",
        ),
        (
            "runtime: java21, inline: x",
            "E210 inline source is for python and nodejs, not java21; name a folder with `code` instead",
        ),
        (
            f"{INLINE}, handler: app.handler",
            "E210 inline source is the module `index`, so the handler is index.<function>, not app.handler",
        ),
        (
            f"{INLINE}, environment: {{AWS_REGION: eu-west-1}}",
            "E210 Lambda sets AWS_REGION itself; choose another name",
        ),
        (
            "runtime: python3.13, code: src, handler: app",
            "E105 the handler of python3.13 is <module>.<function>, such as app.handler, not app",
        ),
        (
            f"{INLINE}, ephemeral_storage: 600000KiB",
            "E105 600000KiB is not whole MiB; write 585MiB or 586MiB",
        ),
        (
            f"{INLINE}, environment: {{BIG: {'x' * 4094}}}",
            "E106 the environment has more than the 4096 bytes that Lambda takes; move some into the code",
        ),
    ],
)
def test_contradictions_are_said(settings: str, message: str) -> None:
    assert messages(settings) == [message]


def test_an_old_runtime_is_refused_with_those_there_are() -> None:
    (message,) = messages("runtime: nodejs18.x, handler: index.handler, code: src")
    assert message.startswith("E104 functions.reader.runtime must be one of dotnet10, java17, ")


def test_an_odd_variable_name_is_refused() -> None:
    (message,) = messages(f"{INLINE}, environment: {{log-level: info}}")
    assert message.startswith("E105 ")
    assert "a variable name such as LOG_LEVEL" in message


def test_the_role_writes_to_its_own_log_group_and_nothing_else() -> None:
    assert statements(compiled(functions())) == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [{"Fn::GetAtt": ["ReaderLogGroup", "Arn"]}],
        }
    ]


def test_in_production_the_role_also_traces_and_reads_its_own_environment() -> None:
    _, trace, key = statements(compiled(functions(), "production"))
    assert {action.split(":")[0] for action in trace["Action"]} == {"xray"}
    assert key["Action"] == ["kms:Decrypt"]
    assert key["Condition"]["StringEquals"]["kms:ViaService"] == {
        "Fn::Sub": "lambda.${AWS::Region}.${AWS::URLSuffix}"
    }


def test_log_groups_outlive_production_stacks_only() -> None:
    for environment, policy in (("dev", "Delete"), ("production", "RetainExceptOnCreate")):
        group = resources(compiled(functions(), environment), "AWS::Logs::LogGroup")["ReaderLogGroup"]
        assert group["DeletionPolicy"] == policy


def test_a_connection_through_the_network_puts_it_into_the_vpc() -> None:
    assembly = using("files: {access: read, mount: /mnt/files}", "network: {}\nfilesystems: {files: {}}\n")
    found = resources(assembly, "AWS::Lambda::Function")["ReaderFunction"]
    assert found["Properties"]["VpcConfig"] == {
        "SecurityGroupIds": [{"Ref": "ReaderSecurityGroupId"}],
        "SubnetIds": {"Ref": "NetworkPrivateSubnetIds"},
    }
    assert found["DependsOn"] == [
        "ReaderHttpsEgress",
        "ReaderToFiles2049Egress",
        "ReaderToFiles2049Ingress",
    ]
    (mount,) = found["Properties"]["FileSystemConfigs"]
    assert mount["LocalMountPath"] == "/mnt/files"
    group = resources(assembly, "AWS::EC2::SecurityGroup")["ReaderSecurityGroup"]["Properties"]
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


def test_only_lambda_itself_may_attach_it_to_the_vpc() -> None:
    assembly = using("files: {access: read, mount: /mnt/files}", "network: {}\nfilesystems: {files: {}}\n")
    _, attach, deny = statements(assembly)[:3]
    assert (attach["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert attach["Action"] == deny["Action"]
    assert {action.split(":")[0] for action in attach["Action"]} == {"ec2"}
    assert deny["Condition"] == {"Null": {"lambda:SourceFunctionArn": False}}


def test_filesystems_are_mounted_below_mnt_and_one_at_most() -> None:
    rest = "network: {}\nfilesystems: {a: {}, b: {}}\n"
    uses = "a: {access: read, mount: /data}, b: {access: read, mount: /mnt/b}"
    assert messages(f"{INLINE}, connections: {{{uses}}}", rest) == [
        "E210 a function can mount one filesystem, not 2: a, b",
        "E210 a function mounts filesystems at /mnt/<name>, not '/data'",
    ]


def test_a_stream_starts_it_and_what_fails_for_good_is_put_aside() -> None:
    assembly = using("clicks: {access: consume, batch_size: 200}", "streams: {clicks: {}}\n")
    (mapping,) = resources(assembly, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["Properties"]["EventSourceArn"] == {"Ref": "ClicksArn"}
    assert mapping["Properties"]["BatchSize"] == 200
    assert mapping["Properties"]["MaximumRetryAttempts"] == 5
    assert mapping["Properties"]["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Ref": "ReaderDeadLetterArn"}}
    }
    queue = assembly.stack("shop-dev-data").template["Resources"]["ReaderDeadLetterQueue"]
    assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 86400
    assert queue["Properties"]["KmsMasterKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    send, key = statements(assembly)[1:3]
    assert send["Action"] == ["sqs:SendMessage"]
    assert send["Resource"] == [{"Ref": "ReaderDeadLetterArn"}]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_a_queue_that_starts_it_has_dead_letters_of_its_own() -> None:
    assembly = using("work: receive", "queues: {work: {}}\n")
    assert set(resources(assembly, "AWS::SQS::Queue")) == {"WorkQueue", "WorkDeadLetterQueue"}


def test_a_queue_must_hide_messages_for_as_long_as_a_call_may_take() -> None:
    settings = f"{INLINE}, timeout: 2m, connections: {{work: receive}}"
    assert messages(settings, "queues: {work: {visibility_timeout: 1m}}\n") == [
        "C016 'work' shows a message again after 1m, but a call may take 2m; "
        "write `visibility_timeout: 12m` there, with room for tries"
    ]


def test_a_topic_starts_it_and_nothing_is_lost() -> None:
    assembly = using("news: subscribe", "topics: {news: {}}\n")
    subscription = resources(assembly, "AWS::SNS::Subscription")["ReaderFromNews"]
    assert subscription["DependsOn"] == "ReaderFromNewsPermission"
    assert subscription["Properties"] == {
        "TopicArn": {"Ref": "NewsArn"},
        "Protocol": "lambda",
        "Endpoint": {"Fn::GetAtt": ["ReaderFunction", "Arn"]},
        "RedrivePolicy": {"deadLetterTargetArn": {"Ref": "ReaderDeadLetterArn"}},
    }
    (permission,) = resources(assembly, "AWS::Lambda::Permission").values()
    assert permission["Properties"]["Principal"] == "sns.amazonaws.com"
    assert permission["Properties"]["SourceArn"] == {"Ref": "NewsArn"}
    (later,) = resources(assembly, "AWS::Lambda::EventInvokeConfig").values()
    assert later["Properties"]["MaximumRetryAttempts"] == 2
    assert later["Properties"]["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Ref": "ReaderDeadLetterArn"
    }
    policy = resources(assembly, "AWS::SQS::QueuePolicy")["ReaderDeadLetterQueuePolicy"]
    _, admits = policy["Properties"]["PolicyDocument"]["Statement"]
    assert admits["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "NewsTopic"}}}


def test_invoking_allows_one_function_and_gives_its_name() -> None:
    found = compiled(
        f"functions: {{reader: {{{INLINE}, connections: {{other: invoke}}}}, other: {{{INLINE}}}}}"
    )
    assert statements(found)[1] == {
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": [{"Fn::GetAtt": ["OtherFunction", "Arn"]}],
    }
    variables = resources(found, "AWS::Lambda::Function")["ReaderFunction"]["Properties"]["Environment"]
    assert variables["Variables"]["OTHER_FUNCTION_NAME"] == {"Ref": "OtherFunction"}


def test_every_function_is_watched_for_errors_throttles_and_slowness() -> None:
    found = alarms()
    assert set(found) == {"ReaderErrorRateAlarm", "ReaderSlowCallsAlarm", "ReaderThrottlesAlarm"}
    assert found["ReaderSlowCallsAlarm"]["Threshold"] == 24000
    assert found["ReaderSlowCallsAlarm"]["ExtendedStatistic"] == "p99"
    assert found["ReaderErrorRateAlarm"]["Threshold"] == 5
    assert "IF(calls >= 20, 100 * FILL(errors, 0) / calls, 0)" in json.dumps(
        found["ReaderErrorRateAlarm"]["Metrics"]
    )


def test_a_stream_adds_alarms_for_its_lag_and_for_dead_letters() -> None:
    found = alarms(f"{INLINE}, connections: {{clicks: consume}}", "streams: {clicks: {}}\n")
    assert found["ReaderIteratorAgeAlarm"]["Threshold"] == 2000
    assert found["ReaderDeadLettersAlarm"]["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Ref": "ReaderDeadLetterName"}}
    ]


def test_reserved_concurrency_adds_an_alarm_at_four_fifths_of_it() -> None:
    assert alarms(f"{INLINE}, reserved_concurrency: 10")["ReaderConcurrencyAlarm"]["Threshold"] == 8


@pytest.mark.parametrize("handler", ["index.", ".handler", "a..b", "a b"])
def test_a_handler_has_no_empty_parts(handler: str) -> None:
    (message,) = messages(f"runtime: python3.13, code: src, handler: '{handler}'")
    assert message.startswith("E105 functions.reader.handler must be a handler such as app.handler, without")


@pytest.mark.parametrize("handler", ["app.handler", "src/pkg.app.handler", "com.example.Handler::handle"])
def test_handlers_of_every_language_are_taken(handler: str) -> None:
    assert function(f"runtime: python3.13, code: src, handler: '{handler}'")["Handler"] == handler


def test_a_variable_name_needs_a_second_character() -> None:
    (message,) = messages(f"{INLINE}, environment: {{X: y}}")
    assert message.endswith("such as LOG_LEVEL: a letter, then at least one letter, digit or _")


OTHER = """\
functions:
  aws-lambda: {runtime: python3.13, code: src, handler: app.handler}
  reader:
    runtime: python3.13
    code: src
    handler: app.handler
    connections:
      aws-lambda: %s
"""
LONG_FORM = """
        access: invoke
        env: AWS_LAMBDA"""


@pytest.mark.parametrize(("use", "line", "column"), [("invoke", 14, 7), (LONG_FORM, 16, 9)])
def test_a_connection_cannot_set_what_lambda_sets_itself(use: str, line: int, column: int) -> None:
    refused = "Lambda sets AWS_LAMBDA_FUNCTION_NAME itself; give the connection another prefix with `env`"
    assert problems(OTHER % use) == [f"spec.yaml:{line}:{column} E210 {refused}"]
    assert problems(OTHER % "{access: invoke, env: IT}") == []


def test_variables_of_connections_count_in_the_size_of_the_environment() -> None:
    own = f"environment: {{BIG: {'x' * 4000}}}"
    assert messages(f"{INLINE}, {own}") == []
    assert messages(f"{INLINE}, {own}, connections: {{news: publish}}", "topics: {news: {}}\n") == [
        "E106 the environment, with the variables of the connections, has more than the 4096 bytes "
        "that Lambda takes; move some into the code"
    ]


def test_known_values_of_connections_count_in_full() -> None:
    own = f"environment: {{BIG: {'x' * 3900}}}"
    use = "connections: {raw: {access: read, prefix: %s/}}"
    assert messages(f"{INLINE}, {own}, {use % 'a'}", "buckets: {raw: {}}\n") == []
    (message,) = messages(f"{INLINE}, {own}, {use % ('a' * 150)}", "buckets: {raw: {}}\n")
    assert message.startswith("E106 the environment, with the variables of the connections, has more than")


def test_queues_start_no_more_calls_than_are_reserved() -> None:
    use = "{access: receive, maximum_concurrency: 8}"
    uses = f"connections: {{a: {use}, b: {use}}}"
    queues = "queues: {a: {}, b: {}}\n"
    assert messages(f"{INLINE}, reserved_concurrency: 10, {uses}", queues) == [
        "E210 10 calls at one time are fewer than the 16 that 'a' and 'b' may start; write 16 or more, "
        "or lower `maximum_concurrency`"
    ]
    assert messages(f"{INLINE}, reserved_concurrency: 16, {uses}", queues) == []
    assert messages(f"{INLINE}, reserved_concurrency: 0, {uses}", queues) == []


def test_reserved_concurrency_has_a_limit() -> None:
    (message,) = messages(f"{INLINE}, reserved_concurrency: 1000000")
    assert message == "E106 functions.reader.reserved_concurrency must be from 0 to 100000, not 1000000"


def published(settings: str = "") -> Assembly:
    return compiled("topics: {news: {}}\n" + functions(f"{INLINE}, publish: true{settings}"))


def test_a_published_function_is_called_by_its_alias_only() -> None:
    settings = ", schedule: rate(1 hour), connections: {news: subscribe, clicks: consume}"
    rest = "topics: {news: {}}\nstreams: {clicks: {}}\napis: {front: {routes: {GET /: {to: reader}}}}\n"
    assembly = compiled(rest + functions(f"{INLINE}, publish: true{settings}"))
    live = {"Ref": "ReaderLiveAlias"}
    (mapping,) = resources(assembly, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["Properties"]["FunctionName"] == live
    (subscription,) = resources(assembly, "AWS::SNS::Subscription").values()
    assert subscription["Properties"]["Endpoint"] == live
    (schedule,) = resources(assembly, "AWS::Scheduler::Schedule").values()
    assert schedule["Properties"]["Target"]["Arn"] == live
    permissions = resources(assembly, "AWS::Lambda::Permission")
    assert permissions["ReaderFromNewsPermission"]["Properties"]["FunctionName"] == live
    (of_api,) = [found for name, found in permissions.items() if name.startswith("Front")]
    assert of_api["Properties"]["FunctionName"] == {"Ref": "ReaderArn"}
    (integration,) = resources(assembly, "AWS::ApiGatewayV2::Integration").values()
    assert integration["Properties"]["IntegrationUri"] == {"Ref": "ReaderArn"}
    assert assembly.stack("shop-dev-compute").template["Outputs"]["ReaderArn"]["Value"] == live
    (later,) = resources(assembly, "AWS::Lambda::EventInvokeConfig").values()
    assert later["Properties"]["Qualifier"] == "live"
    assert later["DependsOn"] == ["ReaderLiveAlias"]


def test_whoever_invokes_a_published_function_may_call_its_alias_and_is_told_so() -> None:
    found = compiled(
        f"functions: {{reader: {{{INLINE}, connections: {{other: invoke}}}}, "
        f"other: {{{INLINE}, publish: true}}}}"
    )
    assert statements(found)[1]["Resource"] == [{"Ref": "OtherLiveAlias"}]
    variables = resources(found, "AWS::Lambda::Function")["ReaderFunction"]["Properties"]["Environment"]
    assert variables["Variables"]["OTHER_FUNCTION_NAME"] == {"Ref": "OtherLiveAlias"}


def test_every_change_of_code_or_settings_is_a_version_of_its_own() -> None:
    versions = [
        set(resources(published(settings), "AWS::Lambda::Version"))
        for settings in ("", ", memory: 512", ", environment: {MODE: fast}")
    ]
    assert len({name for found in versions for name in found}) == 3
    (first,) = versions[0]
    (alias,) = resources(published(), "AWS::Lambda::Alias").values()
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [first, "Version"]}


def test_what_is_no_part_of_a_version_makes_none() -> None:
    one, other = published(", reserved_concurrency: 5"), published(", reserved_concurrency: 6")
    assert set(resources(one, "AWS::Lambda::Version")) == set(resources(other, "AWS::Lambda::Version"))


def test_calls_are_kept_ready_and_the_lack_of_them_rings() -> None:
    found = published(", provisioned_concurrency: 3")
    (alias,) = resources(found, "AWS::Lambda::Alias").values()
    assert alias["Properties"]["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 3}
    alarm = resources(found, "AWS::CloudWatch::Alarm")["ReaderColdStartsAlarm"]["Properties"]
    assert alarm["Dimensions"] == [
        {"Name": "FunctionName", "Value": {"Ref": "ReaderName"}},
        {"Name": "Resource", "Value": {"Ref": "ReaderAliasName"}},
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "provisioned_concurrency: 3",
            "E210 only a published version keeps calls ready; write `publish: true`, or remove this",
        ),
        (
            "publish: true, provisioned_concurrency: 3, reserved_concurrency: 2",
            "E210 3 calls cannot be kept ready out of the 2 of `reserved_concurrency`",
        ),
        (
            "layers: ['arn:aws:lambda:us-east-1:017000801446:layer:tools:7']",
            "E210 this layer is in us-east-1, but the function is in eu-west-1; name one of that region",
        ),
        (
            "layers: [{name: tools, version: 1}, {name: tools, version: 2}]",
            "E210 the layer tools is there twice; keep one version of it",
        ),
        (
            "schedule: hourly",
            "E105 'hourly' is no schedule; write one such as rate(5 minutes) or cron(0 3 * * ? *)",
        ),
        (
            "schedule: {expression: rate(1 hours)}",
            "E105 'rate(1 hours)' is no schedule: write rate(1 hour)",
        ),
        (
            "schedule: {expression: rate(1 hour), timezone: Berlin}",
            "E105 'Berlin' is no time zone; write a name of the IANA database, such as Europe/Berlin or UTC",
        ),
    ],
)
def test_impossible_versions_layers_and_schedules_are_said(settings: str, message: str) -> None:
    assert messages(f"{INLINE}, {settings}") == [message]


def test_a_bad_schedule_is_found_where_it_is_written() -> None:
    body = functions(f"{INLINE}, schedule: {{timezone: UTC, expression: hourly}}")
    (problem,) = problems(body)
    assert problem.startswith(f"spec.yaml:7:{body.index('expression') + 1} E105")


def test_a_layer_names_no_account_but_another_ones() -> None:
    layers = "layers: [{name: shared, version: 3}, 'arn:aws:lambda:eu-west-1:017000801446:layer:tools:7']"
    arn = "arn:${AWS::Partition}:lambda:${AWS::Region}"
    assert function(f"{INLINE}, {layers}")["Layers"] == [
        {"Fn::Sub": f"{arn}:${{AWS::AccountId}}:layer:shared:3"},
        {"Fn::Sub": f"{arn}:017000801446:layer:tools:7"},
    ]


def test_a_function_takes_five_layers() -> None:
    layers = ", ".join(f"{{name: l{number}, version: 1}}" for number in range(6))
    (message,) = messages(f"{INLINE}, layers: [{layers}]")
    assert "5" in message


def test_a_schedule_may_call_this_function_only_and_keeps_what_failed() -> None:
    settings = (
        "schedule: {expression: rate(5 minutes), timezone: Europe/Berlin, enabled: false, input: {a: 1}}"
    )
    assembly = compiled(functions(f"{INLINE}, {settings}"))
    (schedule,) = resources(assembly, "AWS::Scheduler::Schedule").values()
    target = schedule["Properties"].pop("Target")
    assert schedule["Properties"] == {
        "Description": "Calls the function reader",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": "rate(5 minutes)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "State": "DISABLED",
    }
    arn = {"Fn::GetAtt": ["ReaderFunction", "Arn"]}
    assert target == {
        "Arn": arn,
        "RoleArn": {"Fn::GetAtt": ["ReaderScheduleRole", "Arn"]},
        "Input": '{"a": 1}',
        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5},
        "DeadLetterConfig": {"Arn": {"Ref": "ReaderDeadLetterArn"}},
    }
    role = resources(assembly, "AWS::IAM::Role")["ReaderScheduleRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    group = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default"
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": {"Fn::Sub": group}}
    call, put_aside, key = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (call["Action"], call["Resource"]) == (["lambda:InvokeFunction"], [arn])
    assert (put_aside["Action"], put_aside["Resource"]) == (
        ["sqs:SendMessage"],
        [{"Ref": "ReaderDeadLetterArn"}],
    )
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    (later,) = resources(assembly, "AWS::Lambda::EventInvokeConfig").values()
    assert later["Properties"]["MaximumEventAgeInSeconds"] == 3600


def test_a_stream_alone_needs_nothing_said_of_asynchronous_calls() -> None:
    assembly = using("clicks: consume", "streams: {clicks: {}}\n")
    assert resources(assembly, "AWS::Lambda::EventInvokeConfig") == {}


def test_calls_that_could_not_be_put_aside_ring() -> None:
    alarm = alarms(f"{INLINE}, schedule: rate(1 day)")["ReaderLostCallsAlarm"]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("DestinationDeliveryFailures", 0)


def test_a_patched_function_is_another_version() -> None:
    """Or the alias, and with it every caller, would stay with the version from before the patch."""

    def versions(name: str = "", path: str = "") -> set[str]:
        patch = f"{{op: add, path: {path}, value: {{ApplyOn: PublishedVersions}}}}"
        override = f"{{resource: {name}, patch: [{patch}], reason: 'it starts too slowly'}}"
        return set(resources(published(f", overrides: [{override}]" if name else ""), "AWS::Lambda::Version"))

    plain = versions()
    assert plain.isdisjoint(versions("ReaderFunction", "/Properties/SnapStart"))
    # Lambda refuses a second version of the same.
    assert plain == versions("ReaderFunction", "/Metadata")
    assert plain == versions("ReaderRole", "/Metadata")
