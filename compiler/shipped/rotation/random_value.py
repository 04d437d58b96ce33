"""A secret that nobody else has to learn of: the next value is random, as the spec would have it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .steps import Version

log = logging.getLogger("rotation")


@dataclass(frozen=True)
class RandomValue:
    """Values of one length, of characters that Secrets Manager draws."""

    client: Any
    length: int
    punctuation: bool
    excluded: str

    def make(self, current: str) -> str:
        """A new value; it has nothing of the current one."""
        drawn = self.client.get_random_password(
            PasswordLength=self.length,
            ExcludePunctuation=not self.punctuation,
            ExcludeCharacters=self.excluded,
        )
        return str(drawn["RandomPassword"])

    def set(self, version: Version) -> None:
        """Nothing: consumers take what they read."""
        log.info("setSecret: there is nobody else to tell")

    def test(self, version: Version) -> None:
        """Nothing: no system holds a copy that could differ, so there is nothing to try the value on."""
        log.info("testSecret: there is nothing to try the value on")

    @contextmanager
    def alone(self, version: Version) -> Iterator[None]:
        """Nothing to keep others from."""
        yield
