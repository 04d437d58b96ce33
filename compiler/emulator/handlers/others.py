"""Types of second-region and governance templates: some real, the others recorded under plausible ids."""

import json
import uuid
from collections.abc import Callable

from handlers.calls import (
    Handler,
    Properties,
    Result,
    client,
    handler,
    new_id,
    physical_name,
    picked,
    recorded,
)


def _put_role_policy(_logical_id: str, properties: Properties, _stack: str) -> Result:
    document = json.dumps(properties["PolicyDocument"])
    given = picked(properties, "RoleName", "PolicyName")
    client("iam").put_role_policy(**given, PolicyDocument=document)
    return f"{properties['PolicyName']}|{properties['RoleName']}", {}


def _delete_role_policy(_policy_id: str, properties: Properties) -> None:
    client("iam").delete_role_policy(**picked(properties, "RoleName", "PolicyName"))


def _create_oidc_provider(_logical_id: str, properties: Properties, _stack: str) -> Result:
    clients = properties.get("ClientIdList", [])
    given = picked(properties, "Url", "ThumbprintList")
    made = client("iam").create_open_id_connect_provider(**given, ClientIDList=clients)
    return made["OpenIDConnectProviderArn"], {"Arn": made["OpenIDConnectProviderArn"]}


def _update_oidc_provider(arn: str, _old: Properties, new: Properties) -> Result:
    """The emulator can only make one anew; its ARN is that of its URL, so it stays."""
    _delete_oidc_provider(arn, new)
    return _create_oidc_provider("", new, "")


def _delete_oidc_provider(arn: str, _properties: Properties) -> None:
    client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def _create_global_cluster(logical_id: str, properties: Properties, stack: str) -> Result:
    name = properties.get("GlobalClusterIdentifier") or physical_name(
        stack, logical_id, lowercase=True, max_len=63
    )
    given = picked(properties, "Engine", "EngineVersion", "SourceDBClusterIdentifier", "DeletionProtection")
    client("rds").create_global_cluster(GlobalClusterIdentifier=name, **given)
    return name, {}


def _update_global_cluster(name: str, _old: Properties, new: Properties) -> Result:
    given = picked(new, "DeletionProtection", "EngineVersion")
    client("rds").modify_global_cluster(GlobalClusterIdentifier=name, **given)
    return name, {}


def _delete_global_cluster(name: str, properties: Properties) -> None:
    rds = client("rds")
    if source := properties.get("SourceDBClusterIdentifier"):
        rds.remove_from_global_cluster(GlobalClusterIdentifier=name, DbClusterIdentifier=source)
    rds.delete_global_cluster(GlobalClusterIdentifier=name)


def _replica_key(_logical_id: str, properties: Properties, _stack: str) -> Result:
    return properties["PrimaryKeyArn"].rsplit("/", 1)[-1], {}


def _replica_key_attributes(key_id: str, properties: Properties) -> dict[str, str]:
    from ministack.core.responses import get_region

    parts = properties["PrimaryKeyArn"].split(":")
    return {"KeyId": key_id, "Arn": ":".join([*parts[:3], get_region(), *parts[4:]])}


def _create_archive(logical_id: str, properties: Properties, stack: str) -> Result:
    name = properties.get("ArchiveName") or physical_name(stack, logical_id, max_len=48)
    made = client("events").create_archive(
        ArchiveName=name, EventSourceArn=properties["SourceArn"], **_of_archive(properties)
    )
    return name, {"Arn": made["ArchiveArn"], "ArchiveName": name}


def _update_archive(name: str, _old: Properties, new: Properties) -> Result:
    made = client("events").update_archive(ArchiveName=name, **_of_archive(new))
    return name, {"Arn": made["ArchiveArn"], "ArchiveName": name}


def _delete_archive(name: str, _properties: Properties) -> None:
    client("events").delete_archive(ArchiveName=name)


def _of_archive(properties: Properties) -> Properties:
    given = picked(properties, "Description", "KmsKeyIdentifier")
    # CloudFormation may give it as a text.
    days = {"RetentionDays": int(properties["RetentionDays"])} if "RetentionDays" in properties else {}
    pattern = properties.get("EventPattern")
    return given | days | ({"EventPattern": json.dumps(pattern)} if pattern else {})


def _recorded(prefix: str, attribute: str | None = None) -> Handler:
    """A recorded type whose Ref is a fresh id, also offered as `attribute`."""
    return recorded(
        lambda _logical_id, _properties, _stack: (new_id(prefix), {}),
        lambda physical_id, _properties: {attribute: physical_id} if attribute else {},
    )


def _recorded_name(attribute: str | None = None) -> Handler:
    return recorded(
        lambda logical_id, _properties, stack: (physical_name(stack, logical_id), {}),
        lambda physical_id, _properties: {attribute: physical_id} if attribute else {},
    )


