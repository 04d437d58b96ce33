"""The door to AWS over boto3's clients: their answers in, our records and DeployError out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compiler.deploy import convert, explain
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.records import (
    ChangeSet,
    ChangeSetRequest,
    Identity,
    LiveResource,
    LiveStack,
    StackEvent,
    Validation,
)

Clients = dict[str, Any]  # by service
# The options that name what a call is about.
_NAMES = ("StackName", "ChangeSetName", "Bucket", "Key", "FunctionName")


class Boto:
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
    ) -> None:
        self._clients = clients
        self._region = region
        self._elsewhere = elsewhere
        self._reader = reader
        self._acting = {"RoleARN": role_arn} if role_arn else {}
        self._doors = {region: self}

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
            self._doors[wanted] = Boto(clients, wanted, reader=self._reader, role_arn=role)
        return self._doors[wanted]

    def account(self) -> BotoAccount:
        assert self._reader, "this door cannot look around"
        reader, region = self._reader, self._region
        return BotoAccount(lambda service: reader(service, region), region)

    def identity(self) -> Identity:
        answer = self._call("sts", "get_caller_identity")
        return Identity(answer["Account"], answer["Arn"])

    def stacks(self) -> tuple[LiveStack, ...]:
        pages = self._pages("describe_stacks")
        return tuple(convert.stack(stack) for page in pages for stack in page["Stacks"])

    def stack(self, stack: str) -> LiveStack | None:
        answer = self._found("describe_stacks", StackName=stack)
        return convert.stack(answer["Stacks"][0]) if answer and answer["Stacks"] else None

    def resources(self, stack: str) -> tuple[LiveResource, ...]:
        pages = self._pages("list_stack_resources", StackName=stack)
        return tuple(convert.resource(found) for page in pages for found in page["StackResourceSummaries"])

    def template(self, stack: str) -> str:
        answer = self._call("cloudformation", "get_template", StackName=stack, TemplateStage="Original")
        return convert.template(answer["TemplateBody"])

    def events(self, stack: str) -> Iterator[StackEvent]:
        for page in self._pages("describe_stack_events", StackName=stack):
            yield from map(convert.event, page["StackEvents"])

    def create_change_set(self, request: ChangeSetRequest) -> str | None:
        template = {"TemplateBody": request.body} if request.url is None else {"TemplateURL": request.url}
        try:
            answer = self._call(
                "cloudformation",
                "create_change_set",
                StackName=request.stack,
                ChangeSetName=request.name,
                ChangeSetType="CREATE" if request.create else "UPDATE",
                Parameters=_pairs(request.parameters, "ParameterKey", "ParameterValue"),
                Tags=_pairs(request.tags, "Key", "Value"),
                Capabilities=list(request.capabilities),
                IncludeNestedStacks=False,
                **template,
                **self._acting,
            )
        except explain.AwsError as error:
            if error.code == "AlreadyExistsException":
                return None
            raise
        return str(answer["Id"])

    def change_set(self, arn: str) -> ChangeSet | None:
        try:
            pages = list(self._pages("describe_change_set", ChangeSetName=arn, IncludePropertyValues=True))
        except explain.AwsError as error:
            if error.missing:
                return None
            raise
        return convert.change_set(pages)

    def change_sets(self, stack: str) -> tuple[str, ...]:
        pages = self._pages("list_change_sets", StackName=stack)
        return tuple(found["ChangeSetId"] for page in pages for found in page["Summaries"])

    def validations(self, change_set: ChangeSet) -> tuple[Validation, ...]:
        # DescribeEvents is young: a role without the permission still gets the change set's own reason.
        try:
            pages = list(self._pages("describe_events", ChangeSetName=change_set.arn))
        except explain.AwsError:
            return ()
        events = (event for page in pages for event in page["OperationEvents"])
        return tuple(convert.validation(e) for e in events if e.get("EventType") == "VALIDATION_ERROR")

    def delete_change_set(self, name: str, stack: str) -> None:
        self._found("delete_change_set", ChangeSetName=name, StackName=stack)

    def execute_change_set(self, arn: str, token: str) -> None:
        # DisableRollback is said aloud: the SDK's text and the service disagree about the default.
        try:
            self._call(
                "cloudformation",
                "execute_change_set",
                ChangeSetName=arn,
                ClientRequestToken=token,
                DisableRollback=False,
                RetainExceptOnCreate=True,
            )
        except explain.AwsError as error:
            if error.missing or error.code in ("InvalidChangeSetStatus", "InvalidChangeSetStatusException"):
                raise RefusedError(*explain.STALE) from None
            raise

    def delete_stack(self, stack: str, token: str) -> None:
        options = {"StackName": stack, "ClientRequestToken": token, **self._acting}
        self._call("cloudformation", "delete_stack", **options)

    def protect(self, stack: str) -> None:
        options = {"StackName": stack, "EnableTerminationProtection": True}
        self._call("cloudformation", "update_termination_protection", **options)

    def template_url(self, bucket: str, key: str) -> str:
        # Path style, as CloudFormation takes it in every region and as the emulator needs it.
        suffix = "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"
        return f"https://s3.{self._region}.{suffix}/{bucket}/{key}"

    def has_object(self, bucket: str, key: str) -> bool:
        try:
            self._call("s3", "head_object", Bucket=bucket, Key=key)
        except explain.AwsError as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        self._call("s3", "put_object", Bucket=bucket, Key=key, Body=content)

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        body = json.dumps(payload).encode()
        answer = self._call("lambda", "invoke", FunctionName=function, Payload=body)
        found: Mapping[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            why = str(found.get("errorMessage", answer["FunctionError"])).rstrip(".")
            raise DeployError(f"the function {function} failed: {why}", "its log group says more; run again")
        return found

    def _call(self, service: str, operation: str, **options: Any) -> Any:
        try:
            return getattr(self._clients[service], operation)(**options)
        except Exception as error:
            what = "/".join(str(options[name]) for name in _NAMES if name in options)
            raise explain.failure(error, f"{service} {operation}", self._region, what) from None

    def _found(self, operation: str, **options: Any) -> Any | None:
        try:
            return self._call("cloudformation", operation, **options)
        except explain.AwsError as error:
            if error.missing:
                return None
            raise

    def _pages(self, operation: str, **options: Any) -> Iterator[Any]:
        page = self._call("cloudformation", operation, **options)
        yield page
        while token := page.get("NextToken"):
            page = self._call("cloudformation", operation, NextToken=token, **options)
            yield page


def _pairs(values: Any, key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: values[name]} for name in sorted(values)]
