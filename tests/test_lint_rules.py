"""House rules: each finds what it is for, and lets pass what is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from compiler.assembly import Assembly, Stack, Wire
from compiler.lint.rule import all_rules
from compiler.lint.subject import Hit, Subject

RULES = {rule.id: rule for rule in all_rules()}
Template = dict[str, Any]


class Case(NamedTuple):
    """A template, or only its resources, and what the rule says about it: `logical id: message`."""

    rule: str
    name: str
    template: Template
    found: tuple[str, ...] = ()
    profile: str = "dev"

    def __str__(self) -> str:
        return f"{self.rule}-{self.name}"


def assembly(*templates: Template, profile: str = "dev", wires: dict[str, Wire] | None = None) -> Assembly:
    """Stacks called s0, s1 and so on; the last takes the wires."""
    stacks = tuple(
        Stack(
            name=f"s{number}",
            layer=f"layer{number}",
            template=template if "Resources" in template else {"Resources": template},
            parameters=wires or {} if number == len(templates) - 1 else {},
            depends_on=(),
            capabilities=(),
            origins={},
            stateful=(),
        )
        for number, template in enumerate(templates)
    )
    tags = {"platform": "shop", "environment": profile}
    return Assembly("shop", profile, profile, "eu-west-1", None, tags, stacks, ())


def found(rule: str, compiled: Assembly) -> list[Hit]:
    """What one rule says about the last stack."""
    return list(RULES[rule].check(Subject(compiled.stacks[-1], compiled)))


def of(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "${Stream.Arn}", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def role(*statements: dict[str, Any]) -> Template:
    return {"R": of("AWS::IAM::Role", Policies=[{"PolicyName": "p", "PolicyDocument": policy(*statements)}])}


def bucket_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return of("AWS::S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=policy(*statements))


def ingress(group: Any = "sg-1", port: int = 443, **peer: Any) -> dict[str, Any]:
    span = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    return of("AWS::EC2::SecurityGroupIngress", GroupId=group, **span, **peer)


def full(count: int) -> dict[str, Any]:
    """A security group with so many rules."""
    rules = [
        {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/16"}
        for port in range(count)
    ]
    return of("AWS::EC2::SecurityGroup", SecurityGroupIngress=rules)


def balancer(scheme: str) -> dict[str, Any]:
    groups = [{"Fn::GetAtt": ["G", "GroupId"]}]
    return of("AWS::ElasticLoadBalancingV2::LoadBalancer", Scheme=scheme, SecurityGroups=groups)


def aurora(**scaling: Any) -> Template:
    return {"D": of("AWS::RDS::DBCluster", ServerlessV2ScalingConfiguration=scaling)}


def cache(**properties: Any) -> Template:
    return {"C": of("AWS::ElastiCache::ReplicationGroup", **properties)}


def lifecycle(throughput: str, **days: int) -> Template:
    policies = [{name: f"AFTER_{count}_DAYS"} for name, count in days.items()]
    return {"F": of("AWS::EFS::FileSystem", ThroughputMode=throughput, LifecyclePolicies=policies)}


ANYWHERE = "0.0.0.0/0"
GROUP = of("AWS::EC2::SecurityGroup", SecurityGroupEgress=[{"CidrIp": "127.0.0.1/32", "IpProtocol": "icmp"}])
NO_TLS = {"Bool": {"aws:SecureTransport": False}}
DENY_PLAIN = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": NO_TLS}
CLOSED = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True}
ACCOUNT = {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
ALARM = {"AlarmActions": [{"Ref": "Topic"}], "AlarmDescription": "Orders fail."}
TAGS = [{"Key": "platform", "Value": "shop"}, {"Key": "environment", "Value": "dev"}]
SCALED = {
    "S": of("AWS::ECS::Service"),
    "T": of(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        ResourceId={"Fn::Sub": "service/${Cluster}/${S.Name}"},
    ),
}


def secret(name: str, value: Any) -> Template:
    return {"F": of("AWS::Lambda::Function", Environment={"Variables": {name: value}})}


ABOUT_ASSEMBLIES = {"F181"}  # has a test of its own, for no template shows what it finds
CASES = [
    Case("F101", "star", role(allow("s3:GetObject", "*")), ("R: allows s3:GetObject on every resource",)),
    Case(
        "F101",
        "star among actions that take nothing else",
        role(allow(["xray:PutTraceSegments", "kms:Decrypt"], ["*"])),
        ("R: allows kms:Decrypt on every resource",),
    ),
    Case(
        "F101",
        "NotResource",
        role({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "${B.Arn}"}),
        ("R: allows everything but some resources",),
    ),
    Case("F101", "named", role(allow("s3:GetObject", {"Fn::Sub": "${B.Arn}/*"}))),
    Case("F101", "takes nothing else", role(allow("ECR:getauthorizationtoken", "*"))),
    Case("F101", "denied", role({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})),
    Case("F101", "a key's own policy", {"K": of("AWS::KMS::Key", KeyPolicy=policy(allow("kms:*", "*")))}),
    Case("F102", "pattern", role(allow(["s3:Get*", "s3:PutObject"])), ("R: allows s3:Get*; list",)),
    Case("F102", "everything", role(allow("*")), ("R: allows *; list",)),
    Case(
        "F102",
        "NotAction",
        role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "x"}),
        ("R: allows everything but some actions",),
    ),
    Case(
        "F102",
        "managed policy as text",
        {
            "P": of(
                "AWS::SSO::PermissionSet", InlinePolicy='{"Statement": {"Effect": "Allow", "Action": "*"}}'
            )
        },
        ("P: allows *; list",),
    ),
    Case("F102", "listed", role(allow(["s3:GetObject", "kms:GenerateDataKey*"]))),
    Case(
        "F103",
        "everybody",
        {"P": bucket_policy(allow("s3:GetObject", Principal="*"))},
        ("P: lets in everybody",),
    ),
    Case(
        "F103",
        "every account over TLS",
        {
            "P": bucket_policy(
                allow(
                    "s3:GetObject",
                    Principal={"AWS": ["*"]},
                    Condition={"Bool": {"aws:SecureTransport": True}},
                )
            )
        },
        ("P: lets in everybody",),
    ),
    Case(
        "F103",
        "a condition that everybody meets",
        {
            "P": bucket_policy(
                allow("s3:GetObject", Principal="*", Condition={"StringLike": {"aws:SourceArn": "*"}})
            )
        },
        ("P: lets in everybody",),
    ),
    Case(
        "F103",
        "NotPrincipal",
        {"P": bucket_policy(allow("s3:GetObject", NotPrincipal={"AWS": "x"}))},
        ("P: lets in everybody but some",),
    ),
    Case(
        "F103",
        "trust",
        {
            "R": of(
                "AWS::IAM::Role",
                AssumeRolePolicyDocument=policy(allow("sts:AssumeRole", Principal={"AWS": "*"})),
            )
        },
        ("R: lets in everybody",),
    ),
    Case("F103", "refused", {"P": bucket_policy(DENY_PLAIN)}),
    Case(
        "F103", "this account", {"P": bucket_policy(allow("s3:GetObject", Principal="*", Condition=ACCOUNT))}
    ),
    Case(
        "F103",
        "endpoint",
        {"E": of("AWS::EC2::VPCEndpoint", PolicyDocument=policy(allow("*", "*", Principal="*")))},
    ),
    Case(
        "F104",
        "managed policy",
        {"R": of("AWS::IAM::Role", ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])},
        ("R: 'arn:aws:' names the partition",),
    ),
    Case(
        "F104",
        "in an output, joined",
        {
            "Resources": {},
            "Outputs": {"O": {"Value": {"Fn::Join": [":", ["arn", "aws", "s3", "", "", "b"]]}}},
        },
        (": 'arn:aws:' names the partition",),
    ),
    Case(
        "F104", "pseudo parameter", role(allow("s3:GetObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::b/*"}))
    ),
    Case(
        "F105",
        "in an ARN",
        role(allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:q")),
        ("R: '123456789012' is an account's id",),
    ),
    Case(
        "F105",
        "as a principal",
        {"P": bucket_policy(allow("s3:GetObject", Principal={"AWS": "123456789012"}))},
        ("P: '123456789012' is an account's id",),
    ),
    Case("F105", "pseudo parameter", role(allow("x:Y", {"Fn::Sub": "arn:aws:sqs:x:${AWS::AccountId}:q"}))),
    Case("F105", "a number that is none", {"F": of("X::Y::Z", Build="2026112300001234", Size=123456789012)}),
    Case(
        "F106",
        "in an ARN",
        role(allow("sqs:SendMessage", {"Fn::Sub": "arn:aws:sqs:us-gov-west-1:${AWS::AccountId}:q"})),
        ("R: 'us-gov-west-1' is a region",),
    ),
    Case(
        "F106",
        "in a host name",
        secret("QUEUE", "https://sqs.eu-west-1.amazonaws.com/q"),
        ("F: 'eu-west-1' is a region",),
    ),
    Case("F106", "pseudo parameter", role(allow("x:Y", {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:1:q"}))),
    Case("F106", "where there is only one", role(allow("x:Y", "arn:aws:acm:us-east-1:1:certificate/c"))),
    Case(
        "F111",
        "ipv4",
        {"I": ingress(port=22, CidrIp=ANYWHERE)},
        ("I: lets in the internet (tcp 22, 0.0.0.0/0)",),
    ),
    Case("F111", "ipv6", {"I": ingress(CidrIpv6="::/0")}, ("I: lets in the internet (tcp 443, ::/0)",)),
    Case(
        "F111",
        "inline",
        {"G": of("AWS::EC2::SecurityGroup", SecurityGroupIngress=[{"CidrIp": ANYWHERE, "IpProtocol": "-1"}])},
        ("G: lets in the internet (every port",),
    ),
    Case(
        "F111",
        "internal load balancer",
        {"L": balancer("internal"), "G": GROUP, "I": ingress({"Ref": "G"}, CidrIp=ANYWHERE)},
        ("I: lets in the internet",),
    ),
    Case(
        "F111",
        "another port of a public load balancer",
        {"L": balancer("internet-facing"), "G": GROUP, "I": ingress({"Ref": "G"}, 8080, CidrIp=ANYWHERE)},
        ("I: lets in the internet (tcp 8080",),
    ),
    Case(
        "F111",
        "public load balancer",
        {
            "L": balancer("internet-facing"),
            "G": GROUP,
            "I": ingress({"Fn::GetAtt": "G.GroupId"}, 80, CidrIp=ANYWHERE),
        },
    ),
    Case("F107", "short", role(*[allow("kinesis:PutRecord")] * 5)),
    Case(
        "F107",
        "inline",
        role(*[allow("kinesis:PutRecord")] * 80),
        ("R: has policies of about 11,398 characters, IAM takes 10,240; split the component",),
    ),
    Case("F114", "few", {"G": full(60)}),
    Case(
        "F114",
        "inline",
        {"G": full(61)},
        ("G: has 61 rules of SecurityGroupIngress, AWS takes 60; split the component",),
    ),
    Case(
        "F114",
        "standalone",
        {"G": full(60), "I": ingress({"Fn::GetAtt": ["G", "GroupId"]}, CidrIp="10.0.0.0/16")},
        ("G: has 61 rules of SecurityGroupIngress, AWS takes 60; split the component",),
    ),
    Case("F111", "private network", {"I": ingress(CidrIp="10.0.0.0/16")}),
    Case("F112", "silent", {"G": of("AWS::EC2::SecurityGroup")}, ("G: has no egress rule",)),
    Case(
        "F112",
        "empty",
        {"G": of("AWS::EC2::SecurityGroup", SecurityGroupEgress=[])},
        ("G: has no egress rule",),
    ),
    Case("F112", "closed", {"G": GROUP}),
    Case(
        "F113",
        "zonal properties",
        {
            "N": of(
                "AWS::EC2::NatGateway", AvailabilityMode="regional", SubnetId="s", ConnectivityType="private"
            )
        },
        (
            "N: SubnetId does not belong",
            "N: a regional NAT gateway needs VpcId",
            "N: a regional NAT gateway cannot",
        ),
    ),
    Case("F113", "regional", {"N": of("AWS::EC2::NatGateway", AvailabilityMode="regional", VpcId="v")}),
    Case("F113", "zonal", {"N": of("AWS::EC2::NatGateway", SubnetId="s", AllocationId="a")}),
    Case("F121", "access key", secret("ID", "AKIAIOSFODNN7EXAMPLE"), ("F: looks like an AWS access key",)),
    Case(
        "F121",
        "private key",
        secret("K", "-----BEGIN RSA PRIVATE KEY-----\nx"),
        ("F: looks like a private key",),
    ),
    Case(
        "F121",
        "url",
        secret("DB", {"Fn::Sub": "postgres://app:hunter2@${H}/x"}),
        ("F: looks like a password in",),
    ),
    Case("F121", "by name", secret("DB_PASSWORD", "hunter2"), ("F: DB_PASSWORD is given as text",)),
    Case(
        "F121",
        "property",
        {"D": of("AWS::RDS::DBCluster", MasterUserPassword="x")},
        ("D: MasterUserPassword is",),
    ),
    Case(
        "F121",
        "variable of a container",
        {
            "T": of(
                "AWS::ECS::TaskDefinition",
                ContainerDefinitions=[{"Environment": [{"Name": "API_KEY", "Value": "x"}]}],
            )
        },
        ("T: API_KEY is given as text",),
    ),
    Case(
        "F121",
        "output and parameter",
        {
            "Resources": {},
            "Outputs": {"AdminPassword": {"Value": "hunter2"}},
            "Parameters": {"ApiToken": {"Type": "String", "Default": "x"}},
        },
        (": AdminPassword is given as text", ": ApiToken is given as text"),
    ),
    Case(
        "F121",
        "code",
        {"F": of("AWS::Lambda::Function", Code={"ZipFile": "password = 'correct-horse'"})},
        ("F: looks like a password in code",),
    ),
    Case("F121", "reference", secret("DB_PASSWORD", {"Ref": "Secret"})),
    Case("F121", "resolved", secret("TOKEN", "{{resolve:secretsmanager:x}}")),
    Case("F121", "its ARN", secret("DB_SECRET", {"Fn::Sub": "arn:${AWS::Partition}:secretsmanager:x"})),
    Case(
        "F121",
        "only similar",
        {"C": of("X::Y::Z", HttpTokens="required", AccessToken="hours", TokenKeyId="a")},
    ),
    Case(
        "F121",
        "named by a function",
        {"T": of("X::Y::Z", Environment=[{"Name": {"Ref": "Password"}, "Value": "x"}])},
    ),
    Case("F121", "url without a password", secret("URL", "https://example.com:443/a@b")),
    Case(
        "F122",
        "variable",
        secret("TOKEN", {"Fn::Sub": "{{resolve:secretsmanager:${S}}}"}),
        ("F: a secret is resolved into Environment",),
    ),
    Case(
        "F122",
        "output",
        {"Resources": {}, "Outputs": {"O": {"Value": "{{resolve:ssm-secure:x:1}}"}}},
        (": a secret is resolved into Outputs",),
    ),
    Case(
        "F122",
        "property",
        {"D": of("AWS::RDS::DBCluster", MasterUserPassword="{{resolve:secretsmanager:x}}")},
    ),
    Case("F122", "plain parameter", secret("X", "{{resolve:ssm:x:1}}")),
    Case(
        "F123",
        "stream",
        {"S": of("AWS::Kinesis::Stream")},
        ("S: data at rest are not encrypted; set StreamEnc",),
    ),
    Case("F123", "queue", {"Q": of("AWS::SQS::Queue", SqsManagedSseEnabled=False)}, ("Q: data at rest",)),
    Case(
        "F123", "database", {"D": of("AWS::RDS::DBCluster", StorageEncrypted="false")}, ("D: data at rest",)
    ),
    Case("F123", "topic in production", {"T": of("AWS::SNS::Topic")}, ("T: data at rest",), "production"),
    Case("F123", "firehose", {"H": of("AWS::KinesisFirehose::DeliveryStream")}, ("H: data at rest",)),
    Case("F123", "topic elsewhere", {"T": of("AWS::SNS::Topic")}),
    Case("F123", "queue with a key", {"Q": of("AWS::SQS::Queue", KmsMasterKeyId={"Ref": "Key"})}),
    Case("F123", "switched by a parameter", {"F": of("AWS::EFS::FileSystem", Encrypted={"Ref": "On"})}),
    Case("F123", "member of a cluster", {"D": of("AWS::RDS::DBInstance", DBClusterIdentifier={"Ref": "C"})}),
    Case("F124", "production", {"G": of("AWS::Logs::LogGroup")}, ("G: is not encrypted",), "production"),
    Case("F124", "dev", {"G": of("AWS::Logs::LogGroup")}),
    Case("F124", "with a key", {"G": of("AWS::Logs::LogGroup", KmsKeyId={"Ref": "Key"})}, (), "production"),
    Case(
        "F125",
        "one switch off",
        {"B": of("AWS::S3::Bucket", PublicAccessBlockConfiguration=CLOSED)},
        ("B: does not block public access; set RestrictPublicBuckets",),
    ),
    Case(
        "F125",
        "nothing",
        {"B": of("AWS::S3::Bucket")},
        ("B: does not block public access; set BlockPublicAcls, ",),
    ),
    Case(
        "F125",
        "closed",
        {
            "B": of(
                "AWS::S3::Bucket", PublicAccessBlockConfiguration=CLOSED | {"RestrictPublicBuckets": "true"}
            )
        },
    ),
    Case("F126", "no policy", {"B": of("AWS::S3::Bucket")}, ("B: may be used without TLS",)),
    Case(
        "F126",
        "another policy",
        {"B": of("AWS::S3::Bucket"), "P": bucket_policy(DENY_PLAIN | {"Effect": "Allow"})},
        ("B: may be used without TLS",),
    ),
    Case("F126", "refused", {"B": of("AWS::S3::Bucket"), "P": bucket_policy(DENY_PLAIN)}),
    Case(
        "F131",
        "none",
        {"S": of("AWS::Kinesis::Stream")},
        ("S: holds data and has no DeletionPolicy and no UpdateReplacePolicy",),
    ),
    Case(
        "F131",
        "one",
        {"S": of("AWS::DynamoDB::Table") | {"DeletionPolicy": "Retain"}},
        ("S: holds data and has no UpdateReplacePolicy",),
    ),
    Case(
        "F131",
        "both",
        {"S": of("AWS::S3::Bucket") | {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}},
    ),
    Case("F131", "no data", {"R": of("AWS::IAM::Role")}),
    Case(
        "F132",
        "deleted",
        {"S": of("AWS::S3::Bucket") | {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}},
        ("S: DeletionPolicy Delete loses the data", "S: UpdateReplacePolicy Delete loses the data"),
        "production",
    ),
    Case(
        "F132",
        "kept",
        {
            "S": of("AWS::S3::Bucket")
            | {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
        },
        (),
        "production",
    ),
    Case("F132", "dev", {"S": of("AWS::S3::Bucket") | {"DeletionPolicy": "Delete"}}),
    Case("F141", "role", {"R": of("AWS::IAM::Role", RoleName="r")}, ("R: RoleName is fixed",)),
    Case(
        "F141",
        "target group",
        {"T": of("AWS::ElasticLoadBalancingV2::TargetGroup", Name={"Fn::Sub": "${AWS::StackName}-t"})},
        ("T: Name is fixed",),
    ),
    Case("F141", "left out", {"R": of("AWS::IAM::Role", Path="/")}),
    Case("F141", "must be known", {"A": of("AWS::CloudWatch::Alarm", AlarmName="a")}),
    Case(
        "F142",
        "long",
        {"T": of("AWS::ElasticLoadBalancingV2::TargetGroup", Name="t" * 33)},
        (f"T: '{'t' * 33}' has 33 characters",),
    ),
    Case("F142", "short", {"T": of("AWS::ElasticLoadBalancingV2::LoadBalancer", Name="t" * 32)}),
    Case("F142", "unknown", {"T": of("AWS::ElasticLoadBalancingV2::TargetGroup", Name={"Ref": "N"})}),
    Case("F143", "none", {"S": of("AWS::Kinesis::Stream")}, ("S: lacks the tags environment, platform",)),
    Case("F143", "one", {"S": of("AWS::SQS::Queue", Tags=TAGS[:1])}, ("S: lacks the tags environment",)),
    Case("F143", "by another name", {"F": of("AWS::EFS::FileSystem", Tags=TAGS)}, ("F: lacks the tags",)),
    Case("F143", "list", {"F": of("AWS::EFS::FileSystem", FileSystemTags=TAGS)}),
    Case("F143", "map", {"A": of("AWS::ApiGatewayV2::Api", Tags={"platform": "shop", "environment": "dev"})}),
    Case("F143", "takes none", {"R": of("AWS::EC2::Route"), "C": of("Custom::Thing")}),
    Case(
        "F151", "both", SCALED | {"S": of("AWS::ECS::Service", DesiredCount=2)}, ("S: DesiredCount undoes",)
    ),
    Case("F151", "scaled", SCALED),
    Case("F151", "fixed", {"S": of("AWS::ECS::Service", DesiredCount=2)}),
    Case(
        "F152",
        "both",
        {"S": of("AWS::ECS::Service", LaunchType="FARGATE", CapacityProviderStrategy=[])},
        ("S: LaunchType cannot be",),
    ),
    Case("F152", "one", {"S": of("AWS::ECS::Service", LaunchType="FARGATE")}),
    Case(
        "F153",
        "on demand",
        {"S": of("AWS::Kinesis::Stream", StreamModeDetails={"StreamMode": "ON_DEMAND"}, ShardCount=2)},
        ("S: a stream on demand takes no ShardCount",),
    ),
    Case(
        "F153",
        "provisioned",
        {"S": of("AWS::Kinesis::Stream", StreamModeDetails={"StreamMode": "PROVISIONED"})},
        ("S: a provisioned stream needs a ShardCount",),
    ),
    Case("F153", "count only", {"S": of("AWS::Kinesis::Stream", ShardCount=2)}),
    Case("F153", "neither", {"S": of("AWS::Kinesis::Stream", StreamModeDetails={"StreamMode": "ON_DEMAND"})}),
    Case(
        "F154", "off the grid", aurora(MinCapacity=0.3, MaxCapacity=2), ("D: 0.3 ACU is not a step of 0.5",)
    ),
    Case(
        "F154", "upside down", aurora(MinCapacity=4, MaxCapacity=2), ("D: 4 ACU is more than the maximum, 2",)
    ),
    Case("F154", "too low", aurora(MinCapacity=0, MaxCapacity=0.5), ("D: 0.5 ACU is less than the lowest",)),
    Case("F154", "too high", aurora(MinCapacity=0, MaxCapacity=257), ("D: 257 ACU is not a step",)),
    Case(
        "F154",
        "pause",
        aurora(MinCapacity=0.5, MaxCapacity=2, SecondsUntilAutoPause=100),
        ("D: 100 seconds is not between 300 and 86400", "D: only a cluster whose minimum is 0 can pause"),
    ),
    Case("F154", "fits", aurora(MinCapacity=0, MaxCapacity=2.5, SecondsUntilAutoPause=300)),
    Case("F154", "unknown", aurora(MinCapacity={"Ref": "Low"}, MaxCapacity={"Ref": "High"})),
    Case("F154", "not serverless", {"D": of("AWS::RDS::DBCluster")}),
    Case(
        "F155",
        "long",
        {"I": of("AWS::ApiGatewayV2::Integration", TimeoutInMillis=60000)},
        ("I: 60000 ms is not",),
    ),
    Case("F155", "fits", {"I": of("AWS::ApiGatewayV2::Integration", TimeoutInMillis=29000)}),
    Case("F155", "default", {"I": of("AWS::ApiGatewayV2::Integration")}),
    Case(
        "F156",
        "too early",
        lifecycle("elastic", TransitionToArchive=30, TransitionToIA=30),
        ("F: archives after 30 days",),
    ),
    Case("F156", "bursting", lifecycle("bursting", TransitionToArchive=90), ("F: archives, which takes",)),
    Case("F156", "later", lifecycle("elastic", TransitionToIA=30, TransitionToArchive=90)),
    Case("F156", "no archive", lifecycle("bursting", TransitionToIA=30)),
    Case(
        "F157",
        "one node",
        cache(AutomaticFailoverEnabled=True, NumCacheClusters=1),
        ("C: failover needs two nodes",),
    ),
    Case("F157", "zones", cache(MultiAZEnabled="true"), ("C: several zones need",)),
    Case("F157", "token", cache(AuthToken={"Ref": "T"}), ("C: AuthToken needs",)),
    Case(
        "F157",
        "fits",
        cache(
            AutomaticFailoverEnabled=True,
            MultiAZEnabled=True,
            NumCacheClusters=2,
            TransitEncryptionEnabled=True,
            UserGroupIds=["u"],
        ),
    ),
    Case(
        "F161",
        "no action",
        {"A": of("AWS::CloudWatch::Alarm", AlarmDescription="x")},
        ("A: the alarm tells nobody",),
    ),
    Case(
        "F161",
        "no description",
        {"A": of("AWS::CloudWatch::CompositeAlarm", AlarmActions=[{"Ref": "T"}])},
        ("A: the alarm does not say what is wrong",),
    ),
    Case("F161", "both", {"A": of("AWS::CloudWatch::Alarm", **ALARM)}),
    Case("F171", "for ever", {"G": of("AWS::Logs::LogGroup")}, ("G: keeps logs for ever",)),
    Case("F171", "a week", {"G": of("AWS::Logs::LogGroup", RetentionInDays=7)}),
    Case(
        "F172",
        "id",
        {"K": of("AWS::KMS::Key"), "G": of("AWS::Logs::LogGroup", KmsKeyId={"Ref": "K"})},
        ("G: KmsKeyId must be the key's ARN",),
    ),
    Case("F172", "alias", {"G": of("AWS::Logs::LogGroup", KmsKeyId="alias/x")}, ("G: KmsKeyId must be",)),
    Case(
        "F172",
        "ARN",
        {"K": of("AWS::KMS::Key"), "G": of("AWS::Logs::LogGroup", KmsKeyId={"Fn::GetAtt": ["K", "Arn"]})},
    ),
    Case("F172", "none", {"G": of("AWS::Logs::LogGroup")}),
    Case(
        "W301",
        "resources",
        {f"R{number}": of("AWS::IAM::Role") for number in range(450)},
        (": the layer0 stack has 450 of 500 resources",),
    ),
    Case(
        "W301",
        "outputs",
        {"Resources": {}, "Outputs": {f"O{number}": {"Value": "x"} for number in range(180)}},
        (": the layer0 stack has 180 of 200 outputs",),
    ),
    Case("W301", "bytes", {"R": of("X::Y::Z", Text="x" * 900_000)}, (": the layer0 template has 900",)),
    Case("W301", "roomy", {f"R{number}": of("AWS::IAM::Role") for number in range(449)}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_finds_what_it_is_for_and_nothing_else(case: Case) -> None:
    hits = found(case.rule, assembly(case.template, profile=case.profile))
    assert len(hits) == len(case.found), hits
    for hit, expected in zip(hits, case.found, strict=True):
        assert f"{hit.logical_id}: {hit.message}".startswith(expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_points_into_the_template(case: Case) -> None:
    compiled = assembly(case.template, profile=case.profile)
    for hit in found(case.rule, compiled):
        place: Any = compiled.stacks[0].template
        whole = ("Resources", hit.logical_id, *hit.path) if hit.logical_id else hit.path
        for key in whole[:-1]:  # the last part may be what is missing
            place = place[key]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_case_that_fails_and_one_that_passes(rule: str) -> None:
    outcomes = {bool(case.found) for case in CASES if case.rule == rule}
    assert outcomes == {True, False} or rule in ABOUT_ASSEMBLIES


def test_a_region_that_nobody_knows_is_told_once() -> None:
    compiled = replace(assembly({}, {}), region="eu-west-9")
    first, second = (list(RULES["F181"].check(Subject(stack, compiled))) for stack in compiled.stacks)
    assert [hit.message for hit in first] == [
        "'eu-west-9' is not a region that cfn-lint knows; linted as us-east-1"
    ]
    assert second == []
    one, two = compiled.stacks
    elsewhere = replace(compiled, region="eu-west-1", stacks=(one, replace(two, region="eu-west-9")))
    hits = [list(RULES["F181"].check(Subject(stack, elsewhere))) for stack in elsewhere.stacks]
    assert [len(found) for found in hits] == [0, 1]
    tagged = {"S": of("AWS::Kinesis::Stream")}
    assert found("F143", replace(assembly(tagged), region="eu-west-9"))


def test_a_secret_is_never_repeated() -> None:
    for case in CASES:
        if case.rule == "F121":
            for hit in found("F121", assembly(case.template)):
                assert "hunter2" not in hit.message
                assert "AKIA" not in hit.message


def test_a_balancers_group_may_be_in_another_stack() -> None:
    network = {"Resources": {"G": GROUP}, "Outputs": {"Group": {"Value": {"Fn::GetAtt": ["G", "GroupId"]}}}}
    wires = {"Group": Wire("s0", "Group")}
    public = of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Scheme="internet-facing",
        SecurityGroups=[{"Ref": "Group"}],
    )
    opened = ingress({"Ref": "Group"}, CidrIp=ANYWHERE)
    assert not found("F111", assembly(network, {"L": public, "I": opened}, wires=wires))
    assert found("F111", assembly(network, {"I": opened}, wires=wires))


def test_a_key_may_be_in_another_stack() -> None:
    def foundation(value: Any) -> Template:
        return {"Resources": {"K": of("AWS::KMS::Key")}, "Outputs": {"Key": {"Value": value}}}

    logs = {"G": of("AWS::Logs::LogGroup", KmsKeyId={"Ref": "Key"})}
    wires = {"Key": Wire("s0", "Key")}
    assert found("F172", assembly(foundation({"Ref": "K"}), logs, wires=wires))
    assert not found("F172", assembly(foundation({"Fn::GetAtt": ["K", "Arn"]}), logs, wires=wires))


def test_what_comes_from_outside_the_assembly_is_not_judged() -> None:
    logs = {"G": of("AWS::Logs::LogGroup", KmsKeyId={"Ref": "Key"})}
    assert not found("F172", assembly(logs, wires={"Key": Wire("bootstrap", "Key")}))
