"""Actions for which IAM offers no narrower resource than `*`, as data.

Source: Service Authorization Reference, 'Actions, resources, and condition keys for AWS services', 2026; a
test compares the list with the copy of it that cfn-lint bundles.
"""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIONS = _names(
    """
    cloudwatch:GetMetricData cloudwatch:GetMetricStatistics cloudwatch:GetMetricWidgetImage
    cloudwatch:ListMetrics cloudwatch:PutMetricData
    ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface
    ec2:DescribeAvailabilityZones ec2:DescribeNatGateways ec2:DescribeNetworkInterfaces
    ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs ec2:UnassignPrivateIpAddresses
    ecr:GetAuthorizationToken
    elasticloadbalancing:DescribeLoadBalancers
    kinesis:ListStreams
    secretsmanager:GetRandomPassword secretsmanager:ListSecrets
    ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel
    ssmmessages:OpenDataChannel
    xray:GetSamplingRules xray:GetSamplingStatisticSummaries xray:GetSamplingTargets xray:PutTelemetryRecords
    xray:PutTraceSegments
    """
)
# IAM offers a narrower resource for these, and it is of no use: Lambda asks for `*` to attach itself to a
# VPC, and a metric belongs to no dataset unless it comes by OpenTelemetry.
# Source: Lambda developer guide, 'Giving Lambda functions access to resources in an Amazon VPC', permissions;
# CloudWatch user guide, 'CloudWatch permissions reference'.
NO_USE = _names(
    """
    cloudwatch:GetMetricData cloudwatch:ListMetrics cloudwatch:PutMetricData
    ec2:AssignPrivateIpAddresses ec2:CreateNetworkInterface ec2:DeleteNetworkInterface
    ec2:UnassignPrivateIpAddresses
    """
)
_LOWER = frozenset(action.lower() for action in ACTIONS)


def takes_no_resource(action: str) -> bool:
    """Whether a statement about this action can have no other resource than `*`; actions know no case."""
    return action.lower() in _LOWER
