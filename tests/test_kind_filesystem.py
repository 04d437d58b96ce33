"""Filesystem: encrypted, closed, one mount target a zone; access points that share folders by one rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import encode_to_dict

from compiler import document, pipeline
from compiler.diagnostics import Position, SpecError
from compiler.draft import Draft, DraftScope
from compiler.kinds.filesystem import KIND
from compiler.kinds.filesystem.build import grant
from compiler.model import Connection
from compiler.places import Place
from compiler.scope import Grant

HEAD = """
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev}
  synthetic: {profile: synthetic}
  production: {profile: production}
network: {availability_zones: 3}
"""


def template(spec: str, environment: str = "dev", layer: str = "data") -> dict[str, Any]:
    loaded = document.load((HEAD + spec).encode(), "spec.yaml")
    assembly = pipeline.compile_spec(loaded, environment, lambda folder: {"app.py": b"pass"})
    resources: dict[str, Any] = assembly.stack(f"shop-{environment}-{layer}").template["Resources"]
    return resources


def filesystem(settings: str, environment: str = "dev") -> dict[str, Any]:
    found: dict[str, Any] = template(f"filesystems: {{files: {settings}}}", environment)["FilesFileSystem"]
    return found


def messages(spec: str) -> list[str]:
    with pytest.raises(SpecError) as error:
        template(spec)
    return [f"{found.code} {found.message}" for found in error.value.diagnostics]


def granted(verb: str, folder: str = "/shared", consumer: str = "files") -> tuple[Grant, dict[str, Any]]:
    """What a consumer in the compute layer gets, and the resources that this makes for it."""
    loaded = document.load((HEAD + "filesystems: {files: {}, other: {}}").encode(), "spec.yaml")
    draft = Draft(pipeline.understand(loaded, "dev"), lambda folder: {})
    target, user = draft.platform.components["files"], draft.platform.components[consumer]
    options = {"mount": "/mnt/files", "folder": folder}
    connection = Connection(consumer, "files", verb, options, None, Position("spec.yaml", 1, 1))
    found = grant(connection, target, DraftScope(draft, user, "compute"))
    return found, json.loads(json.dumps(encode_to_dict(draft.holding(Place("compute")).resources)))


def test_it_is_encrypted_with_the_key_for_data_and_elastic() -> None:
    found = filesystem("{}")["Properties"]
    assert found["Encrypted"] is True
    assert found["KmsKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert (found["ThroughputMode"], found["PerformanceMode"]) == ("elastic", "generalPurpose")


def test_each_transition_is_an_item_of_its_own_and_files_come_back_when_used() -> None:
    found = filesystem("{transition_to_ia: 1d, transition_to_archive: 90d}")["Properties"]
    assert found["LifecyclePolicies"] == [
        {"TransitionToIA": "AFTER_1_DAY"},
        {"TransitionToArchive": "AFTER_90_DAYS"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]


def test_files_never_move_when_asked_not_to() -> None:
    assert filesystem("{transition_to_ia: never}")["Properties"]["LifecyclePolicies"] == []


def test_only_production_backs_up_and_keeps_it_by_default() -> None:
    found = {name: filesystem("{}", name) for name in ("dev", "synthetic", "production")}
    assert {name: item["Properties"]["BackupPolicy"]["Status"] for name, item in found.items()} == {
        "dev": "DISABLED",
        "synthetic": "DISABLED",
        "production": "ENABLED",
    }
    assert {name: item["DeletionPolicy"] for name, item in found.items()} == {
        "dev": "Delete",
        "synthetic": "Delete",
        "production": "RetainExceptOnCreate",
    }
    assert found["production"]["UpdateReplacePolicy"] == "Retain"


def test_its_policy_admits_this_account_through_access_points_over_tls_only() -> None:
    account, tls, points = filesystem("{}")["Properties"]["FileSystemPolicy"]["Statement"]
    assert account["Effect"] == "Allow"
    assert account["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert account["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": False}})
    assert points["Effect"] == "Deny"
    assert points["Condition"] == {"Null": {"elasticfilesystem:AccessPointArn": True}}
    assert "elasticfilesystem:ClientRootAccess" in points["Action"]


def test_each_zone_has_a_mount_target_in_its_isolated_subnet() -> None:
    found = template("filesystems: {files: {}}")
    targets = {
        name: item["Properties"] for name, item in found.items() if item["Type"] == "AWS::EFS::MountTarget"
    }
    assert list(targets) == ["FilesMountTargetA", "FilesMountTargetB", "FilesMountTargetC"]
    for number, target in enumerate(targets.values()):
        assert target["SubnetId"] == {"Fn::Select": [number, {"Ref": "NetworkIsolatedSubnetIds"}]}
        assert target["SecurityGroups"] == [{"Ref": "FilesSecurityGroupId"}]


def test_its_security_group_starts_closed() -> None:
    group = template("filesystems: {files: {}}", layer="network")["FilesSecurityGroup"]["Properties"]
    assert "SecurityGroupIngress" not in group
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "{throughput: bursting, transition_to_archive: 90d}",
            "the archive needs elastic throughput, not 'bursting'; remove one of the two",
        ),
        (
            "{transition_to_ia: 90d, transition_to_archive: 30d}",
            "files cannot be archived after 30d when they become infrequently used after 90d; "
            "write 90d or more, or 'transition_to_ia: never'",
        ),
    ],
)
def test_a_contradicting_lifecycle_is_an_error(settings: str, message: str) -> None:
    assert messages(f"filesystems: {{files: {settings}}}") == [f"E210 {message}"]


def test_it_needs_a_network() -> None:
    loaded = document.load(
        (HEAD.replace("network:", "x-no:") + "filesystems: {files: {}}").encode(), "spec.yaml"
    )
    with pytest.raises(SpecError) as error:
        pipeline.understand(loaded, "dev")
    assert [found.code for found in error.value.diagnostics] == ["E207"]


@pytest.mark.parametrize(
    ("verb", "actions"),
    [
        ("read", ["elasticfilesystem:ClientMount"]),
        ("write", ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]),
    ],
)
def test_a_verb_grants_no_more_than_it_says_and_only_through_the_consumers_access_point(
    verb: str, actions: list[str]
) -> None:
    found, _ = granted(verb)
    (statement,) = json.loads(json.dumps(encode_to_dict(found.statements)))
    assert statement["Action"] == actions
    assert statement["Resource"] == [{"Ref": "FilesArn"}]
    assert statement["Condition"] == {
        "StringEquals": {"elasticfilesystem:AccessPointArn": {"Fn::GetAtt": ["FilesFilesAccessPoint", "Arn"]}}
    }


def test_a_grant_mounts_the_folder_and_opens_the_port() -> None:
    found, _ = granted("read")
    assert found.mount is not None
    assert (found.mount.path, found.mount.read_only) == ("/mnt/files", True)
    assert [port.port for port in found.ports] == [2049]
    written, _ = granted("write")
    assert written.mount is not None
    assert not written.mount.read_only


def test_consumers_share_a_folder_by_its_name_and_act_as_one_user() -> None:
    _, first = granted("write")
    _, second = granted("read", consumer="other")
    one, two = first["FilesFilesAccessPoint"], second["OtherFilesAccessPoint"]
    assert one["Properties"]["RootDirectory"] == two["Properties"]["RootDirectory"]
    assert one["Properties"]["RootDirectory"] == {
        "Path": "/shared",
        "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1000", "Permissions": "0750"},
    }
    assert one["Properties"]["PosixUser"] == two["Properties"]["PosixUser"] == {"Uid": "1000", "Gid": "1000"}


def test_a_folder_of_its_own_keeps_a_consumer_apart() -> None:
    _, found = granted("write", folder="/reports/daily")
    assert found["FilesFilesAccessPoint"]["Properties"]["RootDirectory"]["Path"] == "/reports/daily"


def test_consumers_find_the_mount_in_their_environment() -> None:
    assert {verb.environment["PATH"] for verb in KIND.verbs.values()} == {"option:mount"}


def test_alarms_watch_the_io_limit_and_the_credits_of_bursting_filesystems() -> None:
    elastic = template("filesystems: {files: {}}", layer="observability")
    bursting = template("filesystems: {files: {throughput: bursting}}", layer="observability")
    assert "FilesBurstCreditsAlarm" not in elastic
    limit = elastic["FilesIoLimitAlarm"]["Properties"]
    assert (limit["MetricName"], limit["Threshold"], limit["Statistic"]) == ("PercentIOLimit", 90, "Maximum")
    few = bursting["FilesBurstCreditsAlarm"]["Properties"]
    assert (few["Threshold"], few["ComparisonOperator"]) == (1024**4, "LessThanThreshold")
    assert few["Dimensions"] == [{"Name": "FileSystemId", "Value": {"Ref": "FilesId"}}]


SERVICE = """
services:
  web:
    image: {repository: web, tag: "1"}
    cpu: 256
    memory: 512
    connections:
      files: {access: read, mount: /srv/files}
