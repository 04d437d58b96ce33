"""Rules of the class exposure about who decides which requests are let in, and from which pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.review.case import Case, Rule
from compiler.review.rules.guards import (
    Guard,
    another,
    became,
    findings,
    gone,
    grown,
    is_known,
    shrunk,
    turned_off,
    turned_on,
)


def _any_of_more(before: Any, after: Any) -> bool:
    """A token needs one of the scopes. Source: API Gateway developer guide, "JWT authorizers", 2026."""
    return gone(before, after) or (is_known(before) and grown(before, after))


def _otherwise(before: Any, after: Any) -> bool:
    """Who was let in without any check is let in by no other; a check where there was none lets in fewer."""
    return another(before, after) and before != "NONE"


_ROOT = ("0", "0:0", "root", "root:root")
# Who decides about requests, and about whom; a value that only moves with what it refers to is the same one.
_DECIDING = (
    Guard(r"ApiGateway(V2)?::(Route|Method)", r"AuthorizationType|AuthorizerId", _otherwise),
    Guard(r"ApiGatewayV2::Route", r"AuthorizationScopes", _any_of_more),
    Guard(r"ApiGatewayV2::Authorizer", r"AuthorizerUri|JwtConfiguration\.Issuer", another),
    Guard(r"ApiGatewayV2::Authorizer", r"JwtConfiguration\.Audience", grown),
    # Answers are cached by these, so requests that differ in one that is lost share an answer.
    Guard(r"ApiGatewayV2::Authorizer", r"IdentitySource", shrunk),
    Guard(r"ApiGateway(V2)?::DomainName", r"MutualTlsAuthentication\..*", another),
    Guard(r"ElasticLoadBalancingV2::Listener", r"MutualAuthentication\.(Mode|TrustStoreArn)", another),
    Guard(r"WAFv2::WebACLAssociation", r"WebACLArn", another),
)
_CORS = (
    Guard(r"ApiGatewayV2::Api", r"CorsConfiguration\.(Allow(Origins|Methods|Headers)|ExposeHeaders)", grown),
    Guard(r"ApiGatewayV2::Api", r"CorsConfiguration\.AllowCredentials", turned_on),
    Guard(r"Lambda::Url", r"Cors\.(Allow(Origins|Methods|Headers)|ExposeHeaders)", grown),
    Guard(r"Lambda::Url", r"Cors\.AllowCredentials", turned_on),
)
# What keeps whoever breaks into a container inside it, and people out of it.
_CONTAINERS = (
    Guard(r"ECS::TaskDefinition", r"ContainerDefinitions\[.*\]\.User", gone, of_item=True),
    Guard(r"ECS::TaskDefinition", r"ContainerDefinitions\[.*\]\.User", became(*_ROOT)),
    Guard(r"ECS::TaskDefinition", r"ContainerDefinitions\[.*\]\.Privileged", turned_on),
    Guard(
        r"ECS::TaskDefinition",
        r"ContainerDefinitions\[.*\]\.ReadonlyRootFilesystem",
        turned_off,
        of_item=True,
    ),
    Guard(r"ECS::Service", r"EnableExecuteCommand", turned_on),
    Guard(r"Scheduler::Schedule", r"Target\.EcsParameters\.EnableExecuteCommand", turned_on),
)


def _admission(case: Case) -> Iterator[str]:
    yield from findings(case, _DECIDING, "who is let in is decided otherwise")
    yield from findings(case, _CORS, "pages of other origins may do more in a browser")
    yield from findings(case, _CONTAINERS, "containers are guarded less")


RULES = (
    Rule("R110", "exposure", "who is let in is decided otherwise, or less is guarded inside", _admission),
)
