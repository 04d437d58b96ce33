"""What security scanners object to by sight of one resource, and why it is right here: data for checkov.

The reason goes into the resource's metadata, where the scanner looks for it and a reviewer reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

from compiler.star_actions import ACTIONS

Body = Mapping[str, Any]

READING = ("Describe", "Get", "List")


class Exempt(NamedTuple):
    """One check that a resource does not pass, where `holds` says so of it and its template's resources."""

    check: str
    reason: str
    holds: Callable[[Body, Mapping[str, Body]], bool]


def explain(resources: MutableMapping[str, dict[str, Any]], raw: Container[str] = ()) -> None:
    """Adds the reasons to the metadata of those resources of a template that need them.

    `raw` are those that a user wrote as they are: nobody here knows why, nor whether they are sound.
    """
    for name, body in resources.items():
        if name in raw:
            continue
        if skipped := [{"id": check, "comment": reason} for check, reason in _reasons(body, resources)]:
            metadata = body.get("Metadata", {})
            resources[name] = body | {"Metadata": metadata | {"checkov": {"skip": skipped}}}


def _reasons(body: Body, resources: Mapping[str, Body]) -> Iterator[tuple[str, str]]:
    for found in EXCEPTIONS.get(body["Type"], ()):
        if found.holds(body.get("Properties", {}), resources):
            yield found.check, found.reason


def _without(name: str) -> Callable[[Body, Mapping[str, Body]], bool]:
    return lambda properties, resources: name not in properties


def _carries_requests_openly(scheme: str) -> Callable[[Body, Mapping[str, Body]], bool]:
    def holds(listener: Body, resources: Mapping[str, Body]) -> bool:
        target = resources.get(listener["LoadBalancerArn"].get("Ref", ""), {})
        redirects = any(action["Type"] == "redirect" for action in listener["DefaultActions"])
        found = target.get("Properties", {}).get("Scheme") == scheme
        return found and listener["Protocol"] == "HTTP" and not redirects

    return holds


def _writes_unbound(role: Body, resources: Mapping[str, Body]) -> bool:
    statements = [
        statement
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement.get("Resource") in ("*", ["*"])
    ]
    actions = {action for statement in statements for action in statement["Action"]} & ACTIONS
    return any(not action.split(":")[1].startswith(READING) for action in actions)


def _from_anywhere(properties: Body, resources: Mapping[str, Body]) -> bool:
    return properties.get("CidrIp") == "0.0.0.0/0" and properties.get("FromPort") == 80


_TLS = ("CKV_AWS_2", "CKV_AWS_103")
_INSIDE = "the load balancer is internal: requests do not leave the VPC"
_ACCEPTED = "the spec accepts unencrypted requests: insecure_http"

EXCEPTIONS: Mapping[str, tuple[Exempt, ...]] = {
    "AWS::Lambda::Function": (
        Exempt(
            "CKV_AWS_115",
            "reserving calls for it would take them from other functions; an alarm watches throttling",
            _without("ReservedConcurrentExecutions"),
        ),
        Exempt(
            "CKV_AWS_116",
            "no call of it is asynchronous, or what fails is kept by an on-failure destination",
            _without("DeadLetterConfig"),
        ),
        Exempt(
            "CKV_AWS_117",
            "it reaches nothing inside the VPC, and a function there would only lose its way out",
            _without("VpcConfig"),
        ),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (
        *(Exempt(check, _INSIDE, _carries_requests_openly("internal")) for check in _TLS),
        *(Exempt(check, _ACCEPTED, _carries_requests_openly("internet-facing")) for check in _TLS),
    ),
    "AWS::EC2::SecurityGroupIngress": (
        Exempt("CKV_AWS_260", "the spec makes the load balancer public", _from_anywhere),
    ),
    "AWS::IAM::Role": (
        Exempt(
            "CKV_AWS_111",
            "the actions on `*` take no resource; conditions bind them where they can",
            _writes_unbound,
        ),
    ),
    "AWS::S3::Bucket": (
        Exempt(
            "CKV_AWS_18",
            "requests to it are not recorded: it holds such records itself, or access_logs is off",
            _without("LoggingConfiguration"),
        ),
    ),
}
