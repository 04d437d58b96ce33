"""What troposphere gets wrong; when one of these fails, upstream mended it and ours can go."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import awslambda, cloudwatch, ecs, rds

from compiler.blocks import gaps
from tests.specs import compiled, resources


@pytest.mark.parametrize(
    "capacity", [{"MinCapacity": 0, "MaxCapacity": 2}, {"MinCapacity": 1, "MaxCapacity": 256}]
)
def test_troposphere_still_refuses_capacities_that_aurora_takes(capacity: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="capacity"):
        rds.ServerlessV2ScalingConfiguration(**capacity)
    assert gaps.ServerlessV2ScalingConfiguration(**capacity).to_dict() == capacity


def test_troposphere_still_lacks_the_format_of_a_functions_logs() -> None:
    with pytest.raises(AttributeError, match="LogFormat"):
        awslambda.LoggingConfig(LogFormat="JSON")
    wanted = {
        "ApplicationLogLevel": "INFO",
        "LogFormat": "JSON",
        "LogGroup": "logs",
        "SystemLogLevel": "WARN",
    }
    assert gaps.LoggingConfig(**wanted).to_dict() == wanted


def test_troposphere_still_lacks_the_concurrency_of_an_event_source() -> None:
    with pytest.raises(AttributeError, match="MaximumConcurrency"):
        awslambda.ScalingConfig(MaximumConcurrency=2)
    assert gaps.ScalingConfig(MaximumConcurrency=2).to_dict() == {"MaximumConcurrency": 2}


@pytest.mark.parametrize(
    ("known", "lacking"), [(cloudwatch.Alarm, "ActionConfiguration"), (ecs.Service, "GatewayConnectors")]
)
def test_troposphere_still_lacks_properties_that_only_overrides_can_say(known: Any, lacking: str) -> None:
    """No kind says them, so nothing is mended: a patch does not ask troposphere what it knows."""
    assert lacking not in known.props
    patch = f"{{op: add, path: /Properties/{lacking}, value: {{}}}}"
    logical_id, kind = {
        "ActionConfiguration": ("QDeadLettersAlarm", "queues: {q: {%s}}"),
        "GatewayConnectors": (
            "QService",
            "network: {}\nservices: {q: {image: {repository: q, tag: '1'}, %s}}",
        ),
    }[lacking]
    why = "the service has it, troposphere does not"
    body = kind % f"overrides: [{{resource: {logical_id}, patch: [{patch}], reason: {why!r}}}]"
    (found,) = (r for n, r in resources(compiled(body), known.resource_type).items() if n == logical_id)
    assert found["Properties"][lacking] == {}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (gaps.ServerlessV2ScalingConfiguration, rds.ServerlessV2ScalingConfiguration),
        (gaps.LoggingConfig, awslambda.LoggingConfig),
        (gaps.ScalingConfig, awslambda.ScalingConfig),
    ],
)
def test_ours_stands_in_for_theirs(ours: type, theirs: type) -> None:
    assert issubclass(ours, theirs)


def test_every_mended_class_is_tested_here() -> None:
    mended = {name for name, found in vars(gaps).items() if getattr(found, "__module__", "") == gaps.__name__}
    assert mended == {"ServerlessV2ScalingConfiguration", "LoggingConfig", "ScalingConfig"}
