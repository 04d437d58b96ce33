"""Rules of the class exposure about openings and public paths."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.review.case import Case, Rule
from compiler.review.openings import Opening, added, openings
from compiler.review.paths import UNKNOWN
from compiler.review.rules.guards import (
    Guard,
    became,
    findings,
    gone,
    is_known,
    newly_given,
    shortened,
    turned_off,
    turned_on,
)

_GROUP = "AWS::EC2::SecurityGroup"
_INGRESS, _EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"

_PUBLIC = (
    Guard(r"ElasticLoadBalancing.*", r"Scheme", became("internet-facing")),
    Guard(r".*", r"PubliclyAccessible", turned_on),
    Guard(r"EC2::Subnet", r"MapPublicIpOnLaunch", turned_on),
    Guard(r"ECS::Service", r".*AssignPublicIp", became("ENABLED")),
    Guard(
        r"S3::.*",
        r"(PublicAccessBlockConfiguration\.)?(BlockPublic|IgnorePublic|RestrictPublic).*",
        turned_off,
    ),
    Guard(r"S3::Bucket", r"AccessControl", became("PublicRead", "PublicReadWrite", "AuthenticatedRead")),
    Guard(r"SecretsManager::ResourcePolicy", r"BlockPublicPolicy", turned_off),
    Guard(r"ApiGateway(V2)?::(Route|Method)", r"AuthorizationType", turned_off),
    Guard(r"ApiGatewayV2::Route", r"AuthorizerId", gone),
    Guard(r"ApiGateway(V2)?::DomainName", r"MutualTlsAuthentication\..*", gone),
    Guard(r"ApiGatewayV2::Api", r"DisableExecuteApiEndpoint", turned_off),
    Guard(r"RDS::DBCluster", r"EnableHttpEndpoint", turned_on),
    Guard(r"Lambda::Url", r"AuthType", became("NONE")),
    Guard(r"Cognito::UserPool", r"AdminCreateUserConfig\.AllowAdminCreateUserOnly", turned_off),
)
# What a web ACL stops; a rule's `Name` is its label in a path.
_FIREWALL = (
    Guard(r"WAFv2::WebACL", r"Rules\[.*\]\.(Action\.Block|OverrideAction\.None)", gone),
    Guard(
        r"WAFv2::WebACL",
        r"Rules\[.*\]\.Statement\.RateBasedStatement\.Limit",
        lambda old, new: is_known(old) and is_known(new) and shortened(new, old),
    ),
    Guard(
        r"WAFv2::WebACL",
        r"Rules\[.*\]\.Statement\.ManagedRuleGroupStatement\.RuleActionOverrides\[.*\]\.ActionToUse\.Count",
        newly_given,
    ),
)
_GUARDS_REMOVED = {"AWS::WAFv2::WebACLAssociation": "the web ACL no longer filters it"}


def _ingress(case: Case) -> Iterator[str]:
    if case.type == _GROUP:
        yield from _group(case, "SecurityGroupIngress")
    elif case.type == _INGRESS:
        yield from _rule(case)


def _egress(case: Case) -> Iterator[str]:
    """A new standalone egress rule is how a component connects; only what widens an old one is news."""
    if case.type == _GROUP and case.persists and case.old("SecurityGroupEgress"):
        wider = added(openings(case.old("SecurityGroupEgress")), _egress_of(case))
        yield from (f"lets out {opening}" for opening in wider)
    elif case.type == _EGRESS and case.persists:
        yield from (f"lets out {opening}" for opening in _widened(case))


def _egress_of(case: Case) -> tuple[Opening, ...]:
    """Without any egress rule a group lets everything out."""
    return openings(case.new("SecurityGroupEgress")) or (Opening("-1", 0, 65535, "0.0.0.0/0"),)


def _group(case: Case, name: str) -> Iterator[str]:
    if any(leaf.before is UNKNOWN and leaf.path[:1] == (name,) for leaf in case.leaves):
        yield "its ingress changes, and what it was before is not known"
        return
    found = added(openings(case.old(name)), openings(case.new(name)))
    if case.persists:
        yield from (f"lets in {opening}" for opening in found)
    elif case.joins:
        yield from (f"lets in {opening}" for opening in found if opening.is_wide)


def _rule(case: Case) -> Iterator[str]:
    if case.joins:
        yield from (f"lets in {o}" for o in openings((case.after or {}).get("Properties")) if o.is_wide)
    elif case.persists:
        yield from (f"lets in {opening}" for opening in _widened(case))


def _widened(case: Case) -> Iterator[Opening]:
    """A standalone rule is replaced whole; one that moved to another port or peer is a new narrow one."""
    old = openings((case.before or {}).get("Properties"))
    for opening in added(old, openings((case.after or {}).get("Properties"))):
        if opening.is_wide or any(opening.covers(each) for each in old):
            yield opening


def _public(case: Case) -> Iterator[str]:
    yield from findings(case, _PUBLIC, "opens to the public")
    yield from findings(case, _FIREWALL, "the firewall stops less")
    if case.type == "AWS::EC2::Route" and (case.joins or case.persists) and _is_internet_route(case):
        yield "a route to an internet gateway makes its subnets public"
    if case.action == "remove" and case.type in _GUARDS_REMOVED:
        yield _GUARDS_REMOVED[case.type]


def _is_internet_route(case: Case) -> bool:
    destinations = (case.new("DestinationCidrBlock"), case.new("DestinationIpv6CidrBlock"))
    everywhere = destinations[0] == "0.0.0.0/0" or destinations[1] == "::/0"
    return everywhere and case.new("GatewayId") is not None and case.old("GatewayId") is None


RULES = (
    Rule("R116", "exposure", "a security group lets more in", _ingress),
    Rule("R117", "exposure", "a security group lets more out", _egress),
    Rule("R118", "exposure", "something becomes public", _public),
)
