"""Services: tasks, roles, deployments and scaling; requests are tested in test_kind_service_http.py."""

from __future__ import annotations

import json
from textwrap import indent
from typing import Any

import pytest

from compiler.blocks.fargate.sizes import MEMORY
from tests.specs import HEAD, compiled, findings, problems, resources

IMAGE = 'image: {repository: shop/worker, tag: "1.0"}'


def spec(settings: str = "", rest: str = "", image: str = IMAGE) -> str:
    """A platform with one service `worker`; `settings` are further lines of it."""
    lines = "\n".join(line for line in (image, settings) if line)
    return f"network: {{}}\nservices:\n  worker:\n{indent(lines, '    ')}\n{rest}"


def made(body: str, type_: str, environment: str = "dev") -> dict[str, Any]:
    """The properties of the only resource of this type that belongs to the service."""
    found = resources(compiled(body, environment), type_)
    (one,) = (value for name, value in found.items() if name.startswith("Worker"))
    properties: dict[str, Any] = one["Properties"]
    return properties


def service(settings: str = "", environment: str = "dev") -> dict[str, Any]:
    return made(spec(settings), "AWS::ECS::Service", environment)


def task(settings: str = "", environment: str = "dev", rest: str = "", image: str = IMAGE) -> dict[str, Any]:
    return made(spec(settings, rest, image), "AWS::ECS::TaskDefinition", environment)


def container(
    settings: str = "", environment: str = "dev", rest: str = "", image: str = IMAGE
) -> dict[str, Any]:
    (one,) = task(settings, environment, rest, image)["ContainerDefinitions"]
    found: dict[str, Any] = one
    return found


def statements(
    role: str, settings: str = "", environment: str = "dev", rest: str = "", image: str = IMAGE
) -> Any:
    """What a role of the service may do: action -> resource."""
    found = resources(compiled(spec(settings, rest, image), environment), "AWS::IAM::Role")
    (policy,) = found[f"Worker{role}"]["Properties"].get("Policies", [{"PolicyDocument": {"Statement": []}}])
    return policy["PolicyDocument"]["Statement"]


def told(*args: str, **more: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(spec(*args, **more))]


def test_profiles_differ_in_number_kind_and_openness_of_tasks() -> None:
    dev, production = service(), service(environment="production")
    assert (dev["DesiredCount"], production["DesiredCount"]) == (1, 2)
    assert dev["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    assert production["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 1}]
    assert (dev["EnableExecuteCommand"], production["EnableExecuteCommand"]) == (True, False)


def test_of_a_mixture_the_first_task_is_never_spare_capacity() -> None:
    assert service("spot: 70%")["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Weight": 3, "Base": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 7},
    ]


def test_deployments_keep_every_task_and_roll_back_by_themselves() -> None:
    found = service()
    configuration = found["DeploymentConfiguration"]
    assert (configuration["MinimumHealthyPercent"], configuration["MaximumPercent"]) == (100, 200)
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert found["AvailabilityZoneRebalancing"] == "ENABLED"
    assert found["PropagateTags"] == "SERVICE"
    assert "LaunchType" not in found
    assert "LoadBalancers" not in found


def test_production_takes_back_a_version_that_exhausts_its_tasks() -> None:
    names = ["shop-%s-worker-deployment-cpu", "shop-%s-worker-deployment-memory"]
    for environment, on in (("dev", False), ("production", True)):
        watched = service(environment=environment)["DeploymentConfiguration"]["Alarms"]
        named = [name % environment for name in names]
        assert watched == {"AlarmNames": named, "Enable": on, "Rollback": on}
    off = service("deployment: {rollback_on_alarm: false}", "production")
    assert off["DeploymentConfiguration"]["Alarms"]["Enable"] is False


def test_the_alarms_of_a_deployment_live_beside_the_service_in_every_profile() -> None:
    for environment in ("dev", "production"):
        (stack,) = (one for one in compiled(spec(), environment).stacks if one.layer == "compute")
        cpu = stack.template["Resources"]["WorkerDeploymentCpuAlarm"]["Properties"]
        assert cpu["AlarmName"] == f"shop-{environment}-worker-deployment-cpu"
        assert (cpu["Threshold"], cpu["EvaluationPeriods"]) == (95, 3)
        # It comes after the service, so the service knows it by its name.
        assert {"Name": "ServiceName", "Value": {"Fn::GetAtt": ["WorkerService", "Name"]}} in cpu[
            "Dimensions"
        ]
        assert cpu["AlarmActions"] == [{"Ref": "NotificationsWarningTopicArn"}]


