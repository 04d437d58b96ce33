"""A door to AWS that strikes one call of a run, and then perhaps all that come after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from compiler.deploy import explain

# What changes something; all else only looks.
ACTS = (
    "create_change_set",
    "delete_change_set",
    "execute_change_set",
    "delete_stack",
    "continue_rollback",
    "roll_back",
    "protect",
    "set_policy",
    "put_object",
    "put_object_if",
    "delete_object",
)
_LOCAL = ("template_url", "throttled")  # asks nobody
_ENDPOINT = "https://cloudformation.us-east-1.amazonaws.com"

Place = tuple[str, str]  # what is done, and to which stack or object


class KilledError(BaseException):
    """The process is gone: nothing that it would still do reaches AWS, whoever catches this."""


@dataclass(frozen=True)
class Blow:
    """What happens to the call, and whether to all that come after it."""

    error: Callable[[str], BaseException]
    acts: bool = False  # AWS does what it was asked for
    lasts: bool = True


def _answer(code: str, text: str) -> Callable[[str], BaseException]:
    response: Any = {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return lambda doing: _explained(ClientError(response, doing), doing)


def _explained(error: Exception, doing: str) -> BaseException:
    return explain.failure(error, f"cloudformation {doing}", "us-east-1")


BLOWS = {
    "killed before a call": Blow(lambda _: KilledError()),
    "killed after AWS acted": Blow(lambda _: KilledError(), acts=True),
    "throttled": Blow(_answer("Throttling", "Rate exceeded")),
    "connection lost": Blow(lambda doing: _explained(EndpointConnectionError(endpoint_url=_ENDPOINT), doing)),
    "answer lost": Blow(
        lambda doing: _explained(ConnectionClosedError(endpoint_url=_ENDPOINT), doing), acts=True, lasts=False
    ),
    "credentials expire": Blow(_answer("ExpiredToken", "The security token is expired")),
}


@dataclass
class Struck:
    """The same as `inner`, but for the first call at `place`, which gets the blow; `acted` are all places.

    What the SDK would try again counts as one call, which failed to the last try.
    """

    inner: Any
    place: Place | None = None
    blow: Blow | None = None
    acted: list[Place] = field(default_factory=list)
    struck: bool = False
    _dead: bool = False
    _stacks: dict[str, str] = field(default_factory=dict)  # by the ARNs of change sets

    def in_region(self, region: str) -> Struck:
        """Itself: what it is for lives in one region."""
        assert region in ("", self.inner.region)
        return self

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if name in _LOCAL or not callable(found):
            return found
        return lambda *given, **more: self._asked(name, found, given, more)

    def _asked(self, name: str, call: Callable[..., Any], given: Any, more: Any) -> Any:
        if self._dead and self.blow:
            raise self.blow.error(name)
        if name not in ACTS:
            return call(*given, **more)
        place = name, self._about(name, given)
        self.acted.append(place)
        if self.blow and not self.struck and place == self.place:
            return self._strike(self.blow, name, lambda: call(*given, **more))
        answer = call(*given, **more)
        if name == "create_change_set" and answer:
            self._stacks[answer] = given[0].stack
        return answer

    def _strike(self, blow: Blow, name: str, call: Callable[[], Any]) -> Any:
        self.struck = True
        if blow.acts:
            call()
        self._dead = blow.lasts
        raise blow.error(name)

    def _about(self, name: str, given: Any) -> str:
        if name == "create_change_set":
            return str(given[0].stack)
        if name == "execute_change_set":
            return self._stacks[given[0]]
        about = str(given[1] if name in ("delete_change_set", "put_object", "put_object_if") else given[0])
        about = re.sub(r"^arn:.*?:stack/([^/]+)/.*$", r"\1", about)
        return re.sub(r"[0-9a-f]{64}", "HASH", about)
