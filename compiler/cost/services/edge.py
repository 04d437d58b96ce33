"""APIs, load balancers and the firewall before them."""

from __future__ import annotations

from compiler.cost.charge import Charge, Charges, Unpriced, hourly, monthly, used
from compiler.cost.estimate import exactly
from compiler.cost.subject import Resource
from compiler.pricing.book import HOURS

MILLION = 1e6


def http_api(resource: Resource) -> Charges:
    """Requests, each of up to 512 KiB."""
    if resource.text("ProtocolType", default="HTTP") != "HTTP":
        yield Unpriced("messages", "WebSocket APIs are not in the price book")
        return
    yield used("requests", "apigw.http", resource.use("requests"), "requests", MILLION)


def rest_api(resource: Resource) -> Charges:
    """Requests."""
    yield used("requests", "apigw.rest", resource.use("requests"), "requests", MILLION)


def load_balancer(resource: Resource) -> Charges:
    """Hours, and capacity units: the average of a month, as declared."""
    sort = {"application": "alb", "network": "nlb"}.get(resource.text("Type", default="application"))
    if sort is None:
        yield Unpriced("load balancer", "gateway load balancers are not in the price book")
        return
    yield hourly("load balancer", f"{sort}.hour")
    units = resource.use("capacity_units")
    amount = None if units is None else exactly(units) * HOURS
    yield Charge("capacity units", f"{sort}.lcu", amount, "capacity_units")


def web_acl(resource: Resource) -> Charges:
    """The list, each of its rules, and the requests it looks at."""
    yield monthly("web ACL", "waf.acl")
    if rules := len(resource.get("Rules", default=())):
        yield monthly("rules", "waf.rule", rules)
    yield used("inspected requests", "waf.requests", resource.use("requests"), "requests", MILLION)


PRICERS = {
    "AWS::ApiGatewayV2::Api": http_api,
    "AWS::ApiGateway::RestApi": rest_api,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": load_balancer,
    "AWS::WAFv2::WebACL": web_acl,
}
