"""Network and platform -> the VPC endpoints it has, and those it would miss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler import connect
from compiler.kind import Problem
from compiler.model import Platform

if TYPE_CHECKING:
    from compiler.kinds.network import Network

# The services that have gateway endpoints. Source: VPC user guide, "Gateway endpoints", 2026.
GATEWAYS = frozenset({"dynamodb", "s3"})
# What a call to one service leads to: image layers are in S3.
# Source: ECR user guide, "Amazon ECR interface VPC endpoints", 2026.
LEADS_TO = {"ecr.dkr": "s3"}
# Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec", KMS and VPC endpoints, 2026.
SESSIONS = "ssmmessages"


def interfaces(spec: Network, platform: Platform) -> tuple[str, ...]:
    """The services with an interface endpoint: those written, or those called when nothing else leads out."""
    if isinstance(spec.endpoints.interface, list):
        return tuple(sorted(set(spec.endpoints.interface)))
    return tuple(sorted(called(platform) - GATEWAYS)) if spec.egress == "none" else ()


def problems(spec: Network) -> Iterable[Problem]:
    """Endpoints of the wrong type."""
    written = spec.endpoints.interface if isinstance(spec.endpoints.interface, list) else []
    for number, service in enumerate(written):
        if service in GATEWAYS:
            message = f"{service} has a gateway endpoint, which costs nothing; write it under 'gateway'"
            yield Problem(("endpoints", "interface", number), "E104", message)


def cut_off(spec: Network, platform: Platform) -> dict[str, list[str]]:
    """The services that components call and `egress: none` cuts off, by where their endpoint is written."""
    if spec.egress != "none":
        return {}
    wanted = called(platform)
    missing = {
        "gateway": wanted & GATEWAYS - set(spec.endpoints.gateway),
        "interface": wanted - GATEWAYS - set(interfaces(spec, platform)),
    }
    return {where: sorted(services) for where, services in missing.items() if services}


def called(platform: Platform) -> frozenset[str]:
    """The services that components call from inside, and those to which that leads."""
    direct = connect.called_services(platform)
    sessions = {"kms"} if SESSIONS in direct and _sessions_have_a_key(platform) else set()
    return direct | sessions | {LEADS_TO[service] for service in direct if service in LEADS_TO}


def _sessions_have_a_key(platform: Platform) -> bool:
    """Whether the agent inside the container encrypts interactive sessions with a key of the account.

    It is the cluster's own where that exists already, and else the one for logs. A kind does not import
    another; that cluster and encryption say so in these words is part of the spec.
    """
    cluster, encryption = platform.components.get("cluster"), platform.components["encryption"]
    shared = getattr(cluster.spec, "existing", None) if cluster else None
    if shared:
        return shared.key is not None
    return bool(getattr(getattr(encryption.spec, "existing", None) or encryption.spec, "logs", False))
