"""Every type the launcher adds or amends: made by change set, AWS's Ref and GetAtts, updated, deleted."""

import re
from typing import Any

import pytest

from tests.test_emulator import (
    BASE,
    GROUP,
    POLICY,
    RULE,
    SUBNETS,
    Account,
    account,
    att,
    emulator,
    faults,
    ref,
    resource,
    template,
)

__all__ = ["account", "emulator", "faults"]  # fixtures

# Subject, Ref, attributes, what the update changes, whether that replaces. The account is always 12 digits.
_ARN = r"arn:aws:\w+:us-east-1:\d{12}:"
_SECRET = _ARN + r"secret:room-Secret-\w+-\w{6}"
CASES: list[tuple[dict[str, Any], str, dict[str, str], dict[str, Any], bool]] = [
    (
        resource("EC2::EIP", Domain="vpc", Tags=[{"Key": "a", "Value": "b"}]),
        r"[\d.]+",
        {"AllocationId": r"eipalloc-\w+", "PublicIp": r"[\d.]+"},
        {"Tags": [{"Key": "c", "Value": "d"}]},
        False,
    ),
    (
        resource("IAM::OIDCProvider", Url="https://gitlab.com", ClientIdList=["https://gitlab.com"]),
        r"arn:aws:iam::\d{12}:oidc-provider/gitlab.com",
        {"Arn": r"arn:aws:iam::\d{12}:oidc-provider/gitlab.com"},
        {"ClientIdList": ["https://gitlab.com", "sts.amazonaws.com"]},
        False,
    ),
    (
        resource("EC2::NatGateway", SubnetId=ref("Subnet"), AllocationId=att("Address", "AllocationId")),
        r"nat-\w+",
        {"NatGatewayId": r"nat-\w+"},
        {"Tags": [{"Key": "c", "Value": "d"}]},
        False,
    ),
    (
        resource("EC2::NatGateway", VpcId=ref("Vpc"), AvailabilityMode="regional"),
        r"nat-\w+",
        {"RouteTableId": r"rtb-\w+"},
        {"Tags": [{"Key": "c", "Value": "d"}]},
        False,
    ),
    (
        resource("EC2::SecurityGroupIngress", **RULE, CidrIp="10.0.0.0/16"),
        r"sgr-\w+",
        {"Id": r"sgr-\w+"},
        {"Description": "from inside"},
        False,
    ),
    (
        resource("EC2::SecurityGroupEgress", **RULE, DestinationSecurityGroupId=GROUP),
        r"sgr-\w+",
        {"Id": r"sgr-\w+"},
        {"ToPort": 444},
        True,
    ),
    (
        resource("EC2::NetworkAcl", VpcId=ref("Vpc")),
        r"acl-\w+",
        {"Id": r"acl-\w+"},
        {"Tags": [{"Key": "c", "Value": "d"}]},
        False,
    ),
    (
        resource(
            "EC2::NetworkAclEntry",
            NetworkAclId=ref("Acl"),
            RuleNumber=100,
            Protocol=6,
            RuleAction="allow",
            CidrBlock="10.0.0.0/16",
            PortRange={"From": 443, "To": 443},
        ),
        r"acl-\w+-100-ingress",
        {},
        {"RuleAction": "deny"},
        False,
    ),
    (
        resource("EC2::SubnetNetworkAclAssociation", NetworkAclId=ref("Acl"), SubnetId=ref("Subnet")),
        r"aclassoc-\w+",
        {"AssociationId": r"aclassoc-\w+"},
        {"SubnetId": ref("Subnet2")},
        True,
    ),
    (
        resource(
            "EC2::FlowLog",
            ResourceId=ref("Vpc"),
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName=ref("Logs"),
            DeliverLogsPermissionArn=att("Role", "Arn"),
        ),
        r"fl-\w+",
        {"Id": r"fl-\w+"},
        {"TrafficType": "REJECT"},
        True,
    ),
    (
        resource("Kinesis::StreamConsumer", StreamARN=att("Stream", "Arn"), ConsumerName="one"),
        _ARN + r"stream/[\w-]+/consumer/\w+:\d+",
        {"ConsumerARN": _ARN + ".*", "ConsumerStatus": "ACTIVE"},
        {"ConsumerName": "two"},
        True,
    ),
    (
        resource(
            "ECS::ClusterCapacityProviderAssociations",
            Cluster=ref("Cluster"),
            CapacityProviders=["FARGATE"],
            DefaultCapacityProviderStrategy=[{"CapacityProvider": "FARGATE", "Weight": 1}],
        ),
        r"room-Cluster.*",
        {},
        {"CapacityProviders": ["FARGATE", "FARGATE_SPOT"]},
        False,
    ),
    (
        resource(
            "ElastiCache::ServerlessCache", ServerlessCacheName="cache", Engine="valkey", SubnetIds=SUBNETS
        ),
        "cache",
        {"ARN": _ARN + ".*", "Endpoint.Address": r"serverless\.cache\..*", "Endpoint.Port": r"\d+"},
        {"Description": "other"},
        False,
    ),
    (
        {**BASE["Proxy"], "Properties": {**BASE["Proxy"]["Properties"], "DBProxyName": "other"}},
        "other",
        {"DBProxyArn": _ARN + "db-proxy:.*", "Endpoint": r"other\..*", "VpcId": r"vpc-\w+"},
        {"RequireTLS": True},
        False,
    ),
    (
        resource(
            "RDS::DBProxyEndpoint",
            DBProxyName=ref("Proxy"),
            DBProxyEndpointName="readers",
            TargetRole="READ_ONLY",
            VpcSubnetIds=SUBNETS,
            VpcSecurityGroupIds=[GROUP],
        ),
        "readers",
        {"DBProxyEndpointArn": _ARN + "db-proxy-endpoint:.*", "Endpoint": "readers.*", "VpcId": r"vpc-\w+"},
        {"VpcSecurityGroupIds": [GROUP, att("Group", "GroupId")]},
        False,
    ),
    (
        resource(
            "RDS::DBProxyTargetGroup",
            DBProxyName=ref("Proxy"),
            TargetGroupName="default",
            DBClusterIdentifiers=[ref("Database")],
            ConnectionPoolConfigurationInfo={"MaxConnectionsPercent": 90},
        ),
        _ARN + "target-group:.*",
        {"TargetGroupArn": _ARN + "target-group:.*"},
        {"ConnectionPoolConfigurationInfo": {"MaxConnectionsPercent": 80}},
        False,
    ),
    (
        resource("ApiGatewayV2::VpcLink", Name="link", SubnetIds=SUBNETS),
        r"vpclink-\w+",
        {"VpcLinkId": r"vpclink-\w+"},
        {"Name": "other"},
        False,
    ),
    (
        resource(
            "SecretsManager::RotationSchedule",
            SecretId=ref("Secret"),
            RotationLambdaARN=att("Function", "Arn"),
            RotationRules={"AutomaticallyAfterDays": 30},
        ),
        _SECRET,
        {"Id": _SECRET},
        {"RotationRules": {"AutomaticallyAfterDays": 10}},
        False,
    ),
    (
        resource("SecretsManager::ResourcePolicy", SecretId=ref("Secret"), ResourcePolicy=POLICY),
        _SECRET,
        {"Id": _SECRET},
        {"ResourcePolicy": {**POLICY, "Id": "other"}},
        False,
    ),
    (
        resource("CloudWatch::CompositeAlarm", AlarmRule={"Fn::Sub": 'ALARM("${Alarm}")'}),
        r"room-Subject-\w+",
        {"Arn": _ARN + r"alarm:room-Subject-\w+"},
        {"AlarmDescription": "other"},
        False,
    ),
    (
        resource(
            "Chatbot::SlackChannelConfiguration",
            ConfigurationName="oncall",
            SlackWorkspaceId="T0ABC",
            SlackChannelId="C0ABC",
            IamRoleArn=att("Role", "Arn"),
        ),
        r"arn:aws:chatbot::\d{12}:chat-configuration/slack-channel/oncall",
        {"Arn": r"arn:aws:chatbot::.*"},
        {"SlackChannelId": "C0DEF"},
        False,
    ),
    (
        resource(
            "Chatbot::MicrosoftTeamsChannelConfiguration",
            ConfigurationName="oncall",
            TeamId="12345678-1234-1234-1234-123456789012",
            TeamsTenantId="12345678-1234-1234-1234-123456789012",
            TeamsChannelId="19%3Aab%40thread.tacv2",
            IamRoleArn=att("Role", "Arn"),
        ),
        r"arn:aws:chatbot::\d{12}:chat-configuration/microsoft-teams-configuration/oncall",
        {"Arn": r"arn:aws:chatbot::.*"},
        {"ConfigurationName": "team"},
        True,
    ),
    (
        resource("XRay::Group", GroupName="ours", FilterExpression='name BEGINSWITH "ours-"'),
        _ARN + "group/ours",
        {"GroupARN": _ARN + "group/ours"},
        {"FilterExpression": "fault"},
        False,
    ),
    (
        resource("XRay::SamplingRule", SamplingRule={"RuleName": "ours", "FixedRate": 0.05}),
        _ARN + "sampling-rule/ours",
        {"RuleARN": _ARN + "sampling-rule/ours"},
        {"SamplingRule": {"RuleName": "ours", "FixedRate": 0.1}},
        False,
    ),
    (
        BASE["Target"],
        r"service/room-Cluster.*/room-Service.*\|ecs:service:DesiredCount\|ecs",
        {"Id": "service/.*"},
        {"MaxCapacity": 4},
        False,
    ),
    (
        resource(
            "ApplicationAutoScaling::ScalingPolicy",
            PolicyName="cpu",
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=ref("Target"),
        ),
        _ARN + r"scalingPolicy:[\w-]+:resource/ecs/service/room-Cluster.*:policyName/cpu",
        {"Arn": _ARN + ".*"},
        {"PolicyType": "StepScaling"},
        False,
    ),
    (
        resource(
            "Backup::BackupSelection",
            BackupPlanId=ref("Plan"),
            BackupSelection={"SelectionName": "s", "IamRoleArn": att("Role", "Arn")},
        ),
        r"[\w-]{36}",
        {"SelectionId": r"[\w-]{36}", "BackupPlanId": r"[\w-]{36}"},
        {"BackupSelection": {"SelectionName": "t", "IamRoleArn": att("Role", "Arn")}},
        True,
    ),
    (
        resource("IAM::RolePolicy", RoleName=ref("Role"), PolicyName="p", PolicyDocument=POLICY),
        r"p\|room-Role-\w+",
        {},
        {"PolicyDocument": {**POLICY, "Id": "other"}},
        False,
    ),
    (
        resource("Events::Archive", SourceArn=att("Bus", "Arn"), RetentionDays=30),
        r"room-Subject-\w+",
        {"Arn": _ARN + r"archive/room-Subject-\w+", "ArchiveName": r"room-Subject-\w+"},
        {"RetentionDays": 7},
        False,
    ),
    (
        resource("RDS::GlobalCluster", Engine="aurora-postgresql", GlobalClusterIdentifier="globe"),
        "globe",
        {},
        {"DeletionProtection": False},
        False,
    ),
    (
        resource(
            "WAFv2::LoggingConfiguration",
            ResourceArn=att("Logs", "Arn"),
            LogDestinationConfigs=[att("Logs", "Arn")],
        ),
        _ARN + "log-group:.*",
        {},
        {"RedactedFields": [{"SingleHeader": {"Name": "cookie"}}]},
        False,
    ),
]


