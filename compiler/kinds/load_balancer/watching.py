"""What a load balancer is watched for."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm, Metric
from compiler.kinds.load_balancer import waf
from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform

FIREWALL = {"WebACL": "web_acl_name", "Region": "region", "Rule": "=ALL"}


def alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    """Its own errors and limits, and with a firewall of ours how much that stops."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)

    def metric(name: str) -> Metric:
        return Metric("AWS/ApplicationELB", name, {"LoadBalancer": "full_name"})

    yield Alarm(
        "elb-5xx",
        "The load balancer itself answers with errors: no healthy task takes its requests.",
        5,
        metric("HTTPCode_ELB_5XX_Count"),
        severity="critical",
    )
    yield Alarm(
        "rejected-connections",
        "The load balancer refuses connections: it has reached its limit.",
        0,
        metric("RejectedConnectionCount"),
    )
    firewall = waf.made(spec.waf)
    if firewall and firewall.mode == "block":
        yield Alarm(
            "blocked-requests",
            "The firewall blocks many requests: an attack, or rules that are too strict.",
            100,
            Metric("AWS/WAFV2", "BlockedRequests", FIREWALL),
        )
