"""Services that call each other by name: settings on both sides, paths, variables, order, mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs import compiled, problems, resources

IMAGE = 'image: {repository: shop/web, tag: "1"}'
CALLS = f"""
network: {{}}
services:
  web: {{{IMAGE}, connections: {{prices: call}}}}
  prices: {{{IMAGE}, http: {{port: 8080}}}}
  alone: {{{IMAGE}, port: 9000}}
"""


def services(body: str = CALLS) -> dict[str, dict[str, Any]]:
    found = resources(compiled(body), "AWS::ECS::Service")
    return {name: resource["Properties"] for name, resource in found.items()}


def container(task: str, body: str = CALLS) -> dict[str, Any]:
    definition = resources(compiled(body), "AWS::ECS::TaskDefinition")[task]["Properties"]
    found: dict[str, Any] = definition["ContainerDefinitions"][0]
    return found


def told(body: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in problems(body)]


def test_services_that_call_each_other_share_a_namespace() -> None:
    (namespace,) = resources(compiled(CALLS), "AWS::ServiceDiscovery::HttpNamespace").items()
    assert namespace[0] == "ClusterNamespace"
    assert namespace[1]["Properties"]["Name"] == "shop-dev-cluster"
    arn = {"Fn::GetAtt": ["ClusterNamespace", "Arn"]}
    connected = {name: found.get("ServiceConnectConfiguration") for name, found in services().items()}
    assert connected["AloneService"] is None
    assert connected["WebService"]["Namespace"] == connected["PricesService"]["Namespace"] == arn
    assert "Services" not in connected["WebService"]
    assert connected["PricesService"]["Services"] == [
        {"PortName": "prices", "ClientAliases": [{"DnsName": "prices", "Port": 8080}]}
    ]


def test_without_a_caller_there_is_neither_a_namespace_nor_a_name() -> None:
    body = CALLS.replace(", connections: {prices: call}", "")
    assert resources(compiled(body), "AWS::ServiceDiscovery::HttpNamespace") == {}
    assert not any("ServiceConnectConfiguration" in found for found in services(body).values())
    (port,) = container("PricesTask", body)["PortMappings"]
    assert port == {"ContainerPort": 8080, "Protocol": "tcp"}


@pytest.mark.parametrize(
    ("port", "protocol", "url"),
    [
        ("http: {port: 8080}", "http", "http://prices:8080"),
        ("port: 9000", "http", "http://prices:9000"),
        ("port: {number: 9000, protocol: grpc}", "grpc", "http://prices:9000"),
        ("port: {number: 9000, protocol: tcp}", None, "tcp://prices:9000"),
    ],
)
def test_the_callee_says_what_it_speaks_and_the_caller_gets_the_address(
    port: str, protocol: str | None, url: str
) -> None:
    body = CALLS.replace("http: {port: 8080}", port)
    (mapping,) = container("PricesTask", body)["PortMappings"]
    assert (mapping["Name"], mapping.get("AppProtocol")) == ("prices", protocol)
    environment = {pair["Name"]: pair["Value"] for pair in container("WebTask", body)["Environment"]}
    assert environment["PRICES_URL"] == url


def test_the_callee_is_there_before_the_caller_starts() -> None:
    """The caller's task definition names the service, so no order is to be kept by hand."""
    environment = {pair["Name"]: pair["Value"] for pair in container("WebTask")["Environment"]}
    assert environment["PRICES_SERVICE_NAME"] == {"Fn::GetAtt": ["PricesService", "Name"]}


def test_a_caller_in_a_stack_of_its_own_comes_later() -> None:
    assembly = compiled(CALLS.replace("connections:", "stack: front, connections:"))
    assert "PricesName" in assembly.stack("shop-dev-front").parameters


def test_only_the_caller_reaches_the_port() -> None:
    ingress = resources(compiled(CALLS), "AWS::EC2::SecurityGroupIngress")["WebToPrices8080Ingress"]
    assert ingress["Properties"] == {
        "GroupId": {"Ref": "PricesSecurityGroupId"},
        "SourceSecurityGroupId": {"Ref": "WebSecurityGroupId"},
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8080,
        "Description": "web to prices",
    }


def test_services_that_call_each_other_in_a_circle_are_told_why_not() -> None:
    body = f"""
    network: {{}}
    services:
      a: {{{IMAGE}, port: 80, connections: {{b: call}}}}
      b: {{{IMAGE}, port: 80, connections: {{a: call}}}}
    """
    assert told(body) == [
        "E205 components depend on each other in a circle: a -> b -> a; a task finds only services that were "
        "there when it started; remove one of these connections"
    ]


def test_a_service_without_a_port_cannot_be_called() -> None:
    assert told(CALLS.replace(", http: {port: 8080}", "")) == [
        "E202 'web' calls 'prices', which listens on no port; give it a 'port'"
    ]


def test_two_ports_are_one_too_many() -> None:
    assert told(CALLS.replace("http: {port: 8080}", "http: {port: 8080}, port: 9000")) == [
        "E210 'http' says already on which port it listens, for other services too; remove 'port'"
    ]


def test_only_services_look_names_up() -> None:
    function = (
        "functions: {f: {runtime: python3.13, handler: app.handler, code: src, connections: {prices: call}}}"
    )
    assert told(CALLS + function + "\n") == [
        "E202 'f' (function) cannot call 'prices': only services find each other by name (Service Connect); "
        "let it come through an API or the load balancer"
    ]
