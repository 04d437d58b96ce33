"""What troposphere 4.11 gets wrong or lacks, mended in one place."""

from __future__ import annotations

from troposphere import awslambda, rds
from troposphere.validators import double, integer


class ServerlessV2ScalingConfiguration(rds.ServerlessV2ScalingConfiguration):
    """Allows 0 ACU (scale to zero) and up to 256, as the service does.

    Source: provider schema AWS::RDS::DBCluster 2026-10-20; botocore model of rds.
    """

    props = {
        "MaxCapacity": (double, True),
        "MinCapacity": (double, True),
        "SecondsUntilAutoPause": (integer, False),
    }


class LoggingConfig(awslambda.LoggingConfig):
    """Has LogFormat and the log levels again; a newer type of the same name overwrote the class."""

    props = {
        "ApplicationLogLevel": (str, False),
        "LogFormat": (str, False),
        "LogGroup": (str, False),
        "SystemLogLevel": (str, False),
    }


class ScalingConfig(awslambda.ScalingConfig):
    """Has MaximumConcurrency again; a newer type of the same name overwrote the class."""

    props = {"MaximumConcurrency": (integer, False)}
