"""Before and after of single resources: what is predicted, how it is classed, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from compiler.assembly import Assembly, Stack
from compiler.review.changes import Change
from compiler.review.rules import RULES
from compiler.review.templates import compare


class Pair(NamedTuple):
    name: str
    type: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    action: str
    risk: str
    rule: str


def role(*actions: str, resource: Any = "arn:aws:s3:::data/*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}], **more}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {"AssumeRolePolicyDocument": {"Statement": [statement]}}


def allow(principal: Any, action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


def policy(*statements: dict[str, Any], key: str = "PolicyDocument", **more: Any) -> dict[str, Any]:
    return {key: {"Statement": list(statements)}, **more}


def task(**container: Any) -> dict[str, Any]:
    log = {"LogDriver": "awslogs"}
    return {"Cpu": "256", "ContainerDefinitions": [{"Name": "app", "LogConfiguration": log, **container}]}


def member(**more: Any) -> dict[str, Any]:
    return {"DBClusterIdentifier": {"Ref": "Cluster"}, "Engine": "aurora-postgresql", **more}


def rule(port: int = 443, **peer: Any) -> dict[str, Any]:
    return {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}


def group(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"GroupDescription": "x", "SecurityGroupIngress": list(rules), **more}


def forward(*groups: str) -> dict[str, Any]:
    weighted = [
        {"TargetGroupArn": {"Ref": name}, "Weight": 0 if number else 100}
        for number, name in enumerate(groups)
    ]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}


def limit(number: int) -> dict[str, Any]:
    return {"Name": "rate-limit", "Statement": {"RateBasedStatement": {"Limit": number}}}


def group_of(*overrides: dict[str, Any]) -> dict[str, Any]:
    changed = {"RuleActionOverrides": list(overrides)} if overrides else {}
    return {"Name": "common", "Statement": {"ManagedRuleGroupStatement": {"Name": "AWSX", **changed}}}


def jwt(issuer: str, *audience: str) -> dict[str, Any]:
    return {"JwtConfiguration": {"Issuer": issuer, "Audience": [*audience]}}


def volume(name: str, transit: str = "ENABLED") -> dict[str, Any]:
    return {"Name": name, "EFSVolumeConfiguration": {"FilesystemId": "fs-1", "TransitEncryption": transit}}


def rotated(days: int) -> dict[str, Any]:
    return {"RotationRules": {"AutomaticallyAfterDays": days}}


def encrypted(key: Any) -> dict[str, Any]:
    return {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": key}}


def backed_up(name: str, schedule: str = "", days: int = 0, copies: int = 0) -> dict[str, Any]:
    kept = {"Lifecycle": {"DeleteAfterDays": days}} if days else {}
    copy = {"DestinationBackupVaultArn": "arn:vault", "Lifecycle": {"DeleteAfterDays": copies}}
    rule = {"RuleName": name, "ScheduleExpression": schedule, **kept, "CopyActions": [copy] if copies else []}
    return {"BackupPlan": {"BackupPlanName": "a", "BackupPlanRule": [rule]}}


def moved(days: int, storage: str) -> dict[str, Any]:
    return {"TransitionInDays": days, "StorageClass": storage}


_TLS13 = "ELBSecurityPolicy-TLS13"
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
OURS = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
INSIDE = {"CidrIp": "10.0.0.0/16"}
WORLD = {"CidrIp": "0.0.0.0/0"}
KEY = {"Fn::GetAtt": ["Key", "Arn"]}

Row = tuple[
    str, Mapping[str, Any] | None, Mapping[str, Any] | None, str
]  # name, before, after, "action risk rule"
Table = dict[str, list[Row]]

KINESIS: Table = {
    "Kinesis::Stream": [
        ("more shards", {"ShardCount": 4}, {"ShardCount": 8}, "modify routine R147"),
        ("half the shards", {"ShardCount": 5}, {"ShardCount": 3}, "modify routine R147"),
        ("more than twice the shards", {"ShardCount": 3}, {"ShardCount": 10}, "modify interrupting R148"),
        ("less than half the shards", {"ShardCount": 5}, {"ShardCount": 2}, "modify interrupting R148"),
        ("renamed", {"Name": "a"}, {"Name": "b"}, "replace data-loss R102"),
        ("removed", {"ShardCount": 1}, None, "remove data-loss R101"),
        (
            "shorter retention",
            {"RetentionPeriodHours": 168},
            {"RetentionPeriodHours": 24},
            "modify data-loss R106",
        ),
        (
            "longer retention",
            {"RetentionPeriodHours": 24},
            {"RetentionPeriodHours": 168},
            "modify routine R145",
        ),
        (
            "no encryption",
            {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": KEY}},
            {},
            "modify exposure R119",
        ),
    ],
    "Kinesis::StreamConsumer": [
        ("consumer of another stream", {"StreamARN": "a"}, {"StreamARN": "b"}, "replace interrupting R132"),
    ],
}

RDS: Table = {
    "RDS::DBCluster": [
        (
            "version of a follower",
            {"GlobalClusterIdentifier": "g", "EngineVersion": "17.7"},
            {"GlobalClusterIdentifier": "g", "EngineVersion": "17.9"},
            "modify interrupting R136",
        ),
        ("cluster key", {"KmsKeyId": "a"}, {"KmsKeyId": "b"}, "replace data-loss R102"),
        (
            "cluster engine",
            {"Engine": "aurora-mysql"},
            {"Engine": "aurora-postgresql"},
            "may-replace data-loss R102",
        ),
        ("cluster version", {"EngineVersion": "16.6"}, {"EngineVersion": "16.8"}, "modify interrupting R131"),
        (
            "cluster capacity",
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2}},
            {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 8}},
            "modify routine R145",
        ),
        (
            "cluster parameter group",
            {"DBClusterParameterGroupName": "a"},
            {"DBClusterParameterGroupName": "b"},
            "modify interrupting R131",
        ),
        (
            "fewer backups",
            {"BackupRetentionPeriod": 14},
            {"BackupRetentionPeriod": 1},
            "modify data-loss R104",
        ),
        (
            "no deletion protection",
            {"DeletionProtection": True},
            {"DeletionProtection": False},
            "modify data-loss R105",
        ),
        (
            "fewer logs",
            {"EnableCloudwatchLogsExports": ["postgresql", "instance"]},
            {"EnableCloudwatchLogsExports": ["instance"]},
            "modify exposure R120",
        ),
    ],
    "RDS::DBInstance": [
        (
            "bigger instance",
            member(DBInstanceClass="db.t4g.medium"),
            member(DBInstanceClass="db.r8g.large"),
            "modify interrupting R131",
        ),
        (
            "instance renamed",
            member(DBInstanceIdentifier="a"),
            member(DBInstanceIdentifier="b"),
            "replace interrupting R132",
        ),
        ("reader removed", member(), None, "remove interrupting R132"),
        (
            "public instance",
            member(PubliclyAccessible=False),
            member(PubliclyAccessible=True),
            "modify exposure R118",
        ),
        ("database of its own", {"DBName": "a"}, {"DBName": "b"}, "replace data-loss R102"),
        (
            "maintenance window",
            {"PreferredMaintenanceWindow": "sun:03:00-sun:04:00"},
            {"PreferredMaintenanceWindow": "sat:03:00-sat:04:00"},
            "modify routine R145",
        ),
    ],
    "RDS::DBClusterParameterGroup": [
        (
            "parameters",
            {"Family": "aurora-postgresql16", "Parameters": {"rds.force_ssl": 1}},
            {"Family": "aurora-postgresql16", "Parameters": {"rds.force_ssl": 1, "log_connections": 1}},
            "modify interrupting R131",
        ),
        (
            "parameter family",
            {"Family": "aurora-postgresql16"},
            {"Family": "aurora-postgresql17"},
            "replace routine R144",
        ),
    ],
    "RDS::DBSubnetGroup": [
        ("more subnets", {"SubnetIds": ["a", "b"]}, {"SubnetIds": ["a", "b", "c"]}, "modify routine R145"),
    ],
}

CACHES: Table = {
    "ElastiCache::ReplicationGroup": [
        (
            "node type",
            {"CacheNodeType": "cache.t4g.small"},
            {"CacheNodeType": "cache.r7g.large"},
            "modify interrupting R131",
        ),
        (
            "engine",
            {"Engine": "redis", "EngineVersion": "7.1"},
            {"Engine": "valkey", "EngineVersion": "8.0"},
            "modify interrupting R131",
        ),
        ("port", {"Port": 6379}, {"Port": 6380}, "replace data-loss R102"),
        ("no snapshots", {"SnapshotRetentionLimit": 7}, {}, "modify data-loss R104"),
        (
            "no encryption on the wire",
            {"TransitEncryptionEnabled": True},
            {"TransitEncryptionEnabled": False},
            "modify exposure R119",
        ),
        (
            "auth token",
            {"AuthToken": "{{resolve:secretsmanager:a}}"},
            {"AuthToken": "{{resolve:secretsmanager:b}}"},
            "may-replace data-loss R102",
        ),
    ],
    "ElastiCache::ServerlessCache": [
        ("serverless subnets", {"SubnetIds": ["a"]}, {"SubnetIds": ["a", "b"]}, "replace data-loss R102"),
    ],
    "ElastiCache::ParameterGroup": [
        (
            "cache parameters",
            {"Properties": {"maxmemory-policy": "volatile-lru"}},
            {"Properties": {"maxmemory-policy": "noeviction"}},
            "modify interrupting R131",
        ),
    ],
}

FILES: Table = {
    "EFS::FileSystem": [
        ("throughput", {"ThroughputMode": "bursting"}, {"ThroughputMode": "elastic"}, "modify routine R145"),
        ("unencrypted", {"Encrypted": True}, {"Encrypted": False}, "replace data-loss R102"),
        (
            "no file backups",
            {"BackupPolicy": {"Status": "ENABLED"}},
            {"BackupPolicy": {"Status": "DISABLED"}},
            "modify data-loss R104",
        ),
        (
            "file system policy lost",
            policy(allow(ROOT, "elasticfilesystem:ClientMount"), key="FileSystemPolicy"),
            {},
            "modify exposure R113",
        ),
    ],
    "EFS::AccessPoint": [
        (
            "access point path",
            {"RootDirectory": {"Path": "/a"}},
            {"RootDirectory": {"Path": "/b"}},
            "replace interrupting R132",
        ),
    ],
    "EFS::MountTarget": [
        ("mount target", {"SubnetId": "a"}, {"SubnetId": "b"}, "replace interrupting R132"),
    ],
}

COMPUTE: Table = {
    "ECS::TaskDefinition": [
        ("image", task(Image="a:1"), task(Image="a:2"), "replace routine R144"),
        (
            "container logs lost",
            task(Image="a:1"),
            {"Cpu": "256", "ContainerDefinitions": [{"Name": "app", "Image": "a:1"}]},
            "replace exposure R120",
        ),
    ],
    "ECS::Service": [
        ("count", {"DesiredCount": 2}, {"DesiredCount": 4}, "modify routine R145"),
        ("service renamed", {"ServiceName": "a"}, {"ServiceName": "b"}, "replace interrupting R132"),
        (
            "public tasks",
            {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "DISABLED"}}},
            {"NetworkConfiguration": {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}},
            "modify exposure R118",
        ),
        ("launch type", {"LaunchType": "FARGATE"}, {"LaunchType": "EC2"}, "may-replace interrupting R132"),
    ],
    "ECS::Cluster": [
        ("cluster renamed", {"ClusterName": "a"}, {"ClusterName": "b"}, "replace identity R121"),
    ],
    "Lambda::Function": [
        ("memory", {"MemorySize": 256}, {"MemorySize": 512}, "modify routine R145"),
        ("function renamed", {"FunctionName": "a"}, {"FunctionName": "b"}, "replace identity R121"),
    ],
    "Lambda::Version": [
        (
            "version",
            {"FunctionName": "f", "Description": "1"},
            {"FunctionName": "f", "Description": "2"},
            "replace routine R144",
        ),
    ],
    "Lambda::Permission": [
        (
            "permission for another route",
            {
                "FunctionName": "f",
                "Action": "lambda:InvokeFunction",
                "Principal": "a",
                "SourceArn": "arn:x/POST/a",
            },
            {
                "FunctionName": "f",
                "Action": "lambda:InvokeFunction",
                "Principal": "a",
                "SourceArn": "arn:x/PUT/a",
            },
            "replace routine R144",
        ),
        (
            "permission for every source",
            {
                "FunctionName": "f",
                "Action": "lambda:InvokeFunction",
                "Principal": "a",
                "SourceArn": "arn:x/POST/a",
            },
            {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "a"},
            "replace exposure R114",
        ),
    ],
    "Lambda::EventSourceMapping": [
        ("paused mapping", {"Enabled": True}, {"Enabled": False}, "modify interrupting R131"),
        (
            "start elsewhere",
            {"StartingPosition": "LATEST"},
            {"StartingPosition": "TRIM_HORIZON"},
            "replace interrupting R132",
        ),
    ],
    "Lambda::Url": [
        ("open function URL", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "modify exposure R118"),
    ],
}

EDGE: Table = {
    "ElasticLoadBalancingV2::LoadBalancer": [
        ("public balancer", {"Scheme": "internal"}, {"Scheme": "internet-facing"}, "replace exposure R118"),
        ("balancer renamed", {"Name": "a"}, {"Name": "b"}, "replace identity R121"),
        (
            "balancer logs off",
            {"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "true"}]},
            {"LoadBalancerAttributes": [{"Key": "access_logs.s3.enabled", "Value": "false"}]},
            "modify exposure R120",
        ),
        (
            "balancer protection off",
            {"LoadBalancerAttributes": [{"Key": "deletion_protection.enabled", "Value": "true"}]},
            {"LoadBalancerAttributes": []},
            "modify data-loss R105",
        ),
    ],
    "ElasticLoadBalancingV2::TargetGroup": [
        ("target port", {"Port": 80}, {"Port": 8080}, "replace interrupting R132"),
    ],
    "ElasticLoadBalancingV2::Listener": [
        (
            "listener without TLS",
            {"Protocol": "HTTPS", "Port": 443},
            {"Protocol": "HTTP", "Port": 80},
            "modify exposure R119",
        ),
    ],
    "ElasticLoadBalancingV2::ListenerRule": [
        ("rule priority", {"Priority": 1}, {"Priority": 2}, "modify routine R145"),
        (
            "rule whose weights ECS changes",
            {"Priority": 1, "Actions": [forward("Blue", "Green")]},
            {"Priority": 2, "Actions": [forward("Blue", "Green")]},
            "modify interrupting R135",
        ),
        (
            "rule of a service that rolls again",
            {"Actions": [forward("Blue", "Green")]},
            {"Actions": [forward("Blue")]},
            "modify interrupting R135",
        ),
        (
            "rule of a service that will shift",
            {"Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Blue"}}]},
            {"Actions": [forward("Blue", "Green")]},
            "modify routine R145",
        ),
    ],
    "WAFv2::WebACL": [
        (
            "firewall on trial",
            {"Rules": [{"Name": "common", "OverrideAction": {"None": {}}}]},
            {"Rules": [{"Name": "common", "OverrideAction": {"Count": {}}}]},
            "modify exposure R118",
        ),
        (
            "firewall without a rule",
            {"Rules": [{"Name": "rate-limit", "Action": {"Block": {}}}]},
            {"Rules": []},
            "modify exposure R118",
        ),
        ("higher limit", {"Rules": [limit(100)]}, {"Rules": [limit(200)]}, "modify exposure R118"),
        ("a limit more", {"Rules": []}, {"Rules": [limit(100)]}, "modify routine R145"),
        ("lower limit", {"Rules": [limit(200)]}, {"Rules": [limit(100)]}, "modify routine R145"),
        (
            "rule left to count",
            {"Rules": [group_of()]},
            {"Rules": [group_of({"Name": "Size", "ActionToUse": {"Count": {}}})]},
            "modify exposure R118",
        ),
    ],
    "WAFv2::LoggingConfiguration": [
        ("no firewall log", {"ResourceArn": "a"}, None, "remove exposure R120"),
        (
            "shorter firewall log",
            {"ResourceArn": "a"},
            {"ResourceArn": "a", "LoggingFilter": {"DefaultBehavior": "DROP"}},
            "modify exposure R120",
        ),
    ],
    "ApiGatewayV2::Api": [
        ("API removed", {"Name": "a"}, None, "remove identity R121"),
        ("protocol", {"ProtocolType": "HTTP"}, {"ProtocolType": "WEBSOCKET"}, "replace identity R121"),
        (
            "CORS for all",
            {"CorsConfiguration": {"AllowOrigins": ["https://a.example"]}},
            {"CorsConfiguration": {"AllowOrigins": ["*"]}},
            "modify exposure R110",
        ),
    ],
    "ApiGatewayV2::Route": [
        (
            "route without authorizer",
            {"RouteKey": "GET /", "AuthorizationType": "JWT", "AuthorizerId": "a"},
            {"RouteKey": "GET /", "AuthorizationType": "NONE"},
            "modify exposure R118",
        ),
        (
            "route for callers who sign",
            {"RouteKey": "GET /", "AuthorizationType": "NONE"},
            {"RouteKey": "GET /", "AuthorizationType": "AWS_IAM"},
            "modify interrupting R137",
        ),
        (
            "route that was open by default",
            {"RouteKey": "GET /"},
            {"RouteKey": "GET /", "AuthorizationType": "JWT", "AuthorizerId": "a"},
            "modify interrupting R137",
        ),
        (
            "route with another check",
            {"RouteKey": "GET /", "AuthorizationType": "JWT", "AuthorizerId": "a"},
            {"RouteKey": "GET /", "AuthorizationType": "AWS_IAM"},
            "modify exposure R110",
        ),
        (
            "route without scopes",
            {"RouteKey": "GET /", "AuthorizerId": "a", "AuthorizationScopes": ["read"]},
            {"RouteKey": "GET /", "AuthorizerId": "a"},
            "modify exposure R110",
        ),
        ("route key", {"RouteKey": "GET /a"}, {"RouteKey": "GET /b"}, "modify interrupting R131"),
    ],
    "ApiGatewayV2::DomainName": [
        (
            "no certificates of callers",
            {"DomainName": "a.example", "MutualTlsAuthentication": {"TruststoreUri": "s3://a/b"}},
            {"DomainName": "a.example"},
            "modify exposure R118",
        ),
    ],
    "ApiGatewayV2::VpcLink": [
        ("link subnets", {"SubnetIds": ["a"]}, {"SubnetIds": ["b"]}, "replace identity R121"),
    ],
    "ApiGatewayV2::Stage": [
        (
            "API logs off",
            {"StageName": "$default", "AccessLogSettings": {"DestinationArn": "a"}},
            {"StageName": "$default"},
            "modify exposure R120",
        ),
    ],
    "ApiGatewayV2::Deployment": [
        ("deployment", {"ApiId": "a"}, {"ApiId": "b"}, "replace routine R144"),
    ],
}

MESSAGES: Table = {
    "SNS::Topic": [
        ("topic renamed", {"TopicName": "a"}, {"TopicName": "b"}, "replace identity R121"),
        ("topic key", {"KmsMasterKeyId": KEY}, {}, "modify exposure R119"),
    ],
    "SNS::Subscription": [
        (
            "subscriber",
            {"Endpoint": "a@example.com"},
            {"Endpoint": "b@example.com"},
            "replace interrupting R132",
        ),
    ],
    "SNS::TopicPolicy": [
        (
            "topic for everyone",
            policy(allow({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish", Condition=OURS)),
            policy(allow("*", "sns:Publish")),
            "modify exposure R113",
        ),
    ],
    "SQS::Queue": [
        ("visibility", {"VisibilityTimeout": 30}, {"VisibilityTimeout": 60}, "modify routine R145"),
        ("queue renamed", {"QueueName": "a"}, {"QueueName": "b"}, "replace data-loss R102"),
        (
            "messages expire",
            {"MessageRetentionPeriod": 1209600},
            {"MessageRetentionPeriod": 3600},
            "modify data-loss R106",
        ),
    ],
    "SQS::QueuePolicy": [
        (
            "queue policy condition lost",
            policy(allow({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", Condition=OURS)),
            policy(allow({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")),
            "modify exposure R113",
        ),
    ],
}

STORAGE: Table = {
    "S3::Bucket": [
        ("bucket renamed", {"BucketName": "a"}, {"BucketName": "b"}, "replace data-loss R102"),
        (
            "public access",
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": True}},
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": False}},
            "modify exposure R118",
        ),
        (
            "versions suspended",
            {"VersioningConfiguration": {"Status": "Enabled"}},
            {"VersioningConfiguration": {"Status": "Suspended"}},
            "modify data-loss R104",
        ),
        (
            "expiry added",
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Status": "Enabled"}]}},
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Status": "Enabled", "ExpirationInDays": 30}]}},
            "modify data-loss R106",
        ),
        (
            "expiry later",
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "ExpirationInDays": 30}]}},
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "ExpirationInDays": 365}]}},
            "modify routine R145",
        ),
        ("bucket logs off", {"LoggingConfiguration": {"LogFilePrefix": "a"}}, {}, "modify exposure R120"),
    ],
    "S3::BucketPolicy": [
        (
            "TLS rule lost",
            policy(TLS_ONLY, allow(ROOT, "s3:GetObject")),
            policy(allow(ROOT, "s3:GetObject")),
            "modify exposure R113",
        ),
        ("TLS policy removed", policy(TLS_ONLY), None, "remove exposure R113"),
        ("TLS rule added", policy(), policy(TLS_ONLY), "modify routine R145"),
    ],
    "RDS::GlobalCluster": [
        ("global database removed", {"DeletionProtection": False}, None, "remove data-loss R108"),
    ],
    "KMS::Key": [
        ("key rotation", {"EnableKeyRotation": True}, {"EnableKeyRotation": False}, "modify exposure R119"),
        ("key disabled", {"Enabled": True}, {"Enabled": False}, "modify interrupting R131"),
        ("key removed", {"Description": "a"}, None, "remove data-loss R101"),
        ("key made replicable", {"Description": "a"}, {"MultiRegion": True}, "refused data-loss R107"),
        ("key no longer replicable", {"MultiRegion": "true"}, {}, "refused data-loss R107"),
        ("key never replicable", {"MultiRegion": False}, {}, "modify routine R145"),
        (
            "key policy widened",
            policy(allow(ROOT, "kms:*"), key="KeyPolicy"),
            policy(
                allow(ROOT, "kms:*"), allow({"Service": "logs.amazonaws.com"}, "kms:Decrypt"), key="KeyPolicy"
            ),
            "modify exposure R113",
        ),
        (
            "key policy reworded",
            policy(allow(ROOT, "kms:*"), key="KeyPolicy"),
            policy(allow(ROOT, "kms:*", Sid="Owner"), key="KeyPolicy"),
            "modify routine R145",
        ),
    ],
    "Events::Archive": [
        ("events kept shorter", {"RetentionDays": 90}, {"RetentionDays": 7}, "modify data-loss R106"),
        ("events kept for ever", {"RetentionDays": 90}, {}, "modify routine R145"),
    ],
    "KMS::Alias": [
        ("alias", {"AliasName": "alias/a"}, {"AliasName": "alias/b"}, "replace identity R121"),
    ],
    "Logs::LogGroup": [
        ("log retention cut", {"RetentionInDays": 90}, {"RetentionInDays": 7}, "modify data-loss R106"),
        ("log retention set", {}, {"RetentionInDays": 365}, "modify data-loss R106"),
        ("logs kept for ever", {"RetentionInDays": 90}, {}, "modify routine R145"),
        ("log key lost", {"KmsKeyId": KEY}, {}, "modify exposure R119"),
    ],
    "SecretsManager::Secret": [
        (
            "generated again",
            {"GenerateSecretString": {"PasswordLength": 32}},
            {"GenerateSecretString": {"PasswordLength": 64}},
            "modify interrupting R131",
        ),
        ("secret removed", {"Description": "a"}, None, "remove data-loss R101"),
    ],
    "Backup::BackupVault": [
        ("vault key", {"EncryptionKeyArn": "a"}, {"EncryptionKeyArn": "b"}, "replace data-loss R102"),
    ],
    "Backup::BackupPlan": [
        (
            "backup rule lost",
            {"BackupPlan": {"BackupPlanRule": [{"RuleName": "daily"}]}},
            {"BackupPlan": {"BackupPlanRule": []}},
            "modify data-loss R104",
        ),
    ],
}

NETWORK: Table = {
    "EC2::VPC": [
        (
            "address range",
            {"CidrBlock": "10.0.0.0/16"},
            {"CidrBlock": "10.1.0.0/16"},
            "refused identity R167",
        ),
        (
            "tenancy",
            {"InstanceTenancy": "default"},
            {"InstanceTenancy": "dedicated"},
            "may-replace identity R121",
        ),
    ],
    "EC2::SecurityGroup": [
        ("ingress added", group(), group(rule(**INSIDE)), "modify exposure R116"),
        ("ingress narrowed", group(rule(**WORLD)), group(rule(**INSIDE)), "modify routine R145"),
        ("part of a range", group(rule(**INSIDE)), group(rule(CidrIp="10.0.4.0/24")), "modify routine R145"),
        ("group described anew", group(), group(GroupDescription="y"), "replace identity R121"),
    ],
    "EC2::SecurityGroupIngress": [
        ("world ingress", None, rule(**WORLD), "add exposure R116"),
        ("inner ingress", None, rule(SourceSecurityGroupId="sg-2"), "add routine R142"),
        ("ingress moved", rule(80, **INSIDE), rule(443, **INSIDE), "replace routine R144"),
        ("ingress widened", rule(CidrIp="10.0.1.0/24"), rule(**INSIDE), "replace exposure R116"),
        ("ingress removed", rule(**INSIDE), None, "remove routine R144"),
    ],
    "EC2::SecurityGroupEgress": [
        ("egress added", None, rule(**WORLD), "add routine R142"),
        ("egress widened", rule(**INSIDE), rule(**WORLD), "replace exposure R117"),
    ],
    "EC2::NatGateway": [
        ("NAT moved", {"SubnetId": "a"}, {"SubnetId": "b"}, "replace identity R121"),
    ],
    "EC2::FlowLog": [
        ("flow log format", {"LogFormat": "a"}, {"LogFormat": "b"}, "replace routine R144"),
        ("flow log removed", {"LogFormat": "a"}, None, "remove exposure R120"),
    ],
    "EC2::Route": [
        (
            "internet route",
            None,
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw"},
            "add exposure R118",
        ),
        (
            "route turned",
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "a"},
            {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "b"},
            "modify interrupting R131",
        ),
    ],
    "EC2::VPCEndpoint": [
        (
            "endpoint DNS",
            {"DnsOptions": {"PrivateDnsPreference": "ALL_DOMAINS"}},
            {"DnsOptions": {"PrivateDnsPreference": "VERIFIED_DOMAINS_ONLY"}},
            "replace identity R121",
        ),
        ("endpoint policy lost", policy(allow("*", "s3:GetObject")), {}, "modify exposure R113"),
        ("endpoint policy added", {}, policy(allow("*", "s3:GetObject")), "modify routine R145"),
    ],
    "EC2::SubnetRouteTableAssociation": [
        ("association", {"SubnetId": "a"}, {"SubnetId": "b"}, "replace interrupting R132"),
    ],
    "EC2::Subnet": [
        (
            "public addresses",
            {"MapPublicIpOnLaunch": False},
            {"MapPublicIpOnLaunch": True},
            "modify exposure R118",
        ),
    ],
}

ACCESS: Table = {
    "IAM::Role": [
        ("more actions", role("s3:GetObject"), role("s3:GetObject", "s3:PutObject"), "modify exposure R111"),
        ("fewer actions", role("s3:GetObject", "s3:PutObject"), role("s3:GetObject"), "modify routine R145"),
        (
            "wildcard spelt out",
            role("s3:Get*"),
            role("s3:GetObject", "s3:GetObjectTagging"),
            "modify routine R145",
        ),
        ("wildcard", role("s3:GetObject"), role("s3:Get*"), "modify exposure R111"),
        ("more resources", role("s3:GetObject"), role("s3:GetObject", resource="*"), "modify exposure R111"),
        (
            "fewer resources",
            role("s3:GetObject"),
            role("s3:GetObject", resource="arn:aws:s3:::data/in/*"),
            "modify routine R145",
        ),
        ("case of an action", role("s3:getobject"), role("s3:GetObject"), "modify routine R145"),
        ("new narrow role", None, role("s3:GetObject"), "add routine R142"),
        ("new role for a service", None, role("s3:*"), "add exposure R111"),
        ("new role for any resource", None, role("s3:GetObject", resource="*"), "add exposure R111"),
        ("new role that traces", None, role("xray:PutTraceSegments", resource="*"), "add routine R142"),
        ("new role for anyone", None, trust("*"), "add exposure R112"),
        ("role renamed", {"RoleName": "a"}, {"RoleName": "b"}, "replace identity R121"),
        (
            "trusts more",
            trust({"Service": "ecs-tasks.amazonaws.com"}),
            trust({"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]}),
            "modify exposure R112",
        ),
        (
            "administrator",
            {"ManagedPolicyArns": []},
            {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]},
            "modify exposure R111",
        ),
        ("no boundary", {"PermissionsBoundary": "a"}, {}, "modify exposure R111"),
    ],
    "IAM::Policy": [
        ("policy removed", policy(allow(None, "s3:*")), None, "remove routine R144"),
        ("attached wider", {"Roles": ["a"]}, {"Roles": ["a", "b"]}, "modify exposure R111"),
    ],
}

WATCHING: Table = {
    "CloudWatch::Alarm": [
        ("threshold", {"Threshold": 1}, {"Threshold": 2}, "modify routine R145"),
        ("alarm renamed", {"AlarmName": "a"}, {"AlarmName": "b"}, "replace routine R144"),
        ("alarm removed", {"Threshold": 1}, None, "remove routine R144"),
    ],
    "CloudWatch::Dashboard": [
        ("dashboard", {"DashboardBody": "{}"}, {"DashboardBody": '{"a":1}'}, "modify routine R145"),
    ],
    "Logs::SubscriptionFilter": [
        ("filter moved", {"LogGroupName": "a"}, {"LogGroupName": "b"}, "replace interrupting R132"),
    ],
    "ApplicationAutoScaling::ScalableTarget": [
        ("scaling target", {"ResourceId": "a"}, {"ResourceId": "b"}, "replace routine R144"),
    ],
    "Events::Rule": [
        ("schedule off", {"State": "ENABLED"}, {"State": "DISABLED"}, "modify interrupting R131"),
    ],
}


# Values that weaken, silence or cut off; most come with no kind of ours but with raw resources too.
VALUES: Table = {
    "ApiGatewayV2::Authorizer": [
        ("another issuer", jwt("a", "x"), jwt("b", "x"), "modify exposure R110"),
        ("one audience more", jwt("a", "x"), jwt("a", "x", "y"), "modify exposure R110"),
        ("one audience less", jwt("a", "x", "y"), jwt("a", "x"), "modify routine R145"),
        (
            "answers shared between routes",
            {"IdentitySource": ["$request.header.a", "$context.routeKey"]},
            {"IdentitySource": ["$request.header.a"]},
            "modify exposure R110",
        ),
    ],
    "ApiGatewayV2::Integration": [
        ("integration removed", {"ApiId": "a"}, None, "remove routine R144"),
        (
            "no TLS to the load balancer",
            {"ApiId": "a", "TlsConfig": {"ServerNameToVerify": "a.example"}},
            {"ApiId": "a"},
            "modify exposure R119",
        ),
    ],
    "ECS::Service": [
        (
            "shell into tasks",
            {"EnableExecuteCommand": False},
            {"EnableExecuteCommand": True},
            "modify exposure R110",
        ),
        (
            "another namespace",
            {"ServiceConnectConfiguration": {"Namespace": "a"}},
            {"ServiceConnectConfiguration": {"Namespace": "b"}},
            "modify interrupting R137",
        ),
    ],
    "ECS::TaskDefinition": [
        ("root in a container", task(User="1000"), task(User="0"), "replace exposure R110"),
        (
            "volume of another name",
            {"Volumes": [volume("a")]},
            {"Volumes": [volume("b")]},
            "replace routine R144",
        ),
        (
            "volume without TLS",
            {"Volumes": [volume("a")]},
            {"Volumes": [volume("a", "DISABLED")]},
            "replace exposure R119",
        ),
        (
            "container removed with its logs",
            task(),
            {"Cpu": "256", "ContainerDefinitions": [{"Name": "other"}]},
            "replace routine R144",
        ),
    ],
    "SecretsManager::RotationSchedule": [
        ("rotated less often", rotated(30), rotated(90), "modify exposure R119"),
        ("rotated more often", rotated(30), rotated(7), "modify routine R145"),
        (
            "rotation from hours to days",
            {"RotationRules": {"ScheduleExpression": "rate(4 hours)"}},
            {"RotationRules": {"ScheduleExpression": "rate(1 day)"}},
            "modify exposure R119",
        ),
        ("rotated no more", rotated(30), None, "remove exposure R119"),
    ],
    "ElasticLoadBalancingV2::Listener": [
        (
            "older TLS",
            {"SslPolicy": f"{_TLS13}-1-3-2021-06"},
            {"SslPolicy": f"{_TLS13}-1-2-2021-06"},
            "modify exposure R119",
        ),
        (
            "more ciphers",
            {"SslPolicy": f"{_TLS13}-1-2-Res-2021-06"},
            {"SslPolicy": f"{_TLS13}-1-2-Ext1-2021-06"},
            "modify exposure R119",
        ),
        (
            "newer TLS",
            {"SslPolicy": "ELBSecurityPolicy-2016-08"},
            {"SslPolicy": f"{_TLS13}-1-2-2021-06"},
            "modify routine R145",
        ),
    ],
    "Kinesis::Stream": [
        ("another key", encrypted("a"), encrypted("b"), "modify interrupting R140"),
        ("key of AWS", encrypted(KEY), encrypted("alias/aws/kinesis"), "modify exposure R119"),
    ],
    "Backup::BackupPlan": [
        ("kept shorter", backed_up("daily", days=35), backed_up("daily", days=7), "modify data-loss R104"),
        ("no longer for ever", backed_up("daily"), backed_up("daily", days=7), "modify data-loss R104"),
        (
            "once a week",
            backed_up("daily", "cron(0 4 * * ? *)"),
            backed_up("daily", "cron(0 4 ? * SUN *)"),
            "modify data-loss R104",
        ),
        (
            "at another hour",
            backed_up("daily", "cron(0 4 * * ? *)"),
            backed_up("daily", "cron(0 5 * * ? *)"),
            "modify routine R145",
        ),
        (
            "copied too",
            backed_up("daily", days=7),
            backed_up("daily", days=7, copies=14),
            "modify routine R145",
        ),
        (
            "copied no more",
            backed_up("daily", days=7, copies=14),
            backed_up("daily", days=7),
            "modify data-loss R104",
        ),
    ],
    "Backup::BackupVault": [
        (
            "a lock for ever",
            {"BackupVaultName": "a"},
            {"BackupVaultName": "a", "LockConfiguration": {"MinRetentionDays": 7, "ChangeableForDays": 3}},
            "modify interrupting R139",
        ),
        (
            "a weaker lock",
            {"LockConfiguration": {"MinRetentionDays": 7}},
            {"LockConfiguration": {"MinRetentionDays": 1}},
            "modify data-loss R105",
        ),
    ],
    "CloudWatch::Alarm": [
        ("silent", {"Threshold": 1}, {"Threshold": 1, "ActionsEnabled": False}, "modify interrupting R137"),
    ],
    "S3::Bucket": [
        (
            "archived",
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Transitions": [moved(90, "STANDARD_IA")]}]}},
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Transitions": [moved(90, "GLACIER")]}]}},
            "modify interrupting R138",
        ),
        (
            "archived, but read at once",
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Transitions": [moved(90, "STANDARD_IA")]}]}},
            {"LifecycleConfiguration": {"Rules": [{"Id": "a", "Transitions": [moved(90, "GLACIER_IR")]}]}},
            "modify routine R145",
        ),
    ],
    "DynamoDB::Table": [
        (
            "another stream",
            {"StreamSpecification": {"StreamViewType": "NEW_IMAGE"}},
            {"StreamSpecification": {"StreamViewType": "KEYS_ONLY"}},
            "modify interrupting R137",
        ),
    ],
    "RDS::DBCluster": [
        ("data API", {"EnableHttpEndpoint": False}, {"EnableHttpEndpoint": True}, "modify exposure R118"),
    ],
    "Lambda::EventSourceMapping": [
        (
            "failed records not kept",
            {"DestinationConfig": {"OnFailure": {"Destination": "a"}}},
            {},
            "modify data-loss R106",
        ),
    ],
}


TABLES = (VALUES, KINESIS, RDS, CACHES, FILES, COMPUTE, EDGE, MESSAGES, STORAGE, NETWORK, ACCESS, WATCHING)
PAIRS = [
    Pair(name, kind, before, after, *outcome.split())
    for table in TABLES
    for kind, rows in table.items()
    for name, before, after, outcome in rows
]


def of(pair: Pair, side: Mapping[str, Any] | None) -> Assembly:
    """An assembly with the resource, beside one that never changes."""
    resources: dict[str, Any] = {"Other": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "x"}}}
    if side is not None:
        resources["It"] = {"Type": f"AWS::{pair.type}", "Properties": side}
    stack = Stack("stack", "data", {"Resources": resources}, {}, (), (), {}, ())
    return Assembly("shop", "dev", "dev", "us-east-1", None, {}, (stack,), ())


def predicted(pair: Pair) -> Change:
    (stack,) = compare(of(pair, pair.before), of(pair, pair.after)).stacks
    (change,) = stack.changes
    return change


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.type.replace('::', '-')}: {pair.name}")
def test_a_change_has_the_action_and_class_that_a_reviewer_expects(pair: Pair) -> None:
    change = predicted(pair)
    assert (change.action, change.risk) == (pair.action, pair.risk)
    assert pair.rule in {reason.rule for reason in change.reasons}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.type.replace('::', '-')}: {pair.name}")
def test_reverting_gives_the_inverse_action(pair: Pair) -> None:
    forth, back = predicted(pair), predicted(pair._replace(before=pair.after, after=pair.before))
    inverse = {"add": "remove", "remove": "add"}
    if forth.action != "refused":  # the way back may be refused, as that of a version
        assert back.action in (inverse.get(forth.action, forth.action), "refused")
    sides = {(each.before, each.after) for each in forth.properties}
    assert {(each.after, each.before) for each in back.properties} == sides


def test_rules_have_different_ids() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(set(ids)) == sorted(ids)


def test_pairs_have_different_names() -> None:
    assert len({(pair.type, pair.name) for pair in PAIRS}) == len(PAIRS)