def test_alarms_can_be_watched_for_longer_where_they_are_watched() -> None:
    settings = "deployment: {bake_time: 10m}"
    assert service(settings, "production")["DeploymentConfiguration"]["BakeTimeInMinutes"] == 10
    assert "BakeTimeInMinutes" not in service(settings)["DeploymentConfiguration"]
    assert "BakeTimeInMinutes" not in service(environment="production")["DeploymentConfiguration"]


def test_tasks_run_in_private_subnets_without_an_address_of_the_internet() -> None:
    assert service()["NetworkConfiguration"]["AwsvpcConfiguration"] == {
        "AssignPublicIp": "DISABLED",
        "SecurityGroups": [{"Ref": "WorkerSecurityGroupId"}],
        "Subnets": {"Ref": "NetworkPrivateSubnetIds"},
    }


def test_a_task_is_arm_and_as_small_as_fargate_allows() -> None:
    found = task()
    assert (found["Cpu"], found["Memory"], found["NetworkMode"]) == ("256", "512", "awsvpc")
    assert found["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}
    assert found["Family"] == "shop-dev-worker"
    assert task("cpu: 4096")["Memory"] == "8192"
    assert task("architecture: x86_64")["RuntimePlatform"]["CpuArchitecture"] == "X86_64"
    assert task("ephemeral_storage: 50GiB")["EphemeralStorage"] == {"SizeInGiB": 50}


def test_the_container_is_locked_down() -> None:
    found = container(environment="production")
    assert found["ReadonlyRootFilesystem"] is True
    tmpfs = {"ContainerPath": "/tmp", "Size": 64, "MountOptions": ["mode=1777", "nosuid", "nodev"]}
    assert found["LinuxParameters"] == {"InitProcessEnabled": True, "Tmpfs": [tmpfs]}
    assert found["StopTimeout"] == 30
    assert "MountPoints" not in found
    assert "PortMappings" not in found
    assert "User" not in found


def test_settings_of_the_container_arrive() -> None:
    found = container(
        'user: "1000:1000"\ncommand: [serve, "-v"]\nstop_timeout: 2m\nreadonly_filesystem: false\n'
        "health_check: {command: [/bin/check], retries: 5}\n"
    )
    assert (found["User"], found["Command"], found["StopTimeout"]) == ("1000:1000", ["serve", "-v"], 120)
    assert found["HealthCheck"] == {
        "Command": ["CMD", "/bin/check"],
        "Interval": 30,
        "Timeout": 5,
        "Retries": 5,
        "StartPeriod": 30,
    }
    assert found["ReadonlyRootFilesystem"] is False
    assert found["LinuxParameters"] == {"InitProcessEnabled": True}


def test_the_log_never_stops_the_container() -> None:
    log = container()["LogConfiguration"]
    assert log["LogDriver"] == "awslogs"
    assert (log["Options"]["mode"], log["Options"]["awslogs-group"]) == (
        "non-blocking",
        {"Ref": "WorkerLogs"},
    )


def test_logs_are_kept_and_encrypted_in_production() -> None:
    group = resources(compiled(spec(), "production"), "AWS::Logs::LogGroup")["WorkerLogs"]
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    assert group["Properties"]["KmsKeyId"] == {"Ref": "EncryptionLogsKeyArn"}
    assert "KmsKeyId" not in made(spec(), "AWS::Logs::LogGroup")


def test_images_come_from_the_accounts_own_registry() -> None:
    host = "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}"
    assert container()["Image"] == {"Fn::Sub": f"{host}/shop/worker:1.0"}
    digest = "sha256:" + "a" * 64
    by_digest = f"image: {{repository: shop/worker, digest: '{digest}'}}"
    assert container(image=by_digest)["Image"] == {"Fn::Sub": f"{host}/shop/worker@{digest}"}
    elsewhere = "image: {location: 'public.ecr.aws/nginx/nginx:1.27'}"
    assert container(image=elsewhere)["Image"] == "public.ecr.aws/nginx/nginx:1.27"


def test_the_execution_role_pulls_one_image_and_writes_one_log() -> None:
    repository = "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/shop/worker"
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    assert statements("ExecutionRole") == [
        {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
        {"Effect": "Allow", "Action": pull, "Resource": [{"Fn::Sub": repository}]},
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [{"Fn::GetAtt": ["WorkerLogs", "Arn"]}],
        },
    ]


def test_a_registry_of_another_account_is_named_and_a_public_one_needs_nothing() -> None:
    foreign = "image: {location: '111122223333.dkr.ecr.us-east-1.amazonaws.com/base/worker:1'}"
    _, pull, _ = statements("ExecutionRole", image=foreign)
    arn = "arn:${AWS::Partition}:ecr:us-east-1:111122223333:repository/base/worker"
    assert pull["Resource"] == [{"Fn::Sub": arn}]
    (only_logs,) = statements("ExecutionRole", image="image: {location: 'nginx:1.27'}")
    assert only_logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_both_roles_trust_ecs_for_this_account_only() -> None:
    roles = resources(compiled(spec()), "AWS::IAM::Role")
    tasks = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"
    for role in ("WorkerExecutionRole", "WorkerTaskRole"):
        (trust,) = roles[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnLike": {"aws:SourceArn": {"Fn::Sub": tasks}},
        }


def test_the_task_role_holds_what_connections_grant_and_nothing_else() -> None:
    assert statements("TaskRole", environment="production") == []
    produce, key = statements(
        "TaskRole", "connections: {telemetry: produce}", "production", "streams: {telemetry: {}}\n"
    )
    assert produce["Resource"] == [{"Ref": "TelemetryArn"}]
    assert key["Action"] == ["kms:GenerateDataKey"]


def test_sessions_need_their_channel_their_log_and_its_key() -> None:
    channel, groups, log, key = statements("TaskRole", "exec: true", "production")
    assert channel["Resource"] == ["*"]
    assert all(action.startswith("ssmmessages:") for action in channel["Action"])
    assert groups["Action"] == ["logs:DescribeLogGroups"]
    assert log["Resource"] == [{"Fn::GetAtt": ["ClusterExecLogs", "Arn"]}]
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], [{"Ref": "EncryptionLogsKeyArn"}])
    folders = [mount["ContainerPath"] for mount in container("exec: true", "production")["MountPoints"]]
    assert folders == ["/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm"]


