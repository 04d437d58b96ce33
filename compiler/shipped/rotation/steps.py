"""The four steps of a rotation, each safe to repeat, over the versions of one secret.

Secrets Manager names the version that is being made by a token, which is its id. The version has the label
AWSPENDING until the last step gives it AWSCURRENT.
Source: Secrets Manager user guide, "Lambda rotation functions", 2026.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

log = logging.getLogger("rotation")


class RotationError(Exception):
    """Why a rotation cannot go on; the text never holds a value."""


class Strategy(Protocol):
    """What a value is, and who has to learn of it."""

    def make(self, current: str) -> str:
        """The next value, given the current one."""

    def set(self, version: Version) -> None:
        """Makes whoever checks the value take the pending one as well as the current one."""

    def test(self, version: Version) -> None:
        """RotationError unless the pending value is taken."""

    def alone(self, version: Version) -> AbstractContextManager[None]:
        """Keeps other rotations of the same secret from changing what is taken."""


class Version:
    """The version that one rotation makes of one secret."""

    def __init__(self, client: Any, secret: str, token: str) -> None:
        self.client, self.secret, self.token = client, secret, token

    def labels(self) -> tuple[str, ...]:
        """The labels it has now; none when there is no such version."""
        return tuple(self._labels().get(self.token, ()))

    def current(self) -> str:
        """The value that consumers get now."""
        return str(self.client.get_secret_value(SecretId=self.secret, VersionStage=CURRENT)["SecretString"])

    def pending(self) -> str | None:
        """The value this rotation has made, if it has."""
        wanted = {"SecretId": self.secret, "VersionId": self.token, "VersionStage": PENDING}
        try:
            found = self.client.get_secret_value(**wanted)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        value = found.get("SecretString")
        return None if value is None else str(value)

    def put(self, value: str) -> None:
        """Makes the value the pending one; what is there already stays, whoever put it."""
        try:
            self.client.put_secret_value(
                SecretId=self.secret,
                ClientRequestToken=self.token,
                SecretString=value,
                VersionStages=[PENDING],
            )
        except self.client.exceptions.ResourceExistsException:
            log.info("createSecret: the same rotation has made a value meanwhile")

    def promote(self) -> None:
        """Moves AWSCURRENT here from where it is now; the service makes that AWSPREVIOUS."""
        now = next(token for token, labels in self._labels().items() if CURRENT in labels)
        self._move(CURRENT, MoveToVersionId=self.token, RemoveFromVersionId=now)

    def give_up(self) -> None:
        """Takes AWSPENDING away, so that the next rotation begins anew."""
        self._move(PENDING, RemoveFromVersionId=self.token)

    def require_pending(self) -> None:
        """RotationError when another rotation has taken over since this one began."""
        if PENDING not in self.labels():
            raise RotationError(f"version {self.token} is no longer pending; another rotation took over")

    def _labels(self) -> Mapping[str, list[str]]:
        found: Mapping[str, list[str]] = self.client.describe_secret(SecretId=self.secret)[
            "VersionIdsToStages"
        ]
        return found

    def _move(self, label: str, **versions: str) -> None:
        self.client.update_secret_version_stage(SecretId=self.secret, VersionStage=label, **versions)


def take(event: Mapping[str, Any], client: Any, strategy: Strategy) -> None:
    """Takes one step; nothing when the version is current already, RotationError when it cannot be."""
    step, version = event["Step"], Version(client, event["SecretId"], event["ClientRequestToken"])
    if step not in STEPS:
        raise RotationError(f"there is no step '{step}'; the steps are {', '.join(STEPS)}")
    labels = version.labels()
    if CURRENT in labels:
        log.info("%s: version %s is current already", step, version.token)
        return
    if PENDING not in labels:
        raise RotationError(f"{step}: version {version.token} is not pending; start a new rotation")
    {"createSecret": _create, "setSecret": _set, "testSecret": _test, "finishSecret": _finish}[step](
        version, strategy
    )
    log.info("%s: done for version %s", step, version.token)


def _create(version: Version, strategy: Strategy) -> None:
    if version.pending() is None:
        version.put(strategy.make(version.current()))


def _set(version: Version, strategy: Strategy) -> None:
    with strategy.alone(version):
        version.require_pending()
        strategy.set(version)


def _test(version: Version, strategy: Strategy) -> None:
    strategy.test(version)


def _finish(version: Version, strategy: Strategy) -> None:
    """Tests once more, for a value that is not taken must never become current, in whatever order we came."""
    with strategy.alone(version):
        if CURRENT in version.labels():
            return
        version.require_pending()
        if version.pending() is None:
            raise RotationError(f"version {version.token} has no value; createSecret comes first")
        strategy.test(version)
        version.promote()
