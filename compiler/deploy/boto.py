"""The door to AWS over boto3's clients: their answers in, our records and DeployError out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from compiler.deploy import explain
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.calls import Clients
from compiler.deploy.doors.change_sets import BotoChangeSets
from compiler.deploy.doors.drift import BotoDrift
from compiler.deploy.doors.objects import BotoObjects
from compiler.deploy.doors.operations import BotoOperations
from compiler.deploy.doors.refactor import BotoRefactoring
from compiler.deploy.doors.stacks import BotoStacks
from compiler.deploy.errors import DeployError
from compiler.deploy.records import Identity
from compiler.deploy.redacting import safe
from compiler.deploy.throttles import Throttles


class Boto(BotoStacks, BotoChangeSets, BotoOperations, BotoDrift, BotoRefactoring, BotoObjects):
    """`door.Aws` over boto3 clients, one for each of cloudformation, s3, sts and lambda.

    `elsewhere` makes the clients of another region, `reader` one of a service and a region to look with;
    `role_arn` is what CloudFormation acts with. It keeps the role for later operations on the stack that name
    none.
    """

    def __init__(
        self,
        clients: Clients,
        region: str,
        elsewhere: Callable[[str], Clients] | None = None,
        reader: Callable[[str, str], Any] | None = None,
        role_arn: str | None = None,
        throttles: Throttles | None = None,
    ) -> None:
        super().__init__(clients, region, {"RoleARN": role_arn} if role_arn else {})
        self._elsewhere = elsewhere
        self._reader = reader
        self._doors = {region: self}
        self._throttles = throttles or Throttles()

    @property
    def region(self) -> str:
        return self._region

    def in_region(self, region: str) -> Boto:
        wanted = region or self._region
        if wanted not in self._doors:
            assert self._elsewhere, "this door leads to one region only"
            role = self._acting.get("RoleARN")
            try:
                clients = self._elsewhere(wanted)
            except Exception as error:  # the name of the region may come from a tag that somebody edited
                raise explain.failure(error, "connect to AWS", wanted) from None
            self._doors[wanted] = Boto(
                clients, wanted, reader=self._reader, role_arn=role, throttles=self._throttles
            )
        return self._doors[wanted]

    def account(self) -> BotoAccount:
        assert self._reader, "this door cannot look around"
        reader, region = self._reader, self._region
        return BotoAccount(lambda service: reader(service, region), region)

    def identity(self) -> Identity:
        answer = self._call("sts", "get_caller_identity")
        return Identity(answer["Account"], answer["Arn"])

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps(payload).encode()
        answer = self._call("lambda", "invoke", FunctionName=function, Payload=body)
        found: Mapping[str, Any] = json.loads(self._body("lambda invoke", answer["Payload"]))
        if "FunctionError" in answer:
            why = safe(str(found.get("errorMessage", answer["FunctionError"]))).rstrip(".")
            raise DeployError(f"the function {function} failed: {why}", "its log group says more; run again")
        return found

    @property
    def role_arn(self) -> str:
        return self._acting.get("RoleARN", "")

    def throttled(self) -> int:
        return self._throttles.count