def test_variables_are_references_and_the_specs_own_texts() -> None:
    variables = container(
        "environment: {LOG_LEVEL: info}\nconnections: {telemetry: produce}", rest="streams: {telemetry: {}}\n"
    )["Environment"]
    assert variables == [
        {"Name": "LOG_LEVEL", "Value": "info"},
        {"Name": "PLATFORM_ENV", "Value": "dev"},
        {"Name": "PLATFORM_NAME", "Value": "shop"},
        {"Name": "TELEMETRY_STREAM_ARN", "Value": {"Ref": "TelemetryArn"}},
        {"Name": "TELEMETRY_STREAM_NAME", "Value": {"Ref": "TelemetryName"}},
    ]


def test_secrets_are_injected_by_the_execution_role_and_never_seen_in_the_template() -> None:
    use = ("connections: {token: {access: read, env: TOKEN}}", "production", "secrets: {token: {}}\n")
    found = container(*use)
    assert found["Secrets"] == [{"Name": "TOKEN", "ValueFrom": {"Ref": "TokenArn"}}]
    assert "TOKEN" not in [variable["Name"] for variable in found["Environment"]]
    assert statements("TaskRole", *use) == []
    *_, read, key = statements("ExecutionRole", *use)
    assert read["Resource"] == [{"Ref": "TokenArn"}]
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], [{"Ref": "EncryptionSecretsKeyArn"}])


def test_filesystems_are_mounted_through_their_access_point_with_iam_and_tls() -> None:
    settings = "connections: {maps: {access: read, mount: /mnt/maps}}"
    found = task(settings, rest="filesystems: {maps: {}}\n")
    (volume,) = (volume for volume in found["Volumes"] if "EFSVolumeConfiguration" in volume)
    assert volume == {
        "Name": "mnt_maps",
        "EFSVolumeConfiguration": {
            "FilesystemId": {"Ref": "MapsId"},
            "TransitEncryption": "ENABLED",
            "AuthorizationConfig": {"AccessPointId": {"Ref": "WorkerMapsAccessPoint"}, "IAM": "ENABLED"},
        },
    }
    mount = {"ContainerPath": "/mnt/maps", "ReadOnly": True, "SourceVolume": "mnt_maps"}
    assert mount in found["ContainerDefinitions"][0]["MountPoints"]


