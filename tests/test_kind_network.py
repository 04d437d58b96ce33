"""Network: subnets in slots that never move, every way out, endpoints, flow logs."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import document, pipeline
from compiler.assembly import Assembly
from compiler.diagnostics import SpecError
from compiler.kinds.network.slots import LARGEST_PREFIX, SMALLEST_PREFIX, TIERS, subnet

HEAD = """
schema_version: 1
platform: shop
region: eu-west-1
environments:
  dev: {profile: dev}
  synthetic: {profile: synthetic}
  production: {profile: production}
"""


def compiled(spec: str, environment: str = "dev") -> Assembly:
    loaded = document.load((HEAD + spec).encode(), "spec.yaml")
    return pipeline.compile_spec(loaded, environment, lambda folder: {"app.py": b"pass"})


def resources(spec: str, environment: str = "dev", layer: str = "network") -> dict[str, Any]:
    found = compiled(spec, environment).stack(f"shop-{environment}-{layer}").template["Resources"]
    return {name: {"Properties": {}} | resource for name, resource in found.items()}


def of_type(found: dict[str, Any], resource_type: str) -> dict[str, Any]:
    whole = f"AWS::{resource_type}"
    return {name: item["Properties"] for name, item in found.items() if item["Type"] == whole}


def messages(spec: str, environment: str = "dev") -> list[str]:
    with pytest.raises(SpecError) as error:
        compiled(spec, environment)
    return [f"{found.code} {found.message}" for found in error.value.diagnostics]


def routes(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        name: (route["RouteTableId"]["Ref"], (route.get("NatGatewayId") or route.get("GatewayId"))["Ref"])
        for name, route in of_type(found, "EC2::Route").items()
    }


# Slots


@st.composite
def blocks(draw: st.DrawFn) -> IPv4Network:
    prefix = draw(st.integers(LARGEST_PREFIX, SMALLEST_PREFIX))
    number = draw(st.integers(0, 2 ** (prefix - 8) - 1))
    return IPv4Network((10 * 2**24 + number * 2 ** (32 - prefix), prefix))


@given(blocks())
def test_all_subnets_lie_inside_the_block_and_apart_from_each_other(block: IPv4Network) -> None:
    found = [subnet(block, tier, zone) for tier in TIERS for zone in range(3)]
    assert all(inner.subnet_of(block) for inner in found)
    assert not any(a.overlaps(b) for number, a in enumerate(found) for b in found[:number])


@given(blocks())
def test_every_subnet_has_room_for_a_load_balancer(block: IPv4Network) -> None:
    assert all(subnet(block, tier, zone).prefixlen <= 27 for tier in TIERS for zone in range(3))


def test_a_further_zone_moves_no_subnet() -> None:
    two = of_type(resources("network: {availability_zones: 2}"), "EC2::Subnet")
    three = of_type(resources("network: {availability_zones: 3}"), "EC2::Subnet")
    assert two.items() <= three.items()
    assert set(three) - set(two) == {f"Network{tier}SubnetC" for tier in ("Private", "Public", "Isolated")}


def test_subnets_of_a_large_block_are_as_documented() -> None:
    found = of_type(resources("network: {cidr: 10.0.0.0/16}"), "EC2::Subnet")
    assert {name: properties["CidrBlock"] for name, properties in found.items()} == {
        "NetworkPrivateSubnetA": "10.0.0.0/20",
        "NetworkPrivateSubnetB": "10.0.32.0/20",
        "NetworkPublicSubnetA": "10.0.128.0/24",
        "NetworkPublicSubnetB": "10.0.144.0/24",
        "NetworkIsolatedSubnetA": "10.0.192.0/24",
        "NetworkIsolatedSubnetB": "10.0.208.0/24",
    }


def test_zones_are_chosen_by_the_account_and_nothing_gets_a_public_address_by_itself() -> None:
    for name, found in of_type(resources("network: {}"), "EC2::Subnet").items():
        number = "AB".index(name[-1])
        assert found["AvailabilityZone"] == {"Fn::Select": [number, {"Fn::GetAZs": ""}]}
        assert found["MapPublicIpOnLaunch"] is False


# The block


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0/16", "'10.0.0/16' is no IPv4 block; write an address and a prefix, such as 10.0.0.0/16"),
        ("10.0.0.0", "'10.0.0.0' is no IPv4 block; write an address and a prefix, such as 10.0.0.0/16"),
        (
            "10.0.0.0/255.255.0.0",
            "'10.0.0.0/255.255.0.0' is no IPv4 block; write an address and a prefix, such as 10.0.0.0/16",
        ),
        ("fd00::/56", "'fd00::/56' is no IPv4 block; write an address and a prefix, such as 10.0.0.0/16"),
        ("10.0.1.0/16", "'10.0.1.0/16' does not start where its block does; write '10.0.0.0/16'"),
        ("10.0.0.0/8", "'10.0.0.0/8' is too large for a VPC; write a /16 to a /23"),
        (
            "10.0.0.0/24",
            "'10.0.0.0/24' is too small for private, public and isolated subnets in three availability "
            "zones; write a /16 to a /23",
        ),
        (
            "11.0.0.0/16",
            "'11.0.0.0/16' is not private; choose a block inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, "
            "100.64.0.0/10",
        ),
    ],
)
def test_a_bad_block_is_an_error_that_says_what_to_write(cidr: str, message: str) -> None:
    code = "N002" if "too small" in message else "N001"
    assert messages(f'network: {{cidr: "{cidr}"}}') == [f"{code} {message}"]


# Egress


def test_without_egress_no_route_leads_to_the_internet() -> None:
    found = resources("network: {egress: none}")
    for resource_type in ("InternetGateway", "NatGateway", "EIP", "Route"):
        assert of_type(found, f"EC2::{resource_type}") == {}


def test_a_single_gateway_serves_all_zones() -> None:
    found = resources("network: {egress: single}")
    assert list(of_type(found, "EC2::EIP")) == ["NetworkNatAddressA"]
    assert routes(found) == {
        "NetworkPrivateDefaultRouteA": ("NetworkPrivateRouteTableA", "NetworkNatGatewayA"),
        "NetworkPrivateDefaultRouteB": ("NetworkPrivateRouteTableB", "NetworkNatGatewayA"),
        "NetworkPublicDefaultRoute": ("NetworkPublicRouteTable", "NetworkInternetGateway"),
    }


def test_a_gateway_per_zone_serves_its_zone() -> None:
    found = resources("network: {egress: per_az, availability_zones: 3}")
    assert len(of_type(found, "EC2::EIP")) == 3
    for zone in "ABC":
        gateway = of_type(found, "EC2::NatGateway")[f"NetworkNatGateway{zone}"]
        assert gateway["SubnetId"] == {"Ref": f"NetworkPublicSubnet{zone}"}
        assert routes(found)[f"NetworkPrivateDefaultRoute{zone}"] == (
            f"NetworkPrivateRouteTable{zone}",
            f"NetworkNatGateway{zone}",
        )


def test_a_regional_gateway_belongs_to_the_vpc_and_has_no_subnet_and_no_address_of_ours() -> None:
    found = resources("network: {egress: regional}")
    gateway = of_type(found, "EC2::NatGateway")["NetworkNatGatewayRegional"]
    assert gateway["AvailabilityMode"] == "regional"
    assert gateway["VpcId"] == {"Ref": "NetworkVpc"}
    assert not {"SubnetId", "AllocationId", "AvailabilityZoneAddresses"} & set(gateway)
    assert of_type(found, "EC2::EIP") == {}
    for zone in "AB":
        assert routes(found)[f"NetworkPrivateDefaultRoute{zone}"][1] == "NetworkNatGatewayRegional"


@pytest.mark.parametrize("egress", ["single", "per_az", "regional"])
def test_gateways_and_addresses_wait_for_the_internet_gateway(egress: str) -> None:
    found = resources(f"network: {{egress: {egress}}}")
    waiting = [
        resource
        for resource in found.values()
        if resource["Type"] in ("AWS::EC2::NatGateway", "AWS::EC2::EIP")
    ]
    assert waiting
    assert all(resource["DependsOn"] == ["NetworkInternetGatewayAttachment"] for resource in waiting)


def test_isolated_subnets_have_no_way_out() -> None:
    tables = {table for table, _ in routes(resources("network: {egress: per_az}")).values()}
    assert "NetworkIsolatedRouteTable" not in tables


def test_profiles_choose_the_egress_and_the_flow_logs() -> None:
    gateways = {
        environment: list(of_type(resources("network: {}", environment), "EC2::NatGateway"))
        for environment in ("dev", "synthetic", "production")
    }
    assert gateways == {
        "dev": ["NetworkNatGatewayA"],
        "synthetic": [],
        "production": ["NetworkNatGatewayA", "NetworkNatGatewayB"],
    }
    assert of_type(resources("network: {}"), "EC2::FlowLog") == {}
    assert list(of_type(resources("network: {}", "production"), "EC2::FlowLog")) == ["NetworkFlowLog"]


def test_a_load_balancer_open_to_the_internet_brings_the_internet_gateway_but_no_way_out() -> None:
    spec = """
