"""What troposphere gets wrong; when one of these fails, upstream mended it and ours can go."""

from __future__ import annotations

import pytest
from troposphere import awslambda, rds

from compiler.blocks import gaps


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
