"""What Lambda itself needs of a function's role."""

from __future__ import annotations

from collections.abc import Iterator

from awacs import ec2, logs
from awacs.aws import Condition, Deny, Null, Statement
from troposphere import GetAtt
from troposphere.logs import LogGroup

from compiler.blocks import iam

# Source: managed policy AWSLambdaVPCAccessExecutionRole. These actions know no resources.
ATTACH = (
    ec2.CreateNetworkInterface,
    ec2.DescribeNetworkInterfaces,
    ec2.DescribeSubnets,
    ec2.DeleteNetworkInterface,
    ec2.AssignPrivateIpAddresses,
    ec2.UnassignPrivateIpAddresses,
)


def write_logs(group: LogGroup) -> Statement:
    """Lets the function write into its own log group."""
    return iam.allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(group, "Arn"))


def attach() -> Iterator[Statement]:
    """Lambda attaches the function to the VPC with the function's role; its code must not do so.

    Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": calls that
    the code makes carry `lambda:SourceFunctionArn`, those of the service do not.
    """
    yield iam.allow(ATTACH, "*")
    by_code = Condition(Null({"lambda:SourceFunctionArn": False}))
    actions = sorted(ATTACH, key=lambda action: action.JSONrepr())
    yield Statement(Effect=Deny, Action=actions, Resource=["*"], Condition=by_code)
