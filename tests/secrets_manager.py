"""Secrets Manager in memory: the calls that a rotation makes, with the shapes and errors of the real one.

Modelled on the API reference and botocore's model of secretsmanager, 2026; `rotate_secret` makes the empty
pending version, and whoever tests calls the function.
"""

from __future__ import annotations

import json
import secrets
import string
import threading
import uuid
from typing import Any

_SETS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)


class ServiceError(Exception):
    """An error answer; its class carries the code."""


class ResourceNotFoundException(ServiceError):  # noqa: N818
    """No such secret, version or value."""


class ResourceExistsException(ServiceError):  # noqa: N818
    """The version has another value already."""


class InvalidParameterException(ServiceError):  # noqa: N818
    """A label is not where the call says."""


class InvalidRequestException(ServiceError):  # noqa: N818
    """Not now: a rotation is under way."""


class Exceptions:
    """What a client offers as `client.exceptions`."""

    ResourceNotFoundException = ResourceNotFoundException
    ResourceExistsException = ResourceExistsException
    InvalidParameterException = InvalidParameterException
    InvalidRequestException = InvalidRequestException


class SecretsManager:
    """One account's secrets; calls may come from many threads, each is atomic."""

    exceptions = Exceptions

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._values: dict[str, dict[str, str | None]] = {}
        self._labels: dict[str, dict[str, str]] = {}

    def create_secret(self, Name: str, SecretString: str) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            token = str(uuid.uuid4())
            self._values[Name] = {token: SecretString}
            self._labels[Name] = {"AWSCURRENT": token}
            return {"ARN": Name, "VersionId": token}

    def rotate_secret(self, SecretId: str, ClientRequestToken: str) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            labels = self._labels[SecretId]
            if labels.get("AWSPENDING", labels["AWSCURRENT"]) not in (
                labels["AWSCURRENT"],
                ClientRequestToken,
            ):
                raise InvalidRequestException("A previous rotation isn't complete.")
            self._values[SecretId].setdefault(ClientRequestToken, None)
            labels["AWSPENDING"] = ClientRequestToken
            return {"ARN": SecretId, "VersionId": ClientRequestToken}

    def describe_secret(self, SecretId: str) -> dict[str, Any]:  # noqa: N803
        with self._lock:
            stages: dict[str, list[str]] = {}
            for label, token in self._labels[SecretId].items():
                stages.setdefault(token, []).append(label)
            return {"ARN": SecretId, "RotationEnabled": True, "VersionIdsToStages": stages}

    def get_secret_value(
        self,
        SecretId: str,  # noqa: N803
        VersionStage: str = "AWSCURRENT",  # noqa: N803
        VersionId: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        with self._lock:
            token = self._labels[SecretId].get(VersionStage)
            if token is None or VersionId not in (None, token) or self._values[SecretId][token] is None:
                raise ResourceNotFoundException("Secrets Manager can't find the specified secret value")
            return {"ARN": SecretId, "VersionId": token, "SecretString": self._values[SecretId][token]}

    def put_secret_value(
        self,
        SecretId: str,  # noqa: N803
        ClientRequestToken: str,  # noqa: N803
        SecretString: str,  # noqa: N803
        VersionStages: list[str],  # noqa: N803
    ) -> dict[str, Any]:
        with self._lock:
            if self._values[SecretId].get(ClientRequestToken) not in (None, SecretString):
                raise ResourceExistsException("A resource with the ID you requested already exists.")
            self._values[SecretId][ClientRequestToken] = SecretString
            self._labels[SecretId] |= dict.fromkeys(VersionStages, ClientRequestToken)
            return {"ARN": SecretId, "VersionId": ClientRequestToken}

    def update_secret_version_stage(
        self,
        SecretId: str,  # noqa: N803
        VersionStage: str,  # noqa: N803
        MoveToVersionId: str | None = None,  # noqa: N803
        RemoveFromVersionId: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        with self._lock:
            labels = self._labels[SecretId]
            holder = labels.get(VersionStage)
            if holder != RemoveFromVersionId and holder != MoveToVersionId:
                raise InvalidParameterException(f"The staging label is attached to {holder}")
            del labels[VersionStage]
            if MoveToVersionId:
                labels[VersionStage] = MoveToVersionId
                if VersionStage == "AWSCURRENT" and holder and holder != MoveToVersionId:
                    labels["AWSPREVIOUS"] = holder
            return {"ARN": SecretId}

    def get_random_password(
        self,
        PasswordLength: int,  # noqa: N803
        ExcludePunctuation: bool = False,  # noqa: N803
        ExcludeCharacters: str = "",  # noqa: N803
    ) -> dict[str, Any]:
        drawn = "".join(_SETS[: 3 if ExcludePunctuation else 4])
        left = sorted(set(drawn) - set(ExcludeCharacters))
        return {"RandomPassword": "".join(secrets.choice(left) for _ in range(PasswordLength))}

    def value(self, secret: str, label: str = "AWSCURRENT") -> dict[str, Any]:
        """A value of JSON, parsed."""
        found: dict[str, Any] = json.loads(self.get_secret_value(secret, label)["SecretString"])
        return found
