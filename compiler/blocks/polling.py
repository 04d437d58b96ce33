"""How Lambda polls what has shards: Kinesis streams, and the changes of DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def shards(options: Mapping[str, Any]) -> dict[str, object]:
    """Properties of an event source mapping, from the options `batch_size` and `parallelization`.

    Lambda's own defaults retry forever: one bad record would block its shard until it expires.
    """
    return {
        "BatchSize": options["batch_size"],
        "ParallelizationFactor": options["parallelization"],
        "StartingPosition": "TRIM_HORIZON",
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 5,
        "MaximumRecordAgeInSeconds": 3600,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
