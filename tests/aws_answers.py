"""An account that answers what a test says: made by hand, in shapes that botocore checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import validate_parameters

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
ACCOUNT = "111122223333"


def refusal(code: str, text: str = "", http: int = 400) -> dict[str, Any]:
    """What AWS answers when it says no."""
    return {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": http}}


DENIED = refusal("AccessDeniedException", "User: arn:aws:iam::1:user/x may not", 403)


# One for all: it keeps the service models, which take long to read.
_SESSION = boto3.Session("key", "secret", region_name="eu-west-1")


class Answers:
    """Clients whose calls end here. `asked` holds every call, in the order in which they were made."""

    def __init__(self, region: str = "eu-west-1") -> None:
        self.region = region
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self._answers: dict[str, Answer] = {}

    def say(self, operation: str, answer: Answer) -> Answers:
        """What `service.Operation` answers from now on, or gives to whoever asks with these parameters."""
        self._answers[operation] = answer
        return self

    def client(self, service: str) -> Any:
        """A real client: it checks parameters, pages and raises as always, but nothing is sent."""
        client = _SESSION.client(service, region_name=self.region)
        client.meta.events.register("before-parameter-build", _remember)
        client.meta.events.register("before-call", lambda **call: self._answer(service, **call))
        return client

    def _answer(self, service: str, model: Any, context: Any, **_: Any) -> tuple[Any, Mapping[str, Any]]:
        name = f"{service}.{model.name}"
        self.asked.append((name, context["given"]))
        assert name in self._answers, f"the test has no answer for {name}"
        answer = self._answers[name]
        found = answer(context["given"]) if callable(answer) else answer
        if "Error" in found:
            return SimpleNamespace(status_code=found["ResponseMetadata"]["HTTPStatusCode"]), found
        validate_parameters(found, model.output_shape)
        return SimpleNamespace(status_code=200), {**found, "ResponseMetadata": {}}


def _remember(params: Mapping[str, Any], context: Any, **_: Any) -> None:
    context["given"] = dict(params)
