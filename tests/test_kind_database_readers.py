"""Readers that are added while those there are busy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import compiled, problems, resources

DATABASE = (
    "network: {}\ndatabases: {registry: {readers: 2, capacity: {min: 1, max: 4}, reader_scaling: %s}}\n"
)


def built(type_: str, settings: str = "{max: 4}") -> dict[str, dict[str, Any]]:
    return resources(compiled(DATABASE % settings), f"AWS::{type_}")


def policies(settings: str) -> dict[str, dict[str, Any]]:
    found = built("ApplicationAutoScaling::ScalingPolicy", settings)
    return {
        name: policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
        for name, policy in found.items()
    }


def wrong(settings: str, readers: str = "readers: 1") -> list[str]:
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    body = f"network: {{}}\ndatabases: {{registry: {{{readers}, reader_scaling: {settings}}}}}"
    return [problem.split(" ", 1)[1] for problem in problems(body, head)]


def test_the_readers_of_the_template_always_stay_and_others_come_up_to_the_most() -> None:
    (target,) = built("ApplicationAutoScaling::ScalableTarget").values()
    assert {name: value for name, value in target["Properties"].items() if name != "Tags"} == {
        "ServiceNamespace": "rds",
        "ScalableDimension": "rds:cluster:ReadReplicaCount",
        "ResourceId": {"Fn::Sub": ["cluster:${Cluster}", {"Cluster": {"Ref": "RegistryCluster"}}]},
        "MinCapacity": 2,
        "MaxCapacity": 4,
    }


def test_nothing_adds_readers_to_a_cluster_that_goes() -> None:
    """What depends on others is deleted before them."""
    (target,) = built("ApplicationAutoScaling::ScalableTarget").values()
    assert target["DependsOn"] == ["RegistryReader1", "RegistryReader2"]


def test_without_a_target_readers_follow_their_processors() -> None:
    assert policies("{max: 4}") == {
        "RegistryScaleReadersByCpu": {
            "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"},
            "ScaleInCooldown": 600,
            "ScaleOutCooldown": 300,
            "TargetValue": 60,
        }
    }


def test_every_target_is_a_policy_of_its_own() -> None:
    found = policies("{max: 4, cpu_percentage: 50, connections: 200, cooldown: {in: 20m, out: 1m}}")
    values = {name: (policy["TargetValue"], policy["ScaleInCooldown"]) for name, policy in found.items()}
    assert values == {
        "RegistryScaleReadersByCpu": (50, 1200),
        "RegistryScaleReadersByConnections": (200, 1200),
    }
    only = policies("{max: 4, connections: 200}")
    assert list(only) == ["RegistryScaleReadersByConnections"]


def test_without_scaling_nothing_is_added() -> None:
    assembly = compiled("network: {}\ndatabases: {registry: {readers: 2}}\n")
    assert resources(assembly, "AWS::ApplicationAutoScaling::ScalableTarget") == {}


@pytest.mark.parametrize(
    ("readers", "settings", "message"),
    [
        (
            "readers: 0",
            "{max: 4}",
            "E210 readers are added beside one that is always there; write `readers: 1` or more",
        ),
        ("readers: 3", "{max: 3}", "E210 'max: 3' leaves none to add to 'readers: 3'; raise 'max'"),
        (
            "readers: 1, capacity: {min: 1, max: 1}",
            "{max: 3, connections: 200}",
            "E210 a reader takes 189 connections at its most capacity, so an average of 200 is not reached; "
            "write fewer, or raise the capacity's 'max'",
        ),
    ],
)
def test_contradictions_are_explained(readers: str, settings: str, message: str) -> None:
    assert wrong(settings, readers) == [message]


@pytest.mark.parametrize("settings", ["{max: 1}", "{max: 16}", "{max: 4, cpu_percentage: 101}"])
def test_values_out_of_range_are_refused(settings: str) -> None:
    (message,) = wrong(settings)
    assert message.startswith("E106 databases.registry.reader_scaling.")
