"""Resource type -> the IAM actions that CloudFormation takes to make, change, read and delete one.

The facts are `handlers.*.permissions` and `tagging.permissions` of the provider schemas that cfn-lint
bundles, and what is known to be amiss in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.permissions.authorization import known
from compiler.review.schemas import provider_schema

CUSTOM = ("AWS::CloudFormation::CustomResource", "Custom::")
PASS_ROLE, LINKED_ROLE = "iam:PassRole", "iam:CreateServiceLinkedRole"

# Handlers name some actions as no IAM policy knows them: what they are called there. Others that no policy
# knows are left out: a policy that named them would allow nothing by it.
# Source: Service Authorization Reference, 2026, against the provider schemas of 2026-10-20.
CALLED = {
    "backup-storage:Mount": ("backup-storage:MountCapsule",),
    "kms:ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    "s3:DeleteBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "s3:DeleteBucketCors": ("s3:PutBucketCORS",),
    "s3:DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "s3:DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:DeleteBucketTagging": ("s3:PutBucketTagging",),
    "s3:PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
}
# What handlers ask for, for what a type can also do and Formwork's kinds never have it do.
# Source: the kinds: an alias moves all at once, listeners sign nobody in, secrets belong to Aurora alone, a
# web ACL guards a load balancer, and so on.
UNUSED = {
    "AWS::DynamoDB::Table": frozenset({"s3"}),
    "AWS::EC2::VPCEndpoint": frozenset({"vpc-lattice", "vpce"}),
    "AWS::ElasticLoadBalancingV2::Listener": frozenset({"cognito-idp"}),
    "AWS::ElasticLoadBalancingV2::ListenerRule": frozenset({"cognito-idp"}),
    "AWS::Lambda::Alias": frozenset({"codedeploy"}),
    "AWS::Lambda::Function": frozenset({"s3files"}),
    "AWS::S3::Bucket": frozenset({"s3tables"}),
    "AWS::SecretsManager::SecretTargetAttachment": frozenset(
        {"docdb-elastic", "redshift", "redshift-serverless"}
    ),
    "AWS::WAFv2::WebACLAssociation": frozenset(
        {"amplify", "apprunner", "appsync", "bedrock-agentcore", "cognito-idp", "ec2"}
    ),
}
# The service-linked roles that making the first of a type makes; CloudFormation must be allowed to.
# Source: IAM user guide, "AWS services that work with IAM", and the pages on service-linked roles of each
# service, 2026.
LINKED = {
    "AWS::ApiGatewayV2::DomainName": ("ops.apigateway.amazonaws.com",),
    "AWS::ApiGatewayV2::VpcLink": ("ops.apigateway.amazonaws.com",),
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "dynamodb.application-autoscaling.amazonaws.com",
        "ecs.application-autoscaling.amazonaws.com",
        "rds.application-autoscaling.amazonaws.com",
    ),
    "AWS::Backup::BackupSelection": ("backup.amazonaws.com",),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": ("management.chatbot.amazonaws.com",),
    "AWS::Chatbot::SlackChannelConfiguration": ("management.chatbot.amazonaws.com",),
    "AWS::DynamoDB::Table": (
        "contributorinsights.dynamodb.amazonaws.com",
        "kinesisreplication.dynamodb.amazonaws.com",
        "replication.dynamodb.amazonaws.com",
    ),
    "AWS::EC2::FlowLog": ("delivery.logs.amazonaws.com",),
    "AWS::ECS::Cluster": ("ecs.amazonaws.com",),
    "AWS::ECS::Service": ("ecs.amazonaws.com",),
    "AWS::EFS::FileSystem": ("elasticfilesystem.amazonaws.com",),
    "AWS::ElastiCache::ParameterGroup": ("elasticache.amazonaws.com",),
    "AWS::ElastiCache::ReplicationGroup": ("elasticache.amazonaws.com",),
    "AWS::ElastiCache::ServerlessCache": ("elasticache.amazonaws.com",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elasticloadbalancing.amazonaws.com",),
    "AWS::RDS::DBCluster": ("rds.amazonaws.com",),
    "AWS::RDS::DBClusterParameterGroup": ("rds.amazonaws.com",),
    "AWS::RDS::DBInstance": ("rds.amazonaws.com",),
    "AWS::RDS::DBProxy": ("rds.amazonaws.com",),
    "AWS::RDS::DBSubnetGroup": ("rds.amazonaws.com",),
    "AWS::WAFv2::LoggingConfiguration": ("wafv2.amazonaws.com",),
}
# What handlers do not say and the service asks for all the same.
# Source: API Gateway developer guide, "Configure logging for HTTP APIs", permissions; RDS user guide,
# "Encrypting Amazon RDS resources"; Secrets Manager user guide, "Permissions for the KMS key", 2026.
DELIVERY = tuple(
    f"logs:{name}"
    for name in (
        "CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies",
        "GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery",
    )
)  # fmt: skip
ADDED = {
    "AWS::ApiGatewayV2::Stage": DELIVERY,
    "AWS::RDS::DBCluster": ("kms:CreateGrant", "kms:DescribeKey"),
    "AWS::SecretsManager::Secret": ("kms:Decrypt", "kms:GenerateDataKey"),
}
# Types that CloudFormation makes without a provider, so that no schema tells of handlers.
# Source: Service Authorization Reference, Elastic Load Balancing V2, 2026.
WITHOUT_HANDLERS = {
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": (
        "elasticloadbalancing:AddListenerCertificates",
        "elasticloadbalancing:DescribeListenerCertificates",
        "elasticloadbalancing:RemoveListenerCertificates",
    ),
}


# What read handlers ask for that gives more than how a resource is set up.
# Source: Service Authorization Reference, 2026.
CONTENTS = frozenset(
    {
        *("kms:Decrypt", "s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue"),
        *("ssm:GetParameter", "ssm:GetParameters", "dynamodb:GetItem", "kinesis:GetRecords"),
    }
)
_LOOKS = re.compile(r"[\w-]+:(Describe|GET|Get|List)")


def actions(resource_type: str) -> frozenset[str] | None:
    """The actions for one type, as IAM knows them; None when nobody says what it takes."""
    if resource_type.startswith(CUSTOM):
        return frozenset({"lambda:InvokeFunction"})
    if resource_type in WITHOUT_HANDLERS:
        return frozenset(WITHOUT_HANDLERS[resource_type])
    found = provider_schema(resource_type)
    if found is None or not found.get("handlers"):
        return None
    listed = {action for handler in found["handlers"].values() for action in handler.get("permissions", ())}
    listed |= set((found.get("tagging") or {}).get("permissions", ()))
    linked = {LINKED_ROLE} if resource_type in LINKED else set()
    return frozenset({*_known(resource_type, listed), *ADDED.get(resource_type, ()), *linked})


def reads(resource_type: str) -> frozenset[str]:
    """The actions that look at one resource of a type, and at nothing that it holds; none of a type without
    handlers.
    """
    found = provider_schema(resource_type) or {}
    listed = ((found.get("handlers") or {}).get("read") or {}).get("permissions", ())
    looking = (action for action in _known(resource_type, listed) if _LOOKS.match(action))
    return frozenset(looking) - CONTENTS


def _known(resource_type: str, listed: Iterable[str]) -> Iterator[str]:
    unused = UNUSED.get(resource_type, frozenset())
    for written in listed:
        for action in CALLED.get(written, (written,)):
            if known(action) and action.partition(":")[0] not in unused:
                yield action