network: {egress: none}
load_balancer: {scheme: internet_facing, insecure_http: true}
"""
    found = resources(spec)
    assert routes(found) == {
        "NetworkPublicDefaultRoute": ("NetworkPublicRouteTable", "NetworkInternetGateway")
    }


def test_the_addresses_that_partners_must_admit_are_shown() -> None:
    outputs = compiled("network: {egress: per_az}").stack("shop-dev-network").template["Outputs"]
    assert outputs["NetworkEgressAddresses"]["Value"] == {
        "Fn::Join": [
            ",",
            [{"Fn::GetAtt": [f"NetworkNatAddress{zone}", "PublicIp"]} for zone in "AB"],
        ]
    }


# Endpoints

ACCOUNT = {"Ref": "AWS::AccountId"}
OURS = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
CLOSED = {**OURS, "StringEqualsIfExists": {"aws:ResourceAccount": ACCOUNT}}


def test_gateway_endpoints_serve_the_private_and_the_isolated_tables() -> None:
    endpoints = of_type(resources("network: {}"), "EC2::VPCEndpoint")
    assert list(endpoints) == ["NetworkDynamodbEndpoint", "NetworkS3Endpoint"]
    for endpoint in endpoints.values():
        assert endpoint["RouteTableIds"] == [
            {"Ref": f"Network{table}"}
            for table in ("PrivateRouteTableA", "PrivateRouteTableB", "IsolatedRouteTable")
        ]


def test_interface_endpoints_lie_in_every_zone_behind_a_group_that_admits_the_vpc_only() -> None:
    found = resources("network: {cidr: 10.9.0.0/16, endpoints: {interface: [ecr.api, execute-api]}}")
    endpoint = of_type(found, "EC2::VPCEndpoint")["NetworkEcrApiEndpoint"]
    assert endpoint["ServiceName"] == {"Fn::Sub": "com.amazonaws.${AWS::Region}.ecr.api"}
    assert endpoint["PrivateDnsEnabled"] is True
    assert endpoint["SubnetIds"] == [{"Ref": f"NetworkPrivateSubnet{zone}"} for zone in "AB"]
    assert endpoint["SecurityGroupIds"] == [{"Fn::GetAtt": ["NetworkEndpointSecurityGroup", "GroupId"]}]
    (rule,) = of_type(found, "EC2::SecurityGroup")["NetworkEndpointSecurityGroup"]["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("10.9.0.0/16", 443, 443)


def test_an_endpoint_lets_only_this_account_through_where_its_callers_sign() -> None:
    found = of_type(
        resources("network: {endpoints: {interface: [ecr.api, execute-api]}}"), "EC2::VPCEndpoint"
    )
    statement, pull = found["NetworkEcrApiEndpoint"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["ecr:*"]
    assert statement["Condition"] == CLOSED
    # Images of others may be pulled, never pushed.
    assert pull["Condition"] == OURS
    assert not any("Put" in action or "*" in action for action in pull["Action"])
    assert "PolicyDocument" not in found["NetworkExecuteApiEndpoint"]


def test_the_gateway_to_tables_leads_to_those_of_others_only_where_there_is_another_way() -> None:
    def condition(egress: str) -> Any:
        endpoints = of_type(resources(f"network: {{egress: {egress}}}"), "EC2::VPCEndpoint")
        (statement,) = endpoints["NetworkDynamodbEndpoint"]["PolicyDocument"]["Statement"]
        return statement["Condition"]

    assert condition("single") == OURS
    assert condition("none") == CLOSED


def test_the_gateway_to_s3_is_closed_only_where_it_is_the_only_way() -> None:
    def policy(egress: str) -> Any:
        endpoints = of_type(resources(f"network: {{egress: {egress}}}"), "EC2::VPCEndpoint")
        return endpoints["NetworkS3Endpoint"].get("PolicyDocument")

    assert policy("single") is None
    account, layers = policy("none")["Statement"]
    assert account["Condition"] == CLOSED
    assert layers["Action"] == ["s3:GetObject"]
    assert layers["Resource"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"}
    ]


def test_a_written_list_gives_an_endpoint_once() -> None:
    found = resources("network: {endpoints: {gateway: [], interface: [kms, kms]}}")
    assert list(of_type(found, "EC2::VPCEndpoint")) == ["NetworkKmsEndpoint"]


def test_s3_and_dynamodb_are_not_for_interface_endpoints() -> None:
    assert messages("network: {endpoints: {interface: [kms, s3]}}") == [
        "E104 s3 has a gateway endpoint, which costs nothing; write it under 'gateway'"
    ]


SERVICE = """
services:
  web:
    image: {repository: web, tag: "1"}
    cpu: 256
    memory: 512
    connections: {telemetry: produce}
