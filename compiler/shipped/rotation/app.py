"""What Secrets Manager calls: one step of one rotation. Which strategy, the function's environment says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import boto3

from .random_value import RandomValue
from .steps import Strategy, take

# Shared by the calls that one environment of the function serves.
_client: Any = None


def handler(event: Mapping[str, Any], context: object) -> None:
    """Takes the step that the event names; whatever it raises fails the rotation, which is tried again."""
    global _client
    _client = _client or boto3.client("secretsmanager")
    take(event, _client, strategy(os.environ, _client))


def strategy(environment: Mapping[str, str], client: Any) -> Strategy:
    """The strategy that the environment describes; KeyError when it describes none."""
    if "MASTER_SECRET_ARN" in environment:
        # Only the packages of functions that need it hold the library for PostgreSQL.
        from .alternating import AlternatingUsers

        return AlternatingUsers(client, environment["MASTER_SECRET_ARN"])
    return RandomValue(
        client,
        length=int(environment["LENGTH"]),
        punctuation=environment["PUNCTUATION"] == "true",
        excluded=environment["EXCLUDED_CHARACTERS"],
    )
