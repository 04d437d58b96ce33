"""A failure of the SDK -> DeployError in plain words: what AWS refused and what to do; never a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from compiler.deploy.errors import DeployError, Trouble
from compiler.deploy.redacting import plain

NO_REGION = "pass --region, set `region` in the spec, or set AWS_REGION"
STALE = (
    "the change set no longer fits its stack: it was deleted, or the stack was changed after the plan",
    "run the command again and review the new plan",
)
_LOGIN = "sign in (`aws sso login`, or new keys in the profile), choose one with --profile, or use --local"
_ROLE = "ask whoever owns the account to allow it to this role, or choose another with --profile"


class AwsError(DeployError):
    """An answer of AWS that says no; `code` is its own word for it."""

    def __init__(self, message: str, advice: str, code: str, missing: bool) -> None:
        super().__init__(message, advice)
        self.code = code
        self.missing = missing  # what was asked for does not exist
        self.retried = False  # an earlier try may have been heard, its answer lost


def failure(error: Exception, doing: str, region: str | None, what: str = "") -> DeployError:
    """The DeployError for what the SDK raised while `doing` something to `what`; raises all else again."""
    if isinstance(error, DeployError):
        return error
    found = _failure(error, doing, region, what)
    found.trouble = _trouble(error)
    return found


def stranger() -> DeployError:
    """Something answered in the place of AWS, the sign-in page of a network, say; or cut an answer off."""
    found = DeployError(
        "what answers there is not AWS, or its answers are cut off",
        "check --endpoint-url, and any proxy in between",
    )
    found.trouble = Trouble.NETWORK
    return found


def throttles(code: str) -> bool:
    """Whether AWS's word for an error means that it is asked too often."""
    return any(word in code for word in _THROTTLED)


def _failure(error: Exception, doing: str, region: str | None, what: str) -> DeployError:
    # By name, since importing botocore here would cost every command what only deploying needs.
    names = {kind.__name__ for kind in type(error).__mro__}
    if "ClientError" in names:
        return _answered(getattr(error, "response", {}), doing, region, what)
    for name, explain in _BY_NAME.items():
        if name in names:
            return explain(error, region)
    if names & {"BotoCoreError", "Boto3Error"}:
        return DeployError(f"cannot {_words(doing)}: {_plain(str(error))}", "check the AWS configuration")
    raise error


def _answered(response: Any, doing: str, region: str | None, what: str) -> DeployError:
    answer = response.get("Error", {})
    code, text = str(answer.get("Code", "Unknown")), plain(str(answer.get("Message", "")))
    message, advice = _message(code, text, doing, region, what)
    missing = (code == "ValidationError" and "does not exist" in text) or "NotFound" in code
    found = AwsError(message, advice, code, missing)
    found.retried = response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
    return found


def _trouble(error: Exception) -> Trouble | None:
    """What stands in the way of all calls, judged by the first kind of exception that says."""
    response = getattr(error, "response", None) or {}
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if throttles(code) or any(word in code for word in _OUT_OF_ORDER) or status >= 500:
        return Trouble.NETWORK
    if any(word in code for word in (*_EXPIRED, *_UNKNOWN)):
        return Trouble.SIGN_IN
    names = (kind.__name__ for kind in type(error).__mro__)
    return next((_TROUBLES[name] for name in names if name in _TROUBLES), None)


def _message(code: str, text: str, doing: str, region: str | None, what: str) -> tuple[str, str]:
    for words, message, advice in _BY_CODE:
        if any(word in code for word in words) or (words is _OUT_OF_ORDER and _is_5xx(code)):
            return message.format(doing=_words(doing), region=region), advice
    if denies(code):
        return _denied(text, doing, what)
    where = f" of {what}" if what else ""
    return f"cannot {_words(doing)}{where}: {_plain(text) or code}", _advice_on(text)


def _is_5xx(code: str) -> bool:
    """An answer without a body that AWS would write: all there is of it is its status."""
    return len(code) == 3 and code.isdigit() and code.startswith("5")


def denies(code: str) -> bool:
    """Whether AWS's word for an error means that a permission is missing."""
    return any(word in code for word in ("AccessDenied", "Unauthorized", "Forbidden")) or code == "403"


def _denied(text: str, doing: str, what: str) -> tuple[str, str]:
    action = re.search(r"perform: ([\w-]+:\w+)", text)
    resource = re.search(r"on resource: (\S+)", text)
    verb = action[1] if action else _action(doing)
    target = resource[1].rstrip(".,") if resource else what
    return f"access denied: this identity may not {verb}{f' on {target}' if target else ''}", _ROLE


def _advice_on(text: str) -> str:
    for words, advice in _BY_TEXT:
        if words in text:
            return advice
    return ""


def _action(doing: str) -> str:
    """`cloudformation describe_stacks` -> `cloudformation:DescribeStacks`."""
    service, _, operation = doing.partition(" ")
    # HeadObject is the one call whose permission has another name.
    return f"{service}:{operation.title().replace('_', '')}".replace("s3:HeadObject", "s3:GetObject")


def _words(doing: str) -> str:
    """`cloudformation describe_stacks` -> `describe stacks (cloudformation)`."""
    service, _, operation = doing.partition(" ")
    return f"{operation.replace('_', ' ')} ({service})" if "_" in operation else doing