def test_a_task_reaches_aws_and_what_its_connections_name_before_it_starts() -> None:
    body = spec("connections: {maps: {access: read, mount: /mnt/maps}}", "filesystems: {maps: {}}\n")
    assembly = compiled(body)
    found = resources(assembly, "AWS::EC2::SecurityGroupEgress")
    assert found["WorkerHttpsEgress"]["Properties"]["FromPort"] == 443
    assert found["WorkerToMaps2049Egress"]["Properties"]["GroupId"] == {"Ref": "WorkerSecurityGroupId"}
    waits = resources(assembly, "AWS::ECS::Service")["WorkerService"]["DependsOn"]
    assert waits == ["WorkerHttpsEgress", "WorkerToMaps2049Egress", "WorkerToMaps2049Ingress"]


def test_descriptions_of_rules_hold_only_what_ec2_takes() -> None:
    # EC2 refuses the whole stack for a `>` in a description.
    rules = resources(compiled(spec()), "AWS::EC2::SecurityGroupEgress")
    assert [rule["Properties"]["Description"] for rule in rules.values()] == ["worker to AWS services"]


def test_where_the_load_decides_no_number_is_written() -> None:
    body = spec("count: {min: 2, max: 6, cpu_percentage: 65, memory_percentage: 75, cooldown: {in: 10m}}")
    assert "DesiredCount" not in made(body, "AWS::ECS::Service")
    target = made(body, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)
    name = {"Fn::GetAtt": ["WorkerService", "Name"]}
    assert target["ResourceId"] == {"Fn::Join": ["/", ["service", {"Ref": "ClusterCapacityProviders"}, name]]}
    policies = resources(compiled(body), "AWS::ApplicationAutoScaling::ScalingPolicy")
    followed = {
        found["PredefinedMetricSpecification"]["PredefinedMetricType"]: found["TargetValue"]
        for policy in policies.values()
        for found in [policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]]
    }
    assert followed == {"ECSServiceAverageCPUUtilization": 65, "ECSServiceAverageMemoryUtilization": 75}
    assert json.dumps(policies).count('"ScaleInCooldown": 600') == 2
    assert json.dumps(policies).count('"ScaleOutCooldown": 60') == 2


def test_without_a_target_the_count_follows_the_cpu() -> None:
    policy = made(spec("count: {min: 2, max: 6}"), "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert policy["PolicyName"] == "shop-dev-worker-cpu"
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70


CONSUMER = "connections: {telemetry: consume}\ncount: {min: 2, max: 4, %s}"


def lag(target: str, stream: str = "") -> dict[str, Any]:
    """What the policy on the lag of a stream follows, and to what it keeps."""
    body = spec(CONSUMER % target, f"streams: {{telemetry: {{shards: 4, {stream}}}}}\n")
    policies = resources(compiled(body), "AWS::ApplicationAutoScaling::ScalingPolicy")
    found: dict[str, Any] = policies["WorkerScaleByStreamLag"]["Properties"][
        "TargetTrackingScalingPolicyConfiguration"
    ]
    return found


def test_tasks_are_added_before_the_alarm_on_the_streams_lag_rings() -> None:
    assert lag("stream_lag: {stream: telemetry}")["TargetValue"] == 1000
    assert lag("stream_lag: {stream: telemetry}", "latency_objective: 1m")["TargetValue"] == 30_000
    assert lag("stream_lag: {stream: telemetry, target: 10s}")["TargetValue"] == 10_000


def test_a_long_lag_at_most_doubles_the_tasks() -> None:
    age, result = lag("stream_lag: {stream: telemetry}")["CustomizedMetricSpecification"]["Metrics"]
    assert age["MetricStat"]["Metric"] == {
        "Namespace": "AWS/Kinesis",
        "MetricName": "GetRecords.IteratorAgeMilliseconds",
        "Dimensions": [{"Name": "StreamName", "Value": {"Ref": "TelemetryName"}}],
    }
    assert (age["MetricStat"]["Stat"], age["ReturnData"]) == ("Maximum", False)
    assert (result["Expression"], result["ReturnData"]) == ("IF(age > 2000, 2000, age)", True)


def test_a_lag_that_is_gone_does_not_take_the_tasks_away_alone() -> None:
    body = spec(CONSUMER % "stream_lag: {stream: telemetry}", "streams: {telemetry: {shards: 4}}\n")
    policies = resources(compiled(body), "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert set(policies) == {"WorkerScaleByCpu", "WorkerScaleByStreamLag"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            CONSUMER % "stream_lag: {stream: clicks}",
            "'worker' does not consume a stream 'clicks'; write telemetry",
        ),
        (
            "count: {min: 1, max: 2, stream_lag: {stream: telemetry}}",
            "'worker' does not consume a stream 'telemetry'; add `telemetry: consume` to 'connections'",
        ),
    ],
)
def test_only_a_stream_that_the_service_reads_can_lag(settings: str, message: str) -> None:
    assert told(settings, "streams: {telemetry: {}}\n") == [f"E210 {message}"]


