"""A proxy between a database and its consumers: who reaches whom, who logs in as whom."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from tests.specs import compiled, problems, resources
from tests.test_emulator import Account, account, emulator, faults

__all__ = ["account", "emulator", "faults"]  # fixtures

BODY = """
network: {}
databases:
  registry: {proxy: true, readers: %s, capacity: {min: 1, max: 4}}
functions:
  device-api: {runtime: python3.13, handler: app.handler, code: code, connections: {registry: write}}
  report: {runtime: python3.13, handler: app.handler, code: code, connections: {registry: read}}
"""


def built(readers: int = 1) -> Assembly:
    return compiled(BODY % readers)


def properties(type_: str, readers: int = 1) -> dict[str, dict[str, Any]]:
    return {name: found["Properties"] for name, found in resources(built(readers), f"AWS::{type_}").items()}


def wrong(settings: str, rest: str = "") -> list[str]:
    head = "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments: {dev: {profile: dev}}\n"
    found = problems(f"network: {{}}\ndatabases: {{registry: {settings}}}\n{rest}", head)
    return [problem.split(" ", 1)[1] for problem in found]


def test_it_lets_in_by_iam_and_tls_only_and_logs_in_by_iam_itself() -> None:
    proxy = properties("RDS::DBProxy")["RegistryProxy"]
    assert (proxy["DefaultAuthScheme"], proxy["RequireTLS"], proxy["EngineFamily"]) == (
        "IAM_AUTH",
        True,
        "POSTGRESQL",
    )
    assert "Auth" not in proxy  # no secret is needed
    assert proxy["VpcSubnetIds"] == {"Ref": "NetworkIsolatedSubnetIds"}


def test_it_may_log_in_as_its_consumers_and_as_nobody_else() -> None:
    (statement,) = properties("IAM::Role")["RegistryProxyRole"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["rds-db:connect"]
    users = [arn["Fn::Sub"][0].rsplit("/", 1)[1] for arn in statement["Resource"]]
    assert users == ["device_api", "report"]
    assert statement["Resource"][0]["Fn::Sub"][1] == {
        "Cluster": {"Fn::GetAtt": ["RegistryCluster", "DBClusterResourceId"]}
    }


def test_consumers_log_in_to_the_proxy_and_not_to_the_database() -> None:
    role = properties("IAM::Role")["DeviceApiRole"]["Policies"][0]["PolicyDocument"]["Statement"]
    (login,) = [statement for statement in role if "rds-db:connect" in statement["Action"]]
    (resource,) = login["Resource"]
    assert resource["Fn::Sub"][1] == {"Cluster": {"Ref": "RegistryLoginResourceId"}}
    outputs = next(stack for stack in built().stacks if stack.layer == "data").template["Outputs"]
    assert outputs["RegistryLoginResourceId"]["Value"] == {
        "Fn::Select": [6, {"Fn::Split": [":", {"Fn::GetAtt": ["RegistryProxy", "DBProxyArn"]}]}]
    }


@pytest.mark.parametrize(("readers", "source"), [(1, "RegistryProxyReaders"), (0, "RegistryProxy")])
def test_readers_are_reached_through_an_endpoint_of_their_own_where_there_are_any(
    readers: int, source: str
) -> None:
    outputs = next(stack for stack in built(readers).stacks if stack.layer == "data").template["Outputs"]
    assert outputs["RegistryReaderEndpoint"]["Value"] == {"Fn::GetAtt": [source, "Endpoint"]}
    assert outputs["RegistryEndpoint"]["Value"] == {"Fn::GetAtt": ["RegistryProxy", "Endpoint"]}
    roles = [endpoint["TargetRole"] for endpoint in properties("RDS::DBProxyEndpoint", readers).values()]
    assert roles == ["READ_ONLY"] * readers


def test_one_port_leads_from_consumers_to_the_proxy_and_from_there_to_the_database() -> None:
    rules = properties("EC2::SecurityGroupIngress")
    paths = {
        (rule["SourceSecurityGroupId"]["Ref"], rule["GroupId"]["Ref"], rule["FromPort"])
        for rule in rules.values()
    }
    assert paths == {
        ("DeviceApiSecurityGroupId", "RegistryProxySecurityGroupId", 5432),
        ("ReportSecurityGroupId", "RegistryProxySecurityGroupId", 5432),
        ("RegistryProxySecurityGroupId", "RegistrySecurityGroupId", 5432),
    }


def test_the_proxy_finds_the_instances_and_the_way_to_them_when_it_looks() -> None:
    (targets,) = resources(built(), "AWS::RDS::DBProxyTargetGroup").values()
    assert set(targets["DependsOn"]) == {
        "RegistryWriter",
        "RegistryReader1",
        "RegistryFromProxy5432Egress",
        "RegistryFromProxy5432Ingress",
    }
    assert targets["Properties"]["ConnectionPoolConfigurationInfo"] == {"MaxConnectionsPercent": 90}


def test_its_log_group_is_made_first_so_that_it_does_not_keep_events_for_ever() -> None:
    assembly = built()
    group = resources(assembly, "AWS::Logs::LogGroup")["RegistryProxyLogGroup"]["Properties"]
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/aws/rds/proxy/shop-dev-registry", 7)
    assert resources(assembly, "AWS::RDS::DBProxy")["RegistryProxy"]["DependsOn"] == ["RegistryProxyLogGroup"]


def test_who_logs_in_by_password_does_not_pass_the_proxy() -> None:
    rest = (
        "functions: {report: {runtime: python3.13, handler: app.handler, code: code, "
        "connections: {registry: {access: read, login: password}}}}"
    )
    assert wrong("{proxy: true, capacity: {min: 1}}", rest) == [
        "E210 'report' logs in by password, and the proxy lets in by IAM only; write `login: iam` there, "
        "or `proxy: false`"
    ]


def test_it_deploys_on_the_emulator_with_readers_that_scale(account: Account) -> None:
    assembly = compiled((BODY % 1).replace("readers: 1,", "readers: 1, reader_scaling: {max: 3},"))
    where = aws.Session(None, assembly.region, account.emulator.endpoint_url, account.account)
    *_, deployed = execute.run(plan.make(assembly, aws.connect(where)))
    assert isinstance(deployed, Deployed)
    client = account.client("rds", assembly.region)
    (proxy,) = client.describe_db_proxies()["DBProxies"]
    (readers,) = client.describe_db_proxy_endpoints(DBProxyEndpointName="shop-dev-registry-readers")[
        "DBProxyEndpoints"
    ]
    outputs = deployed.outputs["shop-dev-data"]
    assert (outputs["RegistryEndpoint"], outputs["RegistryReaderEndpoint"]) == (
        proxy["Endpoint"],
        readers["Endpoint"],
    )
    assert (proxy["DefaultAuthScheme"], readers["TargetRole"]) == ("IAM_AUTH", "READ_ONLY")
