"""How often AWS says that it is asked too often, which the SDK's own tries hide."""

from __future__ import annotations

from typing import Any

from compiler.deploy import explain


class Throttles:
    """Counts over all clients of a door; limits are those of an account and region, not of a client."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, response: Any = None, **_: Any) -> None:
        """What botocore emits as `needs-retry` after each answer: the HTTP response and what it says."""
        if response and explain.throttles(str(response[1].get("Error", {}).get("Code", ""))):
            self.count += 1
