"""Quotas against what the templates make. Answers are made by hand, in the real shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from compiler.preflight.quotas import all_quotas
from tests.aws_answers import DENIED, Answers, refusal
from tests.sites import NOW, a_site, deployed, found, told

NETWORK = "network: {availability_zones: 2, egress: per_az}\n"
NOTHING = {
    "ec2.DescribeAddresses": {"Addresses": []},
    "ec2.DescribeVpcs": {"Vpcs": []},
    "ec2.DescribeInternetGateways": {"InternetGateways": []},
    "ec2.DescribeVpcEndpoints": {"VpcEndpoints": []},
    "ec2.DescribeSecurityGroups": {"SecurityGroups": []},
    "ec2.DescribeNatGateways": {"NatGateways": []},
    "ec2.DescribeSubnets": {"Subnets": []},
    "kms.ListKeys": {"Keys": []},
    "sns.ListTopics": {"Topics": []},
    "cloudformation.DescribeStacks": {"Stacks": []},
}
ZONES = {
    "AvailabilityZones": [
        {"ZoneName": f"eu-west-1{letter}", "ZoneId": f"euw1-az{letter}", "State": "available"}
        for letter in "cab"
    ]
}


def quota(value: float) -> dict[str, Any]:
    return {"Quota": {"Value": value}}


def empty(limits: Mapping[str, float]) -> Answers:
    """An empty account with these quotas by code, and a million of all else."""
    answers = Answers().say("ec2.DescribeAvailabilityZones", ZONES)
    for operation, answer in NOTHING.items():
        answers.say(operation, answer)
    asked = lambda given: quota(limits.get(given["QuotaCode"], 1e6))  # noqa: E731
    return answers.say("service-quotas.GetServiceQuota", asked)


def test_what_is_there_and_what_comes_must_fit_together() -> None:
    answers = empty({"L-0263D0A3": 5})
    four = [{"AllocationId": f"eipalloc-{number}"} for number in range(4)]
    answers.say("ec2.DescribeAddresses", {"Addresses": four})
    (finding,) = found(a_site(NETWORK, answers), "P001")
    assert finding.message == "Elastic IP addresses: 4 in use and 2 to be made, but 5 are allowed"
    assert finding.severity == "error"
    assert finding.advice == (
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 "
        "--desired-value 6 --region eu-west-1"
    )
    assert finding.origin
    assert finding.origin.component == "network"


def test_one_that_fits_is_not_told() -> None:
    answers = empty({"L-0263D0A3": 5})
    answers.say("ec2.DescribeAddresses", {"Addresses": [{"AllocationId": "eipalloc-1"}] * 3})
    assert told(a_site(NETWORK, answers), "P001") == []


def test_what_is_deployed_already_is_not_needed_twice() -> None:
    answers = empty({"L-0263D0A3": 2, "L-F678F1CE": 1})
    answers.say("ec2.DescribeAddresses", {"Addresses": [{"AllocationId": "eipalloc-1"}] * 2})
    site = a_site(NETWORK, answers)
    assert len(told(site, "P001")) == 1
    live = dict.fromkeys((stack.name for stack in site.stacks), None)
    assert told(replace(deployed(site), live=live), "P001", "P002", "P003") == []
    assert answers.asked[-1][0] != "ec2.DescribeVpcs"


def test_an_account_that_never_asked_for_more_has_the_default_of_aws() -> None:
    answers = empty({})
    answers.say("service-quotas.GetServiceQuota", refusal("NoSuchResourceException"))
    answers.say("service-quotas.GetAWSDefaultServiceQuota", quota(1))
    shown = told(a_site(NETWORK, answers), "P001")
    assert "error Elastic IP addresses: 0 in use and 2 to be made, but 1 are allowed" in shown


def test_a_quota_that_cannot_be_read_is_told_and_compared_with_the_default() -> None:
    answers = empty({}).say("service-quotas.GetServiceQuota", DENIED)
    answers.say("ec2.DescribeAddresses", {"Addresses": [{"AllocationId": "eipalloc-1"}] * 4})
    assert told(a_site(NETWORK, answers), "P001") == [
        "warning Elastic IP addresses: 4 in use and 2 to be made, but 5 are allowed "
        "(AWS's default; quota L-0263D0A3 could not be read)",
        "unknown could not look at quotas: missing permission servicequotas:GetServiceQuota",
    ]


def test_a_usage_that_may_not_be_read_keeps_no_other_from_being_compared() -> None:
    answers = empty({"L-F678F1CE": 0}).say("ec2.DescribeAddresses", DENIED)
    assert told(a_site(NETWORK, answers), "P001") == [
        "error VPCs: 0 in use and 1 to be made, but 0 are allowed",
        "unknown could not look: missing permission ec2:DescribeAddresses",
    ]


def test_all_pages_of_a_usage_are_counted() -> None:
    answers = empty({"L-F678F1CE": 2})
    more = lambda given: {  # noqa: E731
        "Vpcs": [{"VpcId": "vpc-1"}],
        **({} if "NextToken" in given else {"NextToken": "more"}),
    }
    answers.say("ec2.DescribeVpcs", more)
    assert "error VPCs: 2 in use and 1 to be made, but 2 are allowed" in told(
        a_site(NETWORK, answers), "P001"
    )


def test_cache_nodes_are_counted_by_shard_and_replica() -> None:
    answers = empty({"L-DFE45DF3": 10})
    cluster = {"CacheClusterId": "other", "NumCacheNodes": 5}
    answers.say("elasticache.DescribeCacheClusters", {"CacheClusters": [cluster]})
    site = a_site("network: {}\ncaches: {state: {shards: 2, nodes: 3}}\n", answers)
    assert told(site, "P001") == ["error cache nodes: 5 in use and 6 to be made, but 10 are allowed"]


def test_endpoints_and_rules_are_counted_where_they_are() -> None:
    answers = empty({"L-29B6F2EB": 1, "L-407747CB": 1})
    spec = "network: {endpoints: {interface: [logs, sqs]}}\n"
    assert sorted(told(a_site(spec, answers), "P002")) == [
        "error interface endpoints per VPC (NetworkVpc): 0 in use and 2 to be made, but 1 are allowed",
        "error subnets per VPC (NetworkVpc): 0 in use and 6 to be made, but 1 are allowed",
    ]


def test_in_an_adopted_network_what_it_holds_already_counts_too() -> None:
    answers = empty({"L-29B6F2EB": 2})
    spec = """\
        resources:
          Endpoint:
            Type: AWS::EC2::VPCEndpoint
            Properties: {VpcId: vpc-12345678, ServiceName: x, VpcEndpointType: Interface}
    """
    theirs = [{"VpcEndpointId": "vpce-1", "VpcEndpointType": kind} for kind in ("Interface", "Gateway")] * 2
    answers.say("ec2.DescribeVpcEndpoints", {"VpcEndpoints": theirs})
    assert told(a_site(spec, answers), "P002") == [
        "error interface endpoints per VPC (vpc-12345678): 2 in use and 1 to be made, but 2 are allowed"
    ]
    asked = dict(answers.asked)["ec2.DescribeVpcEndpoints"]
    assert asked == {"Filters": [{"Name": "vpc-id", "Values": ["vpc-12345678"]}]}


def test_nat_gateways_are_counted_by_zone() -> None:
    answers = empty({"L-FE5A380F": 1})
    answers.say("ec2.DescribeSubnets", {"Subnets": [{"SubnetId": "s-1", "AvailabilityZone": "eu-west-1b"}]})
    answers.say("ec2.DescribeNatGateways", {"NatGateways": [{"NatGatewayId": "nat-1", "SubnetId": "s-1"}]})
    assert told(a_site(NETWORK, answers), "P003") == [
        "error eu-west-1b: 1 in use and 1 to be made, but 1 are allowed"
    ]


@pytest.mark.parametrize(("limit", "expected"), [(9, 1), (10, 0)])
def test_shards_count_also_those_that_a_deployed_stream_gets(limit: int, expected: int) -> None:
    answers = Answers().say(
        "kinesis.DescribeLimits",
        {"ShardLimit": limit, "OpenShardCount": 6, "OnDemandStreamCount": 0, "OnDemandStreamCountLimit": 50},
    )
    few, more = (a_site(f"streams: {{clicks: {{shards: {count}}}}}\n", answers) for count in (2, 6))
    site = replace(more, deployed=deployed(few).deployed)
    message = f"error shards: 6 in use and 4 to be made, but {limit} are allowed"
    assert told(site, "P004") == [message] * expected


def test_on_demand_streams_have_a_limit_of_their_own() -> None:
    answers = Answers().say(
        "kinesis.DescribeLimits",
        {"ShardLimit": 500, "OpenShardCount": 0, "OnDemandStreamCount": 50, "OnDemandStreamCountLimit": 50},
    )
    site = a_site("streams: {clicks: {mode: on_demand}}\n", answers)
    assert [line.split(":")[0] for line in told(site, "P004")] == ["error on-demand streams"]


def settings(total: int, free: int) -> Answers:
    return Answers().say(
        "lambda.GetAccountSettings",
        {
            "AccountLimit": {
                "TotalCodeSize": 80530636800,
                "ConcurrentExecutions": total,
                "UnreservedConcurrentExecutions": free,
            },
            "AccountUsage": {"TotalCodeSize": 80530636799 if total == 77 else 0, "FunctionCount": 0},
        },
    )


FUNCTION = """\
functions:
  hello: {runtime: python3.13, handler: app.handler, code: src, reserved_concurrency: 5}
