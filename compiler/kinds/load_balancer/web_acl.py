"""Firewall -> a web ACL with its rules, its log, and its place in front of the load balancer."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, wafv2

from compiler.blocks import logs
from compiler.kinds.load_balancer.waf import MANAGED, LoadBalancerWaf, RuleGroup, rate_limit
from compiler.scope import Scope

PATH = ("waf",)
# What the log must not hold: whoever reads it could sign in as somebody else.
SECRET_HEADERS = ("authorization", "cookie")
# With `mode: count` a request that would be stopped has this action in the log.
STOPPED = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")


def add_firewall(scope: Scope, waf: LoadBalancerWaf, public: bool) -> None:
    """Adds the web ACL, unless there is one already, and puts it in front of the load balancer."""
    acl = _given(waf.web_acl) if waf.web_acl else _web_acl(scope, waf, public)
    scope.add(
        wafv2.WebACLAssociation(scope.id("WebAclAssociation"), ResourceArn=Ref(scope.id("")), WebACLArn=acl),
        path=PATH,
    )


def _given(written: str) -> Sub:
    """The ARN without its account and region, for they can only be the stack's own."""
    own = "arn:${AWS::Partition}:wafv2:${AWS::Region}:${AWS::AccountId}:regional/webacl/"
    return Sub(own + written.partition(":regional/webacl/")[2])


def _web_acl(scope: Scope, waf: LoadBalancerWaf, public: bool) -> GetAtt:
    title = scope.id("WebAcl")
    # The metrics have this name; nothing but another name can replace the web ACL.
    name = scope.physical(limit=128)
    scope.add(
        wafv2.WebACL(
            title,
            Name=name,
            Description="In front of the load balancer",
            Scope="REGIONAL",
            DefaultAction=wafv2.DefaultAction(Allow=wafv2.AllowAction()),
            Rules=_rules(scope, waf, public),
            VisibilityConfig=_visibility(name),
        ),
        path=PATH,
    )
    if waf.logs != "none":
        _log(scope, waf, title)
    return GetAtt(title, "Arn")


def _rules(scope: Scope, waf: LoadBalancerWaf, public: bool) -> list[wafv2.WebACLRule]:
    """The limit first, which costs least, then AWS's groups as they are written."""
    limit = rate_limit(waf, public, scope.platform)
    found = [_limit(limit, waf)] if limit else []
    found += [_group(group, waf) for group in dict.fromkeys(waf.managed_rules)]
    return [wafv2.WebACLRule(Priority=number, **rule) for number, rule in enumerate(found)]


def _limit(limit: int, waf: LoadBalancerWaf) -> dict[str, Any]:
    counted = wafv2.RuleAction(Count=wafv2.CountAction())
    blocked = wafv2.RuleAction(Block=wafv2.BlockAction())
    statement = wafv2.RateBasedStatement(Limit=limit, AggregateKeyType="IP", EvaluationWindowSec=300)
    return {
        "Name": "rate-limit",
        "Action": counted if waf.mode == "count" else blocked,
        "Statement": wafv2.Statement(RateBasedStatement=statement),
        "VisibilityConfig": _visibility("rate-limit"),
    }


def _group(group: RuleGroup, waf: LoadBalancerWaf) -> dict[str, Any]:
    name = group.replace("_", "-")
    overrides = [
        wafv2.RuleActionOverride(Name=rule, ActionToUse=wafv2.RuleAction(Count=wafv2.CountAction()))
        for rule in waf.only_count.get(group, ())
    ]
    statement = wafv2.ManagedRuleGroupStatement(
        VendorName="AWS", Name=MANAGED[group], **({"RuleActionOverrides": overrides} if overrides else {})
    )
    return {
        "Name": name,
        "OverrideAction": wafv2.OverrideAction(**{"Count" if waf.mode == "count" else "None": {}}),
        "Statement": wafv2.Statement(ManagedRuleGroupStatement=statement),
        "VisibilityConfig": _visibility(name),
    }


def _visibility(name: str) -> wafv2.VisibilityConfig:
    return wafv2.VisibilityConfig(CloudWatchMetricsEnabled=True, MetricName=name, SampledRequestsEnabled=True)


def _log(scope: Scope, waf: LoadBalancerWaf, web_acl: str) -> None:
    """AWS WAF writes only to groups whose names begin so, and takes their ARN without the `:*` at its end.

    Source: AWS WAF developer guide, "Amazon CloudWatch Logs" under "Logging destinations", 2026.
    """
    name = f"aws-waf-logs-{scope.physical(limit=480)}"
    group = logs.delivered(scope, "WebAclLogs", name)
    optional = {"LoggingFilter": _only_stopped()} if waf.logs == "blocked" else {}
    scope.add(
        wafv2.LoggingConfiguration(
            scope.id("WebAclLogging"),
            ResourceArn=GetAtt(web_acl, "Arn"),
            LogDestinationConfigs=[Sub(logs.group_arn(name))],
            RedactedFields=[
                wafv2.LoggingConfigurationFieldToMatch(SingleHeader=wafv2.SingleHeader(Name=header))
                for header in SECRET_HEADERS
            ],
            DependsOn=[group.title],
            **optional,
        ),
        path=(*PATH, "logs"),
    )


def _only_stopped() -> wafv2.LoggingFilter:
    conditions = [wafv2.Condition(ActionCondition=wafv2.ActionCondition(Action=action)) for action in STOPPED]
    kept = wafv2.Filter(Behavior="KEEP", Requirement="MEETS_ANY", Conditions=conditions)
    return wafv2.LoggingFilter(DefaultBehavior="DROP", Filters=[kept])
