"""The only door to AWS: boto3 in, our records and DeployError out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from compiler.deploy import convert, explain
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.errors import ArgumentError, DeployError, RefusedError
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
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")

# Where the Price List API is. Source: AWS Billing user guide, "AWS Price List", 2026.
PRICES_REGION = "us-east-1"
# The options that name what a call is about.
_NAMES = ("StackName", "ChangeSetName", "Bucket", "Key", "FunctionName")


@dataclass(frozen=True)
class Session:
    """Where to connect. None leaves the choice to the environment and the AWS configuration files."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    emulated_account: str | None = None  # 12 digits; the emulator takes them for an access key id
    role_arn: str | None = None  # what CloudFormation acts with, instead of the caller's own permissions


def connect(session: Session) -> Boto:
    """The real door; DeployError when the profile is unknown or no region is set. Does not call AWS yet."""
    if session.endpoint_url is not None:
        _check_url(session.endpoint_url)
    if session.role_arn is not None:
        check_role(session.role_arn)
    # A client costs over 200 ms; whoever only validates or builds must not pay for it.
    import boto3

    try:
        made = boto3.Session(
            profile_name=session.profile,
            region_name=session.region,
            aws_access_key_id=session.emulated_account,
            aws_secret_access_key="emulator" if session.emulated_account else None,
        )
        if not made.region_name:
            raise DeployError("no region is set", explain.NO_REGION)
        return Boto(
            _clients(made, session.endpoint_url, made.region_name),
            made.region_name,
            lambda region: _clients(made, session.endpoint_url, region),
            lambda service, region: _reader(made, session.endpoint_url, service, region),
            session.role_arn,
        )
    except Exception as error:
        raise explain.failure(error, "connect to AWS", session.region) from None


def check_role(arn: str) -> str:
    """The ARN of a role; ArgumentError when it is not one, before AWS is asked for anything."""
    if not _ROLE.fullmatch(arn):
        raise ArgumentError(
            f"--role-arn '{arn}' is not the ARN of a role", "give it as arn:aws:iam::123456789012:role/name"
        )
    return arn


def price_list(session: Session) -> PriceList:
    """The door to the AWS Price List API, which only some regions have; DeployError as `connect`."""
    if session.endpoint_url is not None:
        _check_url(session.endpoint_url)
    import boto3  # late: as in `connect`

    try:
        made = boto3.Session(profile_name=session.profile, region_name=PRICES_REGION)
        return PriceList(made.client("pricing", endpoint_url=session.endpoint_url))
    except Exception as error:
        raise explain.failure(error, "connect to AWS", PRICES_REGION) from None


def _check_url(url: str) -> None:
    """Before the SDK does: it takes some wrong ones for broken connections, and fails over others."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # an unclosed bracket, a port that is no port
        sound = False
    if not sound:
        raise ArgumentError(f"--endpoint-url '{url}' is not a URL", "give it as http://host:port")


def _clients(session: Any, endpoint_url: str | None, region: str) -> Clients:
    from botocore.config import Config

    timeouts: dict[str, Any] = {"connect_timeout": 10, "read_timeout": 60}
    patient = Config(**timeouts, retries={"mode": "adaptive", "total_max_attempts": 8})
    # The first call of every command goes to STS: a wrong endpoint or region shows in seconds.
    quick = Config(**timeouts, retries={"mode": "standard", "total_max_attempts": 2})
    style = Config(s3={"addressing_style": "path"}) if endpoint_url else Config()
    # A function may take 15 minutes, in which nothing is heard of it; and what it does, it must not do twice.
    long = Config(connect_timeout=10, read_timeout=930, tcp_keepalive=True, retries={"total_max_attempts": 1})
    configs = {"cloudformation": patient, "s3": patient.merge(style), "sts": quick, "lambda": long}
    return {
        name: session.client(name, endpoint_url=endpoint_url, config=config, region_name=region)
        for name, config in configs.items()
    }


def _reader(session: Any, endpoint_url: str | None, service: str, region: str) -> Any:
    """A client of any service, for looking only. Fewer tries: of many looks, each can be done without."""
    from botocore.config import Config

    if endpoint_url and service == "s3control":
        raise DeployError("its host bears the number of the account, so --endpoint-url cannot name it")
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"mode": "adaptive", "total_max_attempts": 5},
        s3={"addressing_style": "path"} if endpoint_url else None,
    )
    return session.client(service, endpoint_url=endpoint_url, config=config, region_name=region)


class PriceList:
    """`pricing.refresh.Products` over a boto3 client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def products(self, service: str, attributes: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        filters = [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in sorted(attributes.items())]
        options: dict[str, Any] = {"ServiceCode": service, "Filters": filters, "FormatVersion": "aws_v1"}
        while True:
            try:
                page = self._client.get_products(**options)
            except Exception as error:
                raise explain.failure(error, "pricing get_products", PRICES_REGION, service) from None
            yield from (json.loads(product) for product in page.get("PriceList", ()))
            if not page.get("NextToken"):
                return
            options["NextToken"] = page["NextToken"]


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