def _plain(text: str) -> str:
    """One line, no full stop, nothing that looks like a key or an encoded blob."""
    text = re.sub(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b", "<access key>", " ".join(text.split()))
    text = re.sub(r"[A-Za-z0-9+/_-]{100,}=*", "<...>", text)
    return text.rstrip(". ")


def _unreachable(error: Exception, region: str | None) -> DeployError:
    url = getattr(error, "kwargs", {}).get("endpoint_url", "the endpoint")
    return DeployError(
        f"cannot reach {url}",
        f"check the network and any proxy, that region '{region}' exists, and --endpoint-url if you gave one",
    )


def _broken(error: Exception) -> DeployError:
    if "header" in str(error).lower():  # a key or token with a line break, say
        return DeployError("the AWS credentials hold characters that no credentials have", _LOGIN)
    return DeployError(
        "the connection to AWS broke", "check the network and run again; nothing that was done is lost"
    )


_EXPIRED = ("ExpiredToken", "RequestExpired", "TokenRefreshRequired")
_UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClient", "InvalidAccessKeyId", "AuthFailure")
_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown")
_OUT_OF_ORDER = ("ServiceUnavailable", "InternalFailure", "InternalError", "ServiceException")
_BY_CODE: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (_EXPIRED, "the AWS credentials have expired", _LOGIN),
    (
        _UNKNOWN,
        "AWS does not know these credentials in region '{region}'",
        f"{_LOGIN}; a region that is switched off for the account answers like this too",
    ),
    (
        ("SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignature"),
        "AWS rejects the signature of the request: the secret key is wrong",
        _LOGIN,
    ),
    (
        ("RequestTimeTooSkewed",),
        "AWS rejects the request: this machine's clock is wrong",
        "set the clock (NTP) and run again",
    ),
    (
        _THROTTLED,
        "AWS kept refusing to {doing}: too many requests; gave up after several tries",
        "wait a minute and run again; nothing that was done is lost",
    ),
    (
        _OUT_OF_ORDER,
        "AWS failed to {doing}, several times",
        "see https://health.aws.amazon.com, then run again; nothing that was done is lost",
    ),
    (
        ("InsufficientCapabilities",),
        "a stack needs a capability that its manifest does not name",
        "build the assembly again",
    ),
)
_BY_TEXT = (
    ("TerminationProtection", "turn termination protection off first if you are sure"),
    ("must have values", "build the assembly again: a parameter of the template has no value"),
    ("IN_PROGRESS state", "another operation runs on this stack: wait until it has ended and run again"),
    ("security token", _LOGIN),
)
_BY_NAME: dict[str, Callable[[Exception, str | None], DeployError]] = {
    "NoCredentialsError": lambda *_: DeployError("no AWS credentials were found", _LOGIN),
    "PartialCredentialsError": lambda *_: DeployError(
        "the AWS credentials are incomplete: a key id without its secret, or the reverse", _LOGIN
    ),
    "CredentialRetrievalError": lambda *_: DeployError("the AWS credentials could not be fetched", _LOGIN),
    "SSOError": lambda *_: DeployError(
        "the AWS SSO session is missing or has expired", "run `aws sso login`"
    ),
    "LoginError": lambda *_: DeployError("the AWS sign-in is missing or has expired", "run `aws login`"),
    "ProfileNotFound": lambda error, _: DeployError(
        f"no AWS profile is named '{getattr(error, 'kwargs', {}).get('profile', '')}'",
        "see `aws configure list-profiles` for those that exist",
    ),
    "NoRegionError": lambda *_: DeployError("no region is set", NO_REGION),
    "InvalidRegionError": lambda _, region: DeployError(f"'{region}' is not the name of a region", NO_REGION),
    "SSLError": lambda *_: DeployError(
        "the TLS connection to AWS could not be trusted",
        "check the proxy, and AWS_CA_BUNDLE if the network inspects TLS",
    ),
    "ProxyConnectionError": lambda *_: DeployError(
        "the proxy does not answer", "check HTTPS_PROXY and NO_PROXY"
    ),
    "EndpointConnectionError": _unreachable,
    "ConnectTimeoutError": _unreachable,
    "ReadTimeoutError": lambda *_: DeployError(
        "AWS took too long to answer", "run again; nothing that was done is lost"
    ),
    "ResponseParserError": lambda *_: stranger(),
    "HTTPClientError": lambda error, _: _broken(error),
    "ConfigParseError": lambda *_: DeployError(
        "the AWS configuration file cannot be read", "check ~/.aws/config, or AWS_CONFIG_FILE"
    ),
}
# By the most special kind first: a TLS connection that is not trusted is not trusted later either.
_TROUBLES: dict[str, Trouble | None] = {
    "NoCredentialsError": Trouble.SIGN_IN,
    "CredentialRetrievalError": Trouble.SIGN_IN,
    "SSOError": Trouble.SIGN_IN,
    "LoginError": Trouble.SIGN_IN,
    "SSLError": None,
    "ResponseParserError": Trouble.NETWORK,
    "HTTPClientError": Trouble.NETWORK,
    "IncompleteReadError": Trouble.NETWORK,
    "ConnectionError": Trouble.NETWORK,
}