def test_more_tasks_than_shards_have_nothing_to_do() -> None:
    settings = CONSUMER % "stream_lag: {stream: telemetry}"
    assert told(settings, "streams: {telemetry: {shards: 3}}\n") == [
        "E210 'telemetry' has 3 shards, and one task reads a whole shard: more than 3 have nothing to do; "
        "lower 'max' 4, or give the stream more shards"
    ]
    assert told(settings, "streams: {telemetry: {shards: 4}}\n") == []
    (line,) = told(settings, "streams: {telemetry: {}}\n")
    assert line.startswith("E210 'telemetry' has 1 shard, and one task")
    load = "load: {devices: 9, messages_per_second: 1, message_size: 1KiB}"
    assert told(settings, f"streams: {{telemetry: {{{load}}}}}\n") == []


def test_an_environment_may_turn_a_number_into_limits() -> None:
    more = "{profile: production, services: {worker: {count: {min: 3, max: 9}}}}"
    head = HEAD.replace("{profile: production}", more)
    assert problems(spec("count: 1"), head) == []


def alarms(environment: str) -> dict[str, Any]:
    (stack,) = (one for one in compiled(spec(), environment).stacks if one.layer == "observability")
    found = stack.template["Resources"]
    return {name: alarm["Properties"] for name, alarm in found.items() if name.startswith("Worker")}


def test_the_load_of_tasks_is_watched_and_in_production_their_number() -> None:
    assert set(alarms("dev")) == {"WorkerHighCpuAlarm", "WorkerHighMemoryAlarm"}
    cpu = alarms("dev")["WorkerHighCpuAlarm"]
    assert (cpu["Namespace"], cpu["MetricName"], cpu["Threshold"]) == ("AWS/ECS", "CPUUtilization", 85)
    assert (cpu["DatapointsToAlarm"], cpu["EvaluationPeriods"]) == (5, 5)
    assert cpu["Dimensions"] == [
        {"Name": "ClusterName", "Value": {"Ref": "ClusterName"}},
        {"Name": "ServiceName", "Value": {"Ref": "WorkerName"}},
    ]
    missing = alarms("production")["WorkerMissingTasksAlarm"]
    assert missing["TreatMissingData"] == "breaching"
    assert missing["Metrics"][-1]["Expression"] == "desired - running"


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("image: {}", "an image has either a 'repository' or a 'location'"),
        ("image: {repository: a, location: b, tag: c}", "an image has either a 'repository' or a 'location'"),
        ("image: {repository: a}", "an image in a repository has either a 'tag' or a 'digest'"),
        ("image: {location: 'b:1', tag: c}", "a 'location' already holds the tag; remove 'tag' and 'digest'"),
    ],
)
def test_an_image_is_named_in_one_way(image: str, message: str) -> None:
    assert told(image=image) == [f"E210 {message}"]


@pytest.mark.parametrize(
    "image", ["{repository: a, tag: latest}", "{location: 'reg:5000/b'}", "{location: 'b:latest'}"]
)
def test_production_takes_no_image_that_moves(image: str) -> None:
    (found,) = [line for line in findings(spec(image=f"image: {image}")) if " C012 " in line]
    message = "'latest' can be another image tomorrow; production needs a version or a digest"
    assert found.split(" ", 1)[1] == f"C012 error (production): {message}"


