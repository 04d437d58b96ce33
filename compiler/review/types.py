"""What the review knows about resource types, as data: what holds data, has an address, restarts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from compiler.stateful import STATEFUL

Weight = Literal["routine", "interrupting", "identity"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Types that hold what cannot be made again, beside those that the kinds build. They matter only for resources
# that `Stack.stateful` does not name: raw ones, and those that a change set removes.
_OTHERS = _names(
    """
    AWS::CloudTrail::EventDataStore AWS::Cognito::UserPool
    AWS::DocDB::DBCluster AWS::DynamoDB::GlobalTable AWS::EC2::Volume
    AWS::ECR::Repository AWS::ElastiCache::CacheCluster AWS::ElastiCache::GlobalReplicationGroup
    AWS::FSx::FileSystem AWS::FSx::Volume AWS::KinesisVideo::Stream
    AWS::MSK::Cluster AWS::MSK::ServerlessCluster AWS::MemoryDB::Cluster AWS::Neptune::DBCluster
    AWS::NeptuneGraph::Graph AWS::OpenSearchServerless::Collection AWS::OpenSearchService::Domain
    AWS::Elasticsearch::Domain AWS::RDS::DBInstance AWS::Redshift::Cluster
    AWS::RedshiftServerless::Namespace AWS::S3Express::DirectoryBucket AWS::S3Tables::Table
    AWS::S3Tables::TableBucket AWS::SDB::Domain AWS::Timestream::Database
    AWS::Timestream::InfluxDBInstance AWS::Timestream::Table
    """
)
# The instances of a cluster hold no data of their own.
_MEMBERS = frozenset({"AWS::RDS::DBInstance"})

_ROUTINE: tuple[Weight, Weight] = ("routine", "routine")
_INTERRUPTING: tuple[Weight, Weight] = ("interrupting", "interrupting")
_ADDRESS: tuple[Weight, Weight] = ("identity", "interrupting")

# What a replacement, and a removal, of a type that holds no data means. A type that is in no line is
# `identity` both ways: every new resource has a new ARN, and only knowing the type tells that nobody holds
# the old one.
_WEIGHTS: dict[tuple[Weight, Weight], str] = {
    # Made anew by design, or seen by nobody but the stack itself.
    _ROUTINE: """
    AWS::ApiGateway::Deployment AWS::ApiGatewayV2::Deployment AWS::ApiGatewayV2::Integration
    AWS::ApplicationAutoScaling::ScalableTarget AWS::ApplicationAutoScaling::ScalingPolicy
    AWS::Budgets::Budget AWS::CloudFormation::WaitConditionHandle AWS::CloudWatch::Alarm
    AWS::CloudWatch::AnomalyDetector AWS::CloudWatch::CompositeAlarm AWS::CloudWatch::Dashboard
    AWS::CloudWatch::InsightRule AWS::EC2::FlowLog AWS::EC2::LaunchTemplate
    AWS::EC2::SecurityGroupEgress AWS::EC2::SecurityGroupIngress AWS::ECS::TaskDefinition
    AWS::ElastiCache::ParameterGroup AWS::ElastiCache::SubnetGroup AWS::Events::Rule
    AWS::IAM::GroupPolicy AWS::IAM::ManagedPolicy AWS::IAM::Policy AWS::IAM::RolePolicy
    AWS::IAM::UserPolicy AWS::Lambda::EventInvokeConfig AWS::Lambda::LayerVersion
    AWS::Lambda::LayerVersionPermission AWS::Lambda::Permission AWS::Lambda::Version
    AWS::Logs::MetricFilter AWS::Logs::QueryDefinition AWS::RDS::DBClusterParameterGroup
    AWS::RDS::DBParameterGroup AWS::RDS::DBSubnetGroup AWS::SecretsManager::RotationSchedule
    AWS::SecretsManager::SecretTargetAttachment AWS::WAFv2::LoggingConfiguration AWS::XRay::Group
    AWS::XRay::SamplingRule
    """,
    # Whatever passes through is cut for a while: connections, deliveries, file handles.
    _INTERRUPTING: """
    AWS::ApiGatewayV2::ApiMapping AWS::ApiGatewayV2::Authorizer AWS::ApiGatewayV2::IntegrationResponse
    AWS::ApiGatewayV2::Model AWS::ApiGatewayV2::Route AWS::Backup::BackupPlan AWS::Backup::BackupSelection
    AWS::Chatbot::MicrosoftTeamsChannelConfiguration AWS::Chatbot::SlackChannelConfiguration
    AWS::CloudFormation::CustomResource
    AWS::EC2::EIPAssociation AWS::EC2::Route AWS::EC2::RouteTable AWS::EC2::SubnetRouteTableAssociation
    AWS::EC2::VPCGatewayAttachment AWS::ECS::ClusterCapacityProviderAssociations AWS::ECS::Service
    AWS::EFS::AccessPoint AWS::EFS::MountTarget AWS::ElastiCache::User AWS::ElastiCache::UserGroup
    AWS::ElasticLoadBalancingV2::Listener AWS::ElasticLoadBalancingV2::ListenerCertificate
    AWS::ElasticLoadBalancingV2::ListenerRule AWS::ElasticLoadBalancingV2::TargetGroup
    AWS::Events::EventBusPolicy AWS::IAM::InstanceProfile AWS::Kinesis::StreamConsumer
    AWS::Lambda::EventSourceMapping
    AWS::Logs::LogStream AWS::Logs::ResourcePolicy AWS::Logs::SubscriptionFilter AWS::RDS::DBInstance
    AWS::RDS::DBProxyTargetGroup AWS::S3::BucketPolicy AWS::SNS::Subscription AWS::SNS::TopicPolicy
    AWS::SQS::QueuePolicy AWS::Scheduler::Schedule AWS::SecretsManager::ResourcePolicy
    AWS::ServiceDiscovery::Service AWS::WAFv2::WebACLAssociation
    """,
    # A new one has an address that others may hold; a removed one was used by what is removed with it.
    _ADDRESS: """
    AWS::EC2::InternetGateway AWS::EC2::SecurityGroup AWS::EC2::Subnet AWS::IAM::Role AWS::Lambda::Alias
    """,
}
_BY_TYPE = {name: weights for weights, names in _WEIGHTS.items() for name in names.split()}

# Conditional create-only paths of the schemas that in truth never replace: the user guide calls their updates
# "some interruptions" (CloudFormation template reference, AWS::RDS::DBInstance).
IN_PLACE: dict[str, frozenset[str]] = {
    "AWS::RDS::DBInstance": _names(
        "AutoMinorVersionUpgrade BackupRetentionPeriod DBParameterGroupName MultiAZ"
        " PreferredMaintenanceWindow"
    ),
}

# Paths that may replace when their value changes, and that the schemas do not list. Source: the text of
# AttributeDefinitions in the provider schema AWS::DynamoDB::Table, 2026-10-20.
MAY_REPLACE: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::DynamoDB::Table": (("AttributeDefinitions", "*", "AttributeType"),),
}

# What names a resource whose identifier AWS gives, so that there cannot be two: first the name, then where it
# must be unique. Source: CloudFormation user guide, "Name type", and the API references of the
# services (errors of the create calls), 2026.
NAMES: dict[str, tuple[str, ...]] = {
    "AWS::DocDB::DBCluster": ("DBClusterIdentifier",),
    "AWS::EC2::SecurityGroup": ("GroupName", "VpcId"),
    "AWS::ECS::Service": ("ServiceName", "Cluster"),
    "AWS::EFS::MountTarget": ("FileSystemId", "SubnetId"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Events::Rule": ("Name", "EventBusName"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::Kinesis::StreamConsumer": ("ConsumerName", "StreamARN"),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ("Name", "Vpc"),
    "AWS::ServiceDiscovery::Service": ("Name", "NamespaceId"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
}

# Properties whose change in place restarts, fails over or drops connections, and what to expect.
_RESTARTS = "restarts or fails over, connections drop"
_ANEW = "clients must connect another way"
_MOVES = "connections through it may drop"
INTERRUPTS: dict[str, dict[str, str]] = {
    "AWS::RDS::DBCluster": {
        "EngineVersion Port NetworkType DBInstanceParameterGroupName": _RESTARTS,
        "DBClusterParameterGroupName": "static parameters take effect only after a restart",
        "ManageMasterUserPassword MasterUserPassword MasterUserSecret": "the master credentials change",
        "VpcSecurityGroupIds": _MOVES,
    },
    "AWS::RDS::DBInstance": {
        "AllocatedStorage CACertificateIdentifier DBInstanceClass Engine EngineVersion LicenseModel"
        " NetworkType OptionGroupName Port StorageType": _RESTARTS,
        "DBParameterGroupName": "static parameters take effect only after a restart",
        "ManageMasterUserPassword MasterUserPassword MasterUserSecret": "the master credentials change",
        "VPCSecurityGroups": _MOVES,
    },
    "AWS::RDS::DBParameterGroup": {"Parameters": "static parameters take effect only after a restart"},
    "AWS::RDS::DBClusterParameterGroup": {"Parameters": "static parameters take effect only after a restart"},
    "AWS::ElastiCache::ReplicationGroup": {
        "CacheNodeType Engine EngineVersion ClusterMode": _RESTARTS,
        "CacheParameterGroupName": "some parameters take effect only after a restart",
        "AuthToken UserGroupIds TransitEncryptionEnabled TransitEncryptionMode": _ANEW,
        "SecurityGroupIds": _MOVES,
        "NumNodeGroups": "slots move between shards while clients write",
    },
    "AWS::ElastiCache::CacheCluster": {"CacheNodeType EngineVersion CacheParameterGroupName": _RESTARTS},
    "AWS::ElastiCache::ServerlessCache": {
        "Engine MajorEngineVersion": _RESTARTS,
        "UserGroupId": _ANEW,
        "SecurityGroupIds": _MOVES,
    },
    "AWS::ElastiCache::ParameterGroup": {"Properties": "some parameters take effect only after a restart"},
    "AWS::MemoryDB::Cluster": {"NodeType EngineVersion ParameterGroupName": _RESTARTS},
    "AWS::EFS::MountTarget": {"SecurityGroups": _MOVES},
    "AWS::EC2::Instance": {"InstanceType UserData EbsOptimized": _RESTARTS},
    "AWS::EC2::Route": {
        "GatewayId NatGatewayId NetworkInterfaceId TransitGatewayId VpcEndpointId": _MOVES,
        "VpcPeeringConnectionId": _MOVES,
    },
    "AWS::EC2::VPC": {
        "EnableDnsSupport EnableDnsHostnames": "names inside the network stop resolving as they did"
    },
    "AWS::EC2::VPCEndpoint": {"SubnetIds SecurityGroupIds RouteTableIds PrivateDnsEnabled": _MOVES},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {
        "Subnets SubnetMappings SecurityGroups IpAddressType": _MOVES
    },
    "AWS::ElasticLoadBalancingV2::Listener": {"Port Protocol": _ANEW},
    "AWS::ElasticLoadBalancingV2::ListenerRule": {"Conditions": "requests that it took go elsewhere"},
    "AWS::ApiGatewayV2::Api": {"DisableExecuteApiEndpoint": "the API's own endpoint opens or closes"},
    "AWS::ApiGatewayV2::Route": {"RouteKey": "callers of the old route get 404"},
    "AWS::KMS::Key": {"Enabled": "whatever the key encrypts cannot be read while it is disabled"},
    "AWS::Lambda::EventSourceMapping": {"Enabled": "records wait while it is disabled"},
    "AWS::Events::Rule": {"State": "what it starts stops, or starts again"},
    "AWS::SecretsManager::Secret": {
        "GenerateSecretString SecretString": "a new value; whoever holds the old one must read it again",
    },
    "AWS::OpenSearchService::Domain": {
        "ClusterConfig EngineVersion": "a blue/green deployment of the domain"
    },
    "AWS::MSK::Cluster": {"KafkaVersion BrokerNodeGroupInfo ConfigurationInfo": _RESTARTS},
    "AWS::AmazonMQ::Broker": {"EngineVersion HostInstanceType Configuration": _RESTARTS},
    "AWS::DocDB::DBCluster": {"EngineVersion DBClusterParameterGroupName Port": _RESTARTS},
    "AWS::DocDB::DBInstance": {"DBInstanceClass": _RESTARTS},
    "AWS::Redshift::Cluster": {"NodeType NumberOfNodes ClusterVersion": _RESTARTS},
}

# Attributes that an update in place gives another value, by the property that does it. Sources: DynamoDB
# developer guide, "Change data capture for DynamoDB Streams"; the provider schemas of RDS; 2026-10.
_MASTER: dict[str, tuple[str, ...]] = {
    "ManageMasterUserPassword": ("MasterUserSecret.SecretArn",),
    "Port": ("Endpoint.Port",),
}
MOVED: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": {"StreamSpecification": ("StreamArn",)},
    "AWS::RDS::DBCluster": _MASTER,
    "AWS::RDS::DBInstance": _MASTER,
}


def is_stateful(resource_type: str, properties: Mapping[str, Any]) -> bool:
    """Whether losing such a resource loses data, as far as its type tells."""
    member = resource_type in _MEMBERS and "DBClusterIdentifier" in properties
    return (resource_type in STATEFUL or resource_type in _OTHERS) and not member


def replaced(resource_type: str) -> Weight:
    """What the replacement of a resource without data means."""
    return _weights(resource_type)[0]


def removed(resource_type: str) -> Weight:
    """What the removal of a resource without data means."""
    return _weights(resource_type)[1]


def interruptions(resource_type: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """The changed top-level properties that interrupt, each with what to expect."""
    for properties, effect in INTERRUPTS.get(resource_type, {}).items():
        if hit := sorted(names.intersection(properties.split())):
            yield ", ".join(hit), effect


def _weights(resource_type: str) -> tuple[Weight, Weight]:
    if resource_type.startswith("Custom::"):
        return _INTERRUPTING
    return _BY_TYPE.get(resource_type, ("identity", "identity"))
