"""The cluster: metrics by profile, logged sessions, capacity providers that outlive the services."""

from __future__ import annotations

from typing import Any

from tests.specs import compiled, problems, resources

SERVICE = """
network: {}
services: {worker: {image: {repository: shop/worker, tag: "1"}}}
"""


def cluster(body: str = "cluster: {}\n", environment: str = "dev") -> dict[str, Any]:
    return resources(compiled(body, environment), "AWS::ECS::Cluster")["Cluster"]


def groups(body: str, environment: str) -> dict[str, dict[str, Any]]:
    found = resources(compiled(body, environment), "AWS::Logs::LogGroup")
    return {name: group for name, group in found.items() if name.startswith("Cluster")}


def insights(body: str, environment: str) -> str:
    (setting,) = cluster(body, environment)["Properties"]["ClusterSettings"]
    assert setting["Name"] == "containerInsights"
    value: str = setting["Value"]
    return value


def test_a_service_brings_the_cluster() -> None:
    assert cluster(SERVICE)["Properties"]["ClusterName"] == "shop-dev-cluster"


def test_production_collects_detailed_metrics_and_dev_none() -> None:
    assert insights("cluster: {}\n", "dev") == "disabled"
    assert insights("cluster: {}\n", "production") == "enhanced"
    assert insights("cluster: {container_insights: standard}\n", "production") == "enabled"


def test_the_group_that_container_insights_write_to_is_made_first() -> None:
    made = groups("cluster: {}\n", "production")
    assert set(made) == {"ClusterExecLogs", "ClusterInsightsLogs"}
    group = made["ClusterInsightsLogs"]
    name = "/aws/ecs/containerinsights/shop-production-cluster/performance"
    assert group["Properties"]["LogGroupName"] == name
    assert group["Properties"]["RetentionInDays"] == 90
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    assert cluster("cluster: {}\n", "production")["DependsOn"] == ["ClusterInsightsLogs"]
    assert set(groups("cluster: {}\n", "dev")) == {"ClusterExecLogs"}


def test_sessions_are_logged_and_encrypted_where_there_is_a_key() -> None:
    def session(environment: str) -> dict[str, Any]:
        configuration = cluster(environment=environment)["Properties"]["Configuration"]
        found: dict[str, Any] = configuration["ExecuteCommandConfiguration"]
        return found

    log = {"CloudWatchLogGroupName": {"Ref": "ClusterExecLogs"}}
    key = {"Ref": "EncryptionLogsKeyArn"}
    assert session("dev") == {
        "Logging": "OVERRIDE",
        "LogConfiguration": log | {"CloudWatchEncryptionEnabled": False},
    }
    assert session("production") == {
        "Logging": "OVERRIDE",
        "KmsKeyId": key,
        "LogConfiguration": log | {"CloudWatchEncryptionEnabled": True},
    }
    assert groups("cluster: {}\n", "production")["ClusterExecLogs"]["Properties"]["KmsKeyId"] == key


def test_whoever_uses_the_cluster_waits_for_its_capacity_providers() -> None:
    assembly = compiled(SERVICE)
    association = resources(assembly, "AWS::ECS::ClusterCapacityProviderAssociations")
    providers = association["ClusterCapacityProviders"]["Properties"]
    assert providers["Cluster"] == {"Ref": "Cluster"}
    assert providers["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    service = resources(assembly, "AWS::ECS::Service")["WorkerService"]["Properties"]
    assert service["Cluster"] == {"Ref": "ClusterCapacityProviders"}


def test_the_words_for_metrics_are_checked() -> None:
    assert [line.split()[1] for line in problems("cluster: {container_insights: full}\n")] == ["E104"]