"""


def test_reserved_concurrency_must_leave_a_hundred() -> None:
    assert told(a_site(FUNCTION, settings(1000, 105)), "P005") == []
    assert told(a_site(FUNCTION, settings(1000, 104)), "P005") == [
        "error 5 concurrent calls are to be reserved and 104 of the account's 1000 are free, "
        "of which 100 must stay unreserved"
    ]
    site = deployed(a_site(FUNCTION, settings(1000, 104)))
    assert told(site, "P005") == []


def test_a_new_account_with_few_calls_and_no_room_for_code_is_told() -> None:
    plain = FUNCTION.replace(", reserved_concurrency: 5", "")
    shown = told(a_site(plain, settings(77, 77)), "P005")
    assert "warning all functions of the account together run 77 calls at once, as in a new account" in shown
    assert any("more do not fit in 80530636800" in line for line in shown)


SERVICE = """\
network: {}
services:
  web:
    image: {location: "public.ecr.aws/nginx/nginx:1.27"}
    cpu: 1024
    memory: 2048
    count: {min: 2, max: 8, cpu_percentage: 65}
"""


def fargate(allowed: float, running: float) -> Answers:
    points = [{"Timestamp": NOW, "Maximum": value} for value in (1.0, running)]
    return (
        Answers()
        .say("service-quotas.GetServiceQuota", quota(allowed))
        .say("cloudwatch.GetMetricStatistics", {"Label": "ResourceCount", "Datapoints": points})
    )


def test_services_must_fit_now_and_should_at_their_largest() -> None:
    assert told(a_site(SERVICE, fargate(8, 6), "production"), "P006") == []
    assert told(a_site(SERVICE, fargate(7, 6), "production"), "P006") == [
        "error 6 vCPUs run and 2 are to be started, but 7 are allowed",
        "warning at their largest the services need 8 vCPUs, but 7 are allowed",
    ]
    assert told(deployed(a_site(SERVICE, fargate(8, 8), "production")), "P006") == []


def test_roles_of_the_account_are_what_it_says_itself() -> None:
    summary = {"Roles": 999, "RolesQuota": 1000, "Policies": 0, "PoliciesQuota": 1500}
    answers = Answers().say("iam.GetAccountSummary", {"SummaryMap": summary})
    (line,) = told(a_site(SERVICE, answers), "P007")
    assert line.startswith("error roles: 999 in use and ")
    assert line.endswith(" to be made, but 1000 are allowed")


def test_quotas_are_data_with_source_and_confidence() -> None:
    assert len(all_quotas()) > 15
    for entry in all_quotas():
        assert entry.source
        assert entry.confidence in ("listed", "seen once")
        assert entry.default > 0
        assert entry.types