streams:
  telemetry: {}
"""


def test_without_egress_the_endpoints_are_those_that_components_call() -> None:
    called = set(of_type(resources("network: {egress: none}" + SERVICE), "EC2::VPCEndpoint"))
    assert {"NetworkEcrApiEndpoint", "NetworkEcrDkrEndpoint", "NetworkKinesisStreamsEndpoint"} <= called
    assert "NetworkSqsEndpoint" not in called


def test_with_egress_no_interface_endpoint_is_derived() -> None:
    called = of_type(resources("network: {egress: single}" + SERVICE), "EC2::VPCEndpoint")
    assert {endpoint["VpcEndpointType"] for endpoint in called.values()} == {"Gateway"}


def test_a_called_service_without_a_way_there_is_an_error() -> None:
    found = messages(
        "network: {egress: none, endpoints: {gateway: [], interface: [ecr.api, ecr.dkr, logs, ssmmessages]}}"
        + SERVICE
    )
    assert found == [
        "N005 components call s3, and 'egress: none' leaves no other way there; add it to 'gateway'",
        "N005 components call kinesis-streams, and 'egress: none' leaves no other way there; "
        "add it to 'interface'",
    ]


def test_whoever_reads_a_stream_keeps_leases_in_tables() -> None:
    spec = "network: {egress: none, endpoints: {gateway: [s3]}}" + SERVICE.replace("produce", "consume")
    assert messages(spec) == [
        "N005 components call dynamodb, and 'egress: none' leaves no other way there; add it to 'gateway'"
    ]


@pytest.mark.parametrize(
    ("written", "endpoint"),
    [
        ("exec: true", "NetworkSsmmessagesEndpoint"),
        (
            "log_router: {image: {repository: fluent, tag: '1'}, output: {Name: kinesis_firehose}}",
            "NetworkKinesisFirehoseEndpoint",
        ),
    ],
)
def test_what_runs_beside_a_container_has_its_endpoints_too(written: str, endpoint: str) -> None:
    body = "network: {egress: none}" + SERVICE.replace("cpu: 256", written)
    assert endpoint in of_type(resources(body), "EC2::VPCEndpoint")


def test_sessions_reach_the_key_where_there_is_one() -> None:
    body = "encryption: {logs: %s}\nnetwork: {egress: none}" + SERVICE.replace("cpu: 256", "exec: true")
    assert "NetworkKmsEndpoint" in of_type(resources(body % "true"), "EC2::VPCEndpoint")
    assert "NetworkKmsEndpoint" not in of_type(resources(body % "false"), "EC2::VPCEndpoint")


def test_a_wrong_connection_is_reported_and_does_not_hide_behind_the_endpoints() -> None:
    spec = "network: {egress: none}" + SERVICE.replace("telemetry: produce", "telemetri: produce")
    assert messages(spec) == ["E201 no component is named 'telemetri'; did you mean 'telemetry'?"]


# Flow logs and alarms


def test_flow_logs_record_all_traffic_in_a_group_with_key_and_retention() -> None:
    found = resources("network: {}", "production")
    log = of_type(found, "EC2::FlowLog")["NetworkFlowLog"]
    group = of_type(found, "Logs::LogGroup")["NetworkFlowLogGroup"]
    assert (log["TrafficType"], log["ResourceType"]) == ("ALL", "VPC")
    assert log["LogGroupName"] == {"Ref": "NetworkFlowLogGroup"}
    assert group["RetentionInDays"] == 90
    assert group["KmsKeyId"] == {"Ref": "EncryptionLogsKeyArn"}


def test_the_role_of_flow_logs_may_only_write_there_and_only_for_this_account() -> None:
    role = of_type(resources("network: {}", "production"), "IAM::Role")["NetworkFlowLogRole"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert statement["Resource"] == [{"Fn::GetAtt": ["NetworkFlowLogGroup", "Arn"]}]


def test_nat_gateways_have_two_alarms_however_many_there_are() -> None:
    one = of_type(resources("network: {egress: single}", layer="observability"), "CloudWatch::Alarm")
    two = of_type(resources("network: {egress: per_az}", layer="observability"), "CloudWatch::Alarm")
    assert set(one) == set(two) == {"NetworkNatPortAllocationAlarm", "NetworkNatDroppedPacketsAlarm"}
    assert one["NetworkNatPortAllocationAlarm"]["Dimensions"] == [
        {"Name": "NatGatewayId", "Value": {"Ref": "NetworkNatGatewayAId"}}
    ]
    *watched, total = two["NetworkNatPortAllocationAlarm"]["Metrics"]
    assert [query["Id"] for query in watched] == ["a", "b"]
    assert total["Expression"] == "SUM(METRICS())"


def test_without_a_gateway_there_is_no_alarm() -> None:
    assert [stack.layer for stack in compiled("network: {egress: none}").stacks] == ["foundation", "network"]


def test_zones_can_be_chosen_by_id() -> None:
    found = resources("network: {availability_zone_ids: [euw1-az1, euw1-az3]}\n")
    subnet = of_type(found, "EC2::Subnet")["NetworkPrivateSubnetB"]
    assert subnet["AvailabilityZoneId"] == "euw1-az3"
    assert "AvailabilityZone" not in subnet


def test_as_many_zones_are_chosen_as_are_used() -> None:
    assert messages("network: {availability_zone_ids: [euw1-az1, euw1-az1]}\n") == [
        "E210 1 zones are listed, but `availability_zones` is 2"
    ]