@pytest.mark.parametrize(
    ("subject", "reference", "attributes", "change", "replaces"),
    CASES,
    ids=[f"{case[0]['Type']}-{number}" for number, case in enumerate(CASES)],
)
def test_an_added_type_is_created_updated_and_deleted(
    account: Account,
    subject: dict[str, Any],
    reference: str,
    attributes: dict[str, str],
    change: dict[str, Any],
    replaces: bool,
) -> None:
    first = account.deploy(template(subject, list(attributes)))
    expected = {"Ref": reference} | {re.sub(r"\W", "", name): value for name, value in attributes.items()}
    for name, pattern in expected.items():
        assert re.fullmatch(pattern, first[name]), f"{name} is {first[name]}"

    changed = {**subject, "Properties": {**subject["Properties"], **change}}
    second = account.deploy(template(changed, list(attributes)))
    assert (second["Ref"] != first["Ref"]) == replaces

    account.delete()
    assert account.cloudformation.describe_stacks()["Stacks"] == []


AMENDED: list[tuple[dict[str, Any], str, dict[str, str]]] = [
    (BASE["Vpc"], r"vpc-\w+", {"CidrBlock": r"10\.0\.0\.0/16"}),
    (BASE["Subnet"], r"subnet-\w+", {"VpcId": r"vpc-\w+", "AvailabilityZone": "us-east-1a"}),
    (
        resource("Lambda::Version", FunctionName=ref("Function")),
        _ARN + r"function:[\w-]+:1",
        {"FunctionArn": _ARN + r"function:[\w-]+:1", "Version": "1"},
    ),
    (
        BASE["Database"],
        r"room-subject-\w+",
        {
            "MasterUserSecret.SecretArn": _ARN + r"secret:rds!cluster-\w+-\w{6}",
            "DBClusterResourceId": r"cluster-\w+",
            "Endpoint.Address": r"127\.0\.0\.1",
            "ReadEndpoint.Address": r"127\.0\.0\.1",
            "Endpoint.Port": r"\d{5}",
        },
    ),
    (
        resource(
            "SecretsManager::SecretTargetAttachment",
            SecretId=ref("Secret2"),
            TargetId=ref("Database"),
            TargetType="AWS::RDS::DBCluster",
        ),
        _ARN + "secret:.*",
        {"Id": _ARN + "secret:.*"},
    ),
    (BASE["Secret"], _ARN + r"secret:room-Subject-\w+-\w{6}", {"Id": _ARN + "secret:.*"}),
    (BASE["Link"], _ARN + "loadbalancer/app/.*", {"LoadBalancerFullName": r"app/[\w-]+/\w+"}),
    (
        resource(
            "ElasticLoadBalancingV2::TargetGroup", VpcId=ref("Vpc"), Port=80, Protocol="HTTP", TargetType="ip"
        ),
        _ARN + "targetgroup/.*",
        {"TargetGroupFullName": r"targetgroup/[\w-]+/\w+"},
    ),
    (
        resource("EFS::MountTarget", FileSystemId=ref("Files"), SubnetId=ref("Subnet")),
        r"fsmt-\w+",
        {"Id": r"fsmt-\w+", "IpAddress": r"[\d.]+"},
    ),
    (
        resource(
            "ElastiCache::ReplicationGroup",
            ReplicationGroupDescription="d",
            Engine="valkey",
            CacheNodeType="cache.t4g.micro",
            NumCacheClusters=2,
        ),
        r"room-subject-\w+",
        {
            "PrimaryEndPoint.Address": r"master\.room-subject-.*",
            "PrimaryEndPoint.Port": "6379",
            "ReaderEndPoint.Address": r"replica\.room-subject-.*",
        },
    ),
    (
        resource("IAM::InstanceProfile", Roles=[ref("Role")], Path="/a/"),
        r"room-Subject-\w+",
        {"Arn": ".*/a/room-.*"},
    ),
    (
        BASE["Service"],
        _ARN + r"service/room-Cluster[\w-]*/room-Subject[\w-]*",
        {"Name": r"room-Subject[\w-]*"},
    ),
    (
        {
            **BASE["Service"],
            "Properties": {**BASE["Service"]["Properties"], "Cluster": att("Cluster", "Arn")},
        },
        _ARN + r"service/room-Cluster[\w-]*/room-Subject[\w-]*",
        {},
    ),
    (
        resource("ApiGatewayV2::Route", ApiId=ref("Api"), RouteKey="$default"),
        r"\w{8}",
        {},
    ),
]


@pytest.mark.parametrize(
    ("subject", "reference", "attributes"),
    AMENDED,
    ids=[f"{case[0]['Type']}-{number}" for number, case in enumerate(AMENDED)],
)
def test_an_amended_type_answers_as_aws_does(
    account: Account, subject: dict[str, Any], reference: str, attributes: dict[str, str]
) -> None:
    outputs = account.deploy(template(subject, list(attributes)))
    expected = {"Ref": reference} | {re.sub(r"\W", "", name): value for name, value in attributes.items()}
    for name, pattern in expected.items():
        assert re.fullmatch(pattern, outputs[name]), f"{name} is {outputs[name]}"
    account.delete()
