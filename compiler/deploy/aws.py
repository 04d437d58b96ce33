"""Where and as whom to connect -> the door to AWS; the only importer of boto3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from compiler.deploy import explain
from compiler.deploy.boto import Boto
from compiler.deploy.calls import Clients
from compiler.deploy.errors import ArgumentError, DeployError
from compiler.deploy.price_list import PRICES_REGION, PriceList
from compiler.deploy.throttles import Throttles

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")


@dataclass(frozen=True)
class Patience:
    """How long one call may take, in seconds, and how often it is tried before it counts as failed.

    The pauses between tries grow, by chance up to 20 s: a call that meets a busy AWS gives up within about a
    minute, one that nobody answers within five. Whoever follows an operation asks again for longer
    (`watch.py`).
    """

    connect: float = 10
    read: float = 30
    tries: int = 8


@dataclass(frozen=True)
class Session:
    """Where to connect. None leaves the choice to the environment and the AWS configuration files."""

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    emulated_account: str | None = None  # 12 digits; the emulator takes them for an access key id
    role_arn: str | None = None  # what CloudFormation acts with, instead of the caller's own permissions
    patience: Patience = Patience()


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
        throttles = Throttles()
        return Boto(
            _clients(made, session, made.region_name, throttles),
            made.region_name,
            lambda region: _clients(made, session, region, throttles),
            lambda service, region: _reader(made, session.endpoint_url, service, region),
            session.role_arn,
            throttles,
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


def _clients(made: Any, session: Session, region: str, throttles: Throttles) -> Clients:
    from botocore.config import Config

    patience, endpoint_url = session.patience, session.endpoint_url
    # Connections are kept open between calls that lie far apart: what a firewall forgot must be noticed.
    timeouts: dict[str, Any] = {
        "connect_timeout": patience.connect,
        "read_timeout": patience.read,
        "tcp_keepalive": True,
    }
    patient = Config(**timeouts, retries={"mode": "adaptive", "total_max_attempts": patience.tries})
    # The first call of every command goes to STS: a wrong endpoint or region shows in seconds.
    quick = Config(**timeouts, retries={"mode": "standard", "total_max_attempts": min(3, patience.tries)})
    style = Config(s3={"addressing_style": "path"}) if endpoint_url else Config()
    # A function may take 15 minutes, in which nothing is heard of it; and what it does, it must not do twice.
    long = Config(connect_timeout=10, read_timeout=930, tcp_keepalive=True, retries={"total_max_attempts": 1})
    configs = {"cloudformation": patient, "s3": patient.merge(style), "sts": quick, "lambda": long}
    clients = {
        name: made.client(name, endpoint_url=endpoint_url, config=config, region_name=region)
        for name, config in configs.items()
    }
    for client in clients.values():
        client.meta.events.register("needs-retry", throttles.note)
    return clients


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