filesystems: {files: {}}
"""


def test_a_service_gets_the_path_the_mount_and_a_pair_of_rules() -> None:
    found = template(SERVICE, layer="compute")
    task = found["WebTask"]["Properties"]
    assert {"Name": "FILES_PATH", "Value": "/srv/files"} in task["ContainerDefinitions"][0]["Environment"]
    assert task["Volumes"][0]["EFSVolumeConfiguration"]["AuthorizationConfig"] == {
        "AccessPointId": {"Ref": "WebFilesAccessPoint"},
        "IAM": "ENABLED",
    }
    out, into = (found[f"WebToFiles2049{way}"]["Properties"] for way in ("Egress", "Ingress"))
    web, files = {"Ref": "WebSecurityGroupId"}, {"Ref": "FilesSecurityGroupId"}
    assert (out["GroupId"], out["DestinationSecurityGroupId"], out["ToPort"]) == (web, files, 2049)
    assert (into["GroupId"], into["SourceSecurityGroupId"], into["ToPort"]) == (files, web, 2049)


def test_a_connection_without_a_mount_is_an_error() -> None:
    assert messages(SERVICE.replace("{access: read, mount: /srv/files}", "read")) == [
        "E203 'read' on the filesystem 'files' needs 'mount'"
    ]


@pytest.mark.parametrize("mount", ["srv/files", "/", "/srv/../etc", "/srv/files/"])
def test_a_mount_is_an_absolute_path(mount: str) -> None:
    (message,) = messages(SERVICE.replace("/srv/files", mount))
    assert message.startswith("E105 services.web.connections.files.mount must be an absolute path such as ")


def test_an_alarm_rings_when_no_service_is_connected_that_should_be() -> None:
    found = template(SERVICE, layer="observability")["FilesNoClientsAlarm"]["Properties"]
    assert (found["MetricName"], found["ComparisonOperator"]) == ("ClientConnections", "LessThanThreshold")
    assert found["TreatMissingData"] == "breaching"
    alone = template("filesystems: {files: {}}", layer="observability")
    assert "FilesNoClientsAlarm" not in alone
