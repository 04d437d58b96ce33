"""What users may write of the firewall in front of a load balancer, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from compiler.kind import Problem, Record, about
from compiler.model import Platform

RuleGroup = Literal[
    "common",
    "known_bad_inputs",
    "ip_reputation",
    "anonymous_ip",
    "admin_protection",
    "sql_injection",
    "linux",
    "posix",
    "windows",
    "php",
    "wordpress",
]
# Source: AWS WAF developer guide, "AWS Managed Rules rule groups list", 2026.
MANAGED: dict[RuleGroup, str] = {
    "common": "AWSManagedRulesCommonRuleSet",
    "known_bad_inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "ip_reputation": "AWSManagedRulesAmazonIpReputationList",
    "anonymous_ip": "AWSManagedRulesAnonymousIpList",
    "admin_protection": "AWSManagedRulesAdminProtectionRuleSet",
    "sql_injection": "AWSManagedRulesSQLiRuleSet",
    "linux": "AWSManagedRulesLinuxRuleSet",
    "posix": "AWSManagedRulesUnixRuleSet",
    "windows": "AWSManagedRulesWindowsRuleSet",
    "php": "AWSManagedRulesPHPRuleSet",
    "wordpress": "AWSManagedRulesWordPressRuleSet",
}
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WEB_ACL = f"arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{{12}}:regional/webacl/[A-Za-z0-9_-]+/{UUID}"
RATE_LIMIT = 2000  # of a public load balancer, in five minutes


class LoadBalancerWaf(Record):
    """A web ACL in front of the load balancer: rules of AWS, and a limit to what one address may ask."""

    web_acl: (
        Annotated[
            str,
            about(
                "A web ACL that is there already, of the platform's own account and region; it is used as it "
                "is.",
                examples=[
                    "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/company/"
                    "12345678-1234-1234-1234-123456789012"
                ],
                pattern=f"^{WEB_ACL}$",
                form="the ARN of a regional web ACL",
            ),
        ]
        | None
    ) = None
    managed_rules: Annotated[
        tuple[RuleGroup, ...],
        about(
            "The groups of rules that AWS keeps up to date, in the order they are asked.",
            examples=[["common", "known_bad_inputs", "sql_injection"]],
        ),
    ] = ("ip_reputation", "common", "known_bad_inputs")
    only_count: Annotated[
        dict[str, tuple[str, ...]],
        about(
            "Rules of those groups that only count and block nothing, by group: for requests that are right "
            "and look wrong.",
            examples=[{"common": ["SizeRestrictions_BODY"]}],
        ),
    ] = {}
    rate_limit: (
        Annotated[
            int,
            about(
                "How many requests in five minutes one address may send. When left out, 2000 if the load "
                "balancer is internet_facing and no API sends requests to it, else any number.",
                examples=[1000],
                ge=10,
                le=2_000_000_000,
            ),
        ]
        | None
    ) = None
    mode: Annotated[
        Literal["block", "count"],
        about("Whether the rules block requests, or only count those they would block.", examples=["count"]),
    ] = "block"
    logs: Annotated[
        Literal["blocked", "all", "none"],
        about(
            "Which requests are recorded, without cookies and authorization: those that a rule would stop, "
            "all of them, or none.",
            examples=["all"],
        ),
    ] = "blocked"


def settings(written: bool | LoadBalancerWaf) -> LoadBalancerWaf | None:
    """What is wanted in front of the load balancer; None is nothing."""
    if isinstance(written, LoadBalancerWaf):
        return written
    return LoadBalancerWaf() if written else None


def made(written: bool | LoadBalancerWaf) -> LoadBalancerWaf | None:
    """The web ACL that the platform makes itself; None when it is there already, or not wanted."""
    found = settings(written)
    return found if found and not found.web_acl else None


def problems(waf: LoadBalancerWaf, platform: Platform) -> Iterable[Problem]:
    """Rules for a web ACL that is not ours, rules that are not asked, and a limit that hits everybody."""
    if waf.web_acl and waf != LoadBalancerWaf(web_acl=waf.web_acl):
        message = "a 'web_acl' that is there already is used as it is; remove the other keys, or 'web_acl'"
        yield Problem(("waf", "web_acl"), "E210", message)
    for group in sorted(set(waf.only_count) - set(waf.managed_rules)):
        message = (
            f"'{group}' is not in 'managed_rules', which has {', '.join(waf.managed_rules) or 'nothing'}; "
            f"add it there, or remove it here"
        )
        yield Problem(("waf", "only_count", group), "E210", message)
    if waf.rate_limit and (routed := _routed(platform)):
        message = (
            f"all requests of the API '{routed[0]}' come from the few addresses of its VPC link, and would "
            f"be limited together; remove 'rate_limit', and use the API's own 'throttle'"
        )
        yield Problem(("waf", "rate_limit"), "E210", message)


def rate_limit(waf: LoadBalancerWaf, public: bool, platform: Platform) -> int | None:
    """How many requests in five minutes one address may send; None is no limit."""
    return waf.rate_limit or (RATE_LIMIT if public and not _routed(platform) else None)


def _routed(platform: Platform) -> list[str]:
    """The APIs that send requests to services, by name."""
    services = {component.name for component in platform.of_kind("service")}
    return sorted(
        {
            connection.consumer
            for component in platform.components.values()
            for connection in component.connections
            if connection.verb == "route" and connection.target in services
        }
    )
