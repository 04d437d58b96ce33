"""A connection -> the way to its target: rules of security groups, endpoints, NAT; or none at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import connect
from compiler.access.built import Built, Found
from compiler.access.wording import words
from compiler.kind import Verb
from compiler.model import Connection
from compiler.registry import all_kinds
from compiler.scope import Grant

EGRESS, INGRESS = "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"
ENDPOINT, NAT, INTERNET = "AWS::EC2::VPCEndpoint", "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"
HTTPS = 443


@dataclass(frozen=True)
class Way:
    """One part of the way, and the resources that make it; `why` says what it is for."""

    text: str
    why: str
    resources: tuple[str, ...] = ()  # logical ids


def ways(connection: Connection, verb: Verb, grant: Grant, built: Built) -> tuple[Way, ...]:
    """Every part of the way, never empty: when no network is needed, that is what it says."""
    mine = list(built.of(connection.consumer))
    found = [*_opened(connection, mine, built), *_called(connection, verb, mine, built)]
    return tuple(found) or (_none(connection, grant, built),)


def _opened(connection: Connection, mine: list[Found], built: Built) -> Iterator[Way]:
    """The pairs of rules that were added for this connection, one way for each."""
    rules = [each for each in mine if each.type in (EGRESS, INGRESS) and each.is_for(connection)]
    for rule in rules:
        if rule.type != INGRESS:
            continue
        given = rule.properties
        to, source = (words(given[key], rule.where, built) for key in ("GroupId", "SourceSecurityGroupId"))
        first, last = given["FromPort"], given["ToPort"]
        port = first if first == last else f"{first}-{last}"
        pair = sorted(each.logical_id for each in rules if _same(each, rule))
        why = "both groups are closed but for what a connection opens"
        yield Way(f"from {source} to {to}, {given['IpProtocol'].upper()} port {port}", why, tuple(pair))


def _same(one: Found, ingress: Found) -> bool:
    """Whether a rule is this ingress rule, or what lets out what this one lets in."""
    mine, other = one.properties, ingress.properties
    ports = all(mine[key] == other[key] for key in ("FromPort", "ToPort"))
    return one.logical_id == ingress.logical_id or (
        ports and one.type == EGRESS and mine.get("DestinationSecurityGroupId") == other["GroupId"]
    )


def _called(connection: Connection, verb: Verb, mine: list[Found], built: Built) -> Iterator[Way]:
    """How a consumer inside the VPC comes to the services that the verb has it call."""
    if not _in_vpc(connection.consumer, built):
        return
    out = tuple(each.logical_id for each in mine if _leads_out(each))
    for service in sorted(set(verb.calls)):
        text, endpoints = _exit(service, built)
        yield Way(f"TCP port {HTTPS} to {service}, {text}", f"it calls the {service} API", out + endpoints)


def _in_vpc(consumer: str, built: Built) -> bool:
    component = built.platform.components[consumer]
    kind = all_kinds()[component.kind]
    return "network" in kind.needs(component.spec) or connect.needs_network(component, built.platform)


def _leads_out(found: Found) -> bool:
    given = found.properties
    return found.type == EGRESS and given.get("ToPort") == HTTPS and "CidrIp" in given


def _exit(service: str, built: Built) -> tuple[str, tuple[str, ...]]:
    """Through which door of the VPC a call to a service leaves, and the resources that are this door."""
    home = list(built.at_home())
    for each in home:
        if each.type == ENDPOINT and _service(each, built) == service:
            kind = str(each.properties["VpcEndpointType"]).lower()
            return f"through the {kind} endpoint of the VPC", (each.logical_id,)
    for kind, text in ((NAT, "through the NAT gateway"), (INTERNET, "through the internet gateway")):
        if doors := tuple(each.logical_id for each in home if each.type == kind):
            return text, doors
    network = built.platform.components.get("network")
    adopted = network is not None and network.adopted
    return ("as the routes of the existing network lead" if adopted else "which nothing leads to"), ()


def _service(endpoint: Found, built: Built) -> str:
    name = words(endpoint.properties["ServiceName"], endpoint.where, built)
    region = words({"Ref": "AWS::Region"}, endpoint.where, built)
    return name.removeprefix(f"com.amazonaws.{region}.")


def _none(connection: Connection, grant: Grant, built: Built) -> Way:
    if grant.integration and grant.integration.type == "lambda":
        return Way("no network needed", "API Gateway calls the function through the Lambda API")
    if grant.trigger and not built.runs_code(connection.consumer):
        return Way("no network needed", f"AWS brings what {connection.target} has to {connection.consumer}")
    if not _in_vpc(connection.consumer, built):
        return Way("no network needed", "calls the AWS API from outside the VPC")
    return Way("no network needed", "nothing of it is called by the consumer's own code")
