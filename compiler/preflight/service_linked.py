"""Which service-linked roles the first use of which types needs, as data.

Source: the page on service-linked roles in each service's guide, as of 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Linked:
    """One role, and what needs it."""

    role: str
    service: str  # as iam:CreateServiceLinkedRole takes it
    types: tuple[str, ...]
    key: str = ""  # only resources with this property, and when `value` is set, with that value
    value: str = ""

    def needs(self, properties: Mapping[str, Any]) -> bool:
        """Whether a resource of one of the types needs the role."""
        return not self.key or (self.key in properties and self.value in ("", properties[self.key]))


_SCALING = ("AWS::ApplicationAutoScaling::ScalableTarget",)
_SCALED = (
    ("ECSService", "ecs", "ecs"),
    ("DynamoDBTable", "dynamodb", "dynamodb"),
    ("RDSCluster", "rds", "rds"),
    ("ElastiCacheRG", "elasticache", "elasticache"),
    ("LambdaConcurrency", "lambda", "lambda"),
)
ROLES = (
    Linked("AWSServiceRoleForECS", "ecs.amazonaws.com", ("AWS::ECS::Cluster", "AWS::ECS::Service")),
    Linked("AWSServiceRoleForRDS", "rds.amazonaws.com", ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")),
    Linked(
        "AWSServiceRoleForElastiCache",
        "elasticache.amazonaws.com",
        ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache"),
    ),
    Linked(
        "AWSServiceRoleForElasticLoadBalancing",
        "elasticloadbalancing.amazonaws.com",
        ("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    ),
    Linked(
        "AWSServiceRoleForAPIGateway",
        "ops.apigateway.amazonaws.com",
        ("AWS::ApiGatewayV2::VpcLink", "AWS::ApiGatewayV2::DomainName"),
    ),
    Linked(
        "AWSServiceRoleForAmazonElasticFileSystem",
        "elasticfilesystem.amazonaws.com",
        ("AWS::EFS::FileSystem",),
    ),
    Linked("AWSServiceRoleForBackup", "backup.amazonaws.com", ("AWS::Backup::BackupSelection",)),
    Linked("AWSServiceRoleForWAFV2Logging", "wafv2.amazonaws.com", ("AWS::WAFv2::LoggingConfiguration",)),
    Linked(
        "AWSServiceRoleForAWSChatbot",
        "management.chatbot.amazonaws.com",
        ("AWS::Chatbot::SlackChannelConfiguration", "AWS::Chatbot::MicrosoftTeamsChannelConfiguration"),
    ),
    Linked(
        "AWSServiceRoleForKeyManagementServiceMultiRegionKeys",
        "mrk.kms.amazonaws.com",
        ("AWS::KMS::ReplicaKey",),
    ),
    *(
        Linked(
            f"AWSServiceRoleForApplicationAutoScaling_{name}",
            f"{service}.application-autoscaling.amazonaws.com",
            _SCALING,
            "ServiceNamespace",
            namespace,
        )
        for name, service, namespace in _SCALED
    ),
)