def _recorded_chat(kind: str) -> Handler:
    """A recorded chat channel, whose Ref is its ARN; chats are not of a region."""

    def identify(_logical_id: str, properties: Properties, _stack: str) -> Result:
        from ministack.core.responses import get_account_id

        name = properties["ConfigurationName"]
        return f"arn:aws:chatbot::{get_account_id()}:chat-configuration/{kind}/{name}", {}

    return recorded(identify, lambda arn, _properties: {"Arn": arn})


def _recorded_trace(kind: str, attribute: str, name: Callable[[Properties], str]) -> Handler:
    """A recorded type of X-Ray, whose Ref is its ARN."""

    def identify(_logical_id: str, properties: Properties, _stack: str) -> Result:
        from ministack.core.responses import get_account_id, get_region

        return f"arn:aws:xray:{get_region()}:{get_account_id()}:{kind}/{name(properties)}", {}

    return recorded(identify, lambda arn, _properties: {attribute: arn})


HANDLERS: dict[str, Handler] = {
    "AWS::IAM::RolePolicy": handler(
        _put_role_policy, lambda _policy, _old, new: _put_role_policy("", new, ""), _delete_role_policy
    ),
    "AWS::IAM::OIDCProvider": handler(_create_oidc_provider, _update_oidc_provider, _delete_oidc_provider),
    "AWS::RDS::GlobalCluster": handler(
        _create_global_cluster, _update_global_cluster, _delete_global_cluster
    ),
    "AWS::Events::Archive": handler(_create_archive, _update_archive, _delete_archive),
    "AWS::KMS::ReplicaKey": recorded(_replica_key, _replica_key_attributes),
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": _recorded_chat("microsoft-teams-configuration"),
    "AWS::Chatbot::SlackChannelConfiguration": _recorded_chat("slack-channel"),
    "AWS::XRay::Group": _recorded_trace("group", "GroupARN", lambda given: given["GroupName"]),
    "AWS::XRay::SamplingRule": _recorded_trace(
        "sampling-rule", "RuleARN", lambda given: given["SamplingRule"]["RuleName"]
    ),
    "AWS::ApiGatewayV2::Deployment": _recorded("deployment", "DeploymentId"),
    "AWS::Budgets::Budget": _recorded_name(),
    "AWS::CloudWatch::AnomalyDetector": _recorded("anomaly", "Id"),
    "AWS::ElastiCache::GlobalReplicationGroup": _recorded("sgaui", "GlobalReplicationGroupId"),
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": _recorded("certificate", "Id"),
    "AWS::Kinesis::ResourcePolicy": recorded(
        lambda _logical_id, properties, _stack: (properties["ResourceArn"], {}), lambda _arn, _properties: {}
    ),
    "AWS::Logs::QueryDefinition": recorded(
        lambda _logical_id, _properties, _stack: (str(uuid.uuid4()), {}),
        lambda query, _properties: {"QueryDefinitionId": query},
    ),
    "AWS::Route53::HealthCheck": recorded(
        lambda _logical_id, _properties, _stack: (str(uuid.uuid4()), {}),
        lambda check, _properties: {"HealthCheckId": check},
    ),
    "AWS::SNS::TopicInlinePolicy": _recorded_name("Id"),
    "AWS::SQS::QueueInlinePolicy": _recorded_name("Id"),
    "AWS::WAFv2::LoggingConfiguration": recorded(
        lambda _logical_id, properties, _stack: (properties["ResourceArn"], {}), lambda _arn, _properties: {}
    ),
    "AWS::WAFv2::WebACLAssociation": recorded(
        lambda _logical_id, properties, _stack: (
            f"{properties['WebACLArn']}|{properties['ResourceArn']}",
            {},
        ),
        lambda _association, _properties: {},
    ),
}
REPLACING = {
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": ("ConfigurationName", "TeamId", "TeamsTenantId"),
    "AWS::Chatbot::SlackChannelConfiguration": ("ConfigurationName", "SlackWorkspaceId"),
    "AWS::IAM::OIDCProvider": ("Url",),
    "AWS::IAM::RolePolicy": ("PolicyName", "RoleName"),
    "AWS::RDS::GlobalCluster": ("Engine", "GlobalClusterIdentifier", "SourceDBClusterIdentifier"),
    "AWS::Events::Archive": ("ArchiveName", "SourceArn"),
    "AWS::KMS::ReplicaKey": ("PrimaryKeyArn",),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
    "AWS::WAFv2::LoggingConfiguration": ("ResourceArn",),
    "AWS::WAFv2::WebACLAssociation": ("ResourceArn", "WebACLArn"),
}
