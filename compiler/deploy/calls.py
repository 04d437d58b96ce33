"""Calls of boto3's clients: their answers, or DeployError; the base of every part of the door."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from compiler.deploy import explain
from compiler.deploy.errors import DeployError

Clients = dict[str, Any]  # by service
# The SDK tries again what was not answered, but not what somebody else answered in the place of AWS.
_STRANGERS = 3
# The options that name what a call is about.
_NAMES = ("StackName", "ChangeSetName", "StackRefactorId", "Bucket", "Key", "FunctionName")


class Calls:
    """One account and region, asked through `clients`; `acting` is what CloudFormation acts with."""

    def __init__(self, clients: Clients, region: str, acting: Mapping[str, str]) -> None:
        self._clients = clients
        self._region = region
        self._acting = acting

    def _call(self, service: str, operation: str, **options: Any) -> Any:
        client = self._clients[service]
        if not hasattr(client, operation):
            raise too_old(operation)
        try:
            # What a function does, it must not do twice.
            return _asked(getattr(client, operation), options, 1 if service == "lambda" else _STRANGERS)
        except Exception as error:
            if type(error).__name__ == "ParamValidationError" and "Unknown parameter" in str(error):
                raise too_old(_unknown(str(error))) from None
            what = "/".join(str(options[name]) for name in _NAMES if name in options)
            raise explain.failure(error, f"{service} {operation}", self._region, what) from None

    def _body(self, doing: str, body: Any) -> bytes:
        """A streamed answer to its end; the connection may break on the way."""
        try:
            content: bytes = body.read()
        except Exception as error:
            raise explain.failure(error, doing, self._region) from None
        return content

    def _cloudformation(self, operation: str, **options: Any) -> Any:
        return self._call("cloudformation", operation, **options)

    def _found(self, operation: str, **options: Any) -> Any | None:
        """None when what is asked about does not exist."""
        try:
            return self._cloudformation(operation, **options)
        except explain.AwsError as error:
            if error.missing:
                return None
            raise

    def _pages(self, operation: str, **options: Any) -> Iterator[Any]:
        page = self._cloudformation(operation, **options)
        yield page
        while token := page.get("NextToken"):
            page = self._cloudformation(operation, NextToken=token, **options)
            yield page


def _asked(call: Any, options: Mapping[str, Any], tries: int) -> Any:
    """The answer of AWS; a DeployError when that many answers in a row were somebody else's."""
    for _ in range(tries):
        try:
            answer = call(**options)
        except Exception as error:
            if not _is_misread(error):
                raise
        else:
            if not _strange(answer):
                return answer
    raise explain.stranger()


def _is_misread(error: Exception) -> bool:
    """Whether the SDK stumbled over an answer: for some pages its parser raises whatever it comes to."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename.replace("\\", "/").endswith("botocore/parsers.py")


def _strange(answer: Any) -> bool:
    """A page that parses passes for an empty answer, but only AWS gives each of its answers a number."""
    facts = answer.get("ResponseMetadata", {})
    return "HTTPHeaders" in facts and not facts.get("RequestId")


def too_old(what: str) -> DeployError:
    """The SDK that is installed does not know an operation or an option that AWS has."""
    return DeployError(
        f"the installed botocore {version('botocore')} does not know {what}",
        "bring it up to date with `pip install --upgrade boto3` and run again",
    )


def _unknown(text: str) -> str:
    """`Unknown parameter in input: "DeploymentConfig", must be one of: ...` -> `DeploymentConfig`."""
    return text.split('"')[1] if text.count('"') > 1 else "an option of this call"