def test_memory_must_go_with_the_cpu() -> None:
    assert told("memory: 4096") == [
        "C001 Fargate has no 4096 MiB with 256 CPU units; it has: 512, 1024, 2048"
    ]
    assert told("cpu: 1024\nmemory: 1024") == [
        "C001 Fargate has no 1024 MiB with 1024 CPU units; it has: 2048 to 8192 in steps of 1024"
    ]
    assert all(list(offered) == sorted(set(offered)) for offered in MEMORY.values())


def test_limits_of_the_count_must_agree() -> None:
    assert told("count: {min: 5, max: 2}") == ["C013 'min' 5 is greater than 'max' 2"]
    assert told("count: {min: 1, max: 2, requests: 100}") == [
        "E210 a service without 'http' gets no requests to scale by; remove 'requests' or add 'http'"
    ]
    assert [line.split()[0] for line in told("count: {min: 0, max: 2}")] == ["C004"]


def test_a_folder_holds_one_thing() -> None:
    settings = (
        "connections:\n"
        "  maps: {access: read, mount: /mnt/data}\n"
        "  tiles: {access: read, mount: /mnt/data}\n"
        "writable: [/tmp, /mnt/data]"
    )
    assert told(settings, "filesystems: {maps: {}, tiles: {}}\n") == [
        "E210 /mnt/data is used for 3 things; mount one elsewhere"
    ]


def test_a_public_image_cannot_be_pulled_without_egress() -> None:
    body = spec(image="image: {location: 'nginx:1.27'}").replace("network: {}", "network: {egress: none}")
    assert [line.split(" ", 1)[1] for line in problems(body)] == [
        "E210 'nginx:1.27' cannot be pulled: the network has no egress; copy the image to an ECR repository "
        "of the account, or give the network another 'egress'"
    ]


def test_without_egress_a_service_brings_the_endpoints_it_calls() -> None:
    body = spec("exec: true").replace("network: {}", "network: {egress: none}")
    endpoints = resources(compiled(body), "AWS::EC2::VPCEndpoint")
    text = json.dumps(endpoints)
    assert all(name in text for name in ("ecr.api", "ecr.dkr", "logs", "ssmmessages", "s3"))


def test_a_service_needs_a_network() -> None:
    body = spec().replace("network: {}\n", "")
    assert [line.split(" ", 1)[1] for line in problems(body)] == [
        "E207 'worker' (service) needs a network; add a 'network:' section"
    ]


@pytest.mark.parametrize("folder", ["/", "/tmp/", "/a//b", "/a/../b", "/a/.", "tmp"])
def test_a_writable_folder_is_written_in_one_way(folder: str) -> None:
    (message,) = told(f"writable: [{folder}]")
    assert message.startswith("E105 services.worker.writable[0] must be a folder such as /var/cache/nginx")


def test_writable_folders_do_not_lie_inside_each_other() -> None:
    assert told("writable: [/tmp/cache, /tmp, /tmp-2, /.cache]") == [
        "E210 /tmp/cache lies inside /tmp, which is writable as a whole; remove it"
    ]
    assert told("readonly_filesystem: false\nwritable: [/tmp/cache, /tmp]") == []


def test_a_mount_does_not_lie_inside_a_writable_folder() -> None:
    settings = "writable: [/mnt]\nconnections:\n  maps: {access: read, mount: /mnt/maps}"
    assert told(settings, "filesystems: {maps: {}}\n") == [
        "E210 /mnt/maps lies inside /mnt, which holds something else; move one of the two"
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("spot: 33.333333%", "33.333333% is not a whole percentage; write 33% or 34%"),
        ("deployment: {bake_time: 90s}", "90s is not whole minutes; write 1m or 2m"),
        ("writable_size: 1500KiB", "1500KiB is not whole MiB; write 1MiB or 2MiB"),
        ("ephemeral_storage: 30000MiB", "30000MiB is not whole GiB; write 29GiB or 30GiB"),
    ],
)
def test_what_ecs_counts_in_whole_units_is_whole(settings: str, message: str) -> None:
    assert told(settings) == [f"E105 {message}"]


@pytest.mark.parametrize("spot", range(0, 101, 7))
def test_weights_are_within_what_ecs_takes(spot: int) -> None:
    weights = [item["Weight"] for item in service(f"spot: {spot}%")["CapacityProviderStrategy"]]
    assert all(0 < weight <= 1000 for weight in weights)
