"""Flow logs -> a record of all traffic in a log group: our key, our retention, nothing else to look after."""

from __future__ import annotations

from awacs import logs as act
from troposphere import GetAtt, Ref, Sub, ec2

from compiler.blocks import iam, logs
from compiler.scope import Scope

PATH = ("flow_logs",)
# Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"; the group is made here.
WRITE = (act.CreateLogStream, act.DescribeLogStreams, act.PutLogEvents)


def add_flow_logs(scope: Scope) -> None:
    """Adds the flow log of the whole VPC, its log group, and the role that may write there only."""
    group = logs.log_group(scope, "FlowLogGroup")
    role = iam.role(
        scope,
        "FlowLogRole",
        "vpc-flow-logs.amazonaws.com",
        [iam.allow(WRITE, GetAtt(group, "Arn"))],
        source_arn=Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*"),
        description=f"Writes the flow logs of {scope.platform.name} {scope.platform.environment.name}",
    )
    scope.add(
        ec2.FlowLog(
            scope.id("FlowLog"),
            ResourceId=Ref(scope.id("Vpc")),
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref(group),
            DeliverLogsPermissionArn=GetAtt(role, "Arn"),
        ),
        path=PATH,
    )
