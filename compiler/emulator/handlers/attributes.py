"""GetAtt values the emulator lacks or gets wrong: type -> the attributes to add to its own."""

from collections.abc import Callable
from typing import Any

from handlers.calls import Properties

Attributes = Callable[[str, dict[str, Any], Properties], dict[str, Any]]


def _id(physical_id: str, _found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    return {"Id": physical_id}


def _vpc(_vpc_id: str, _found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    return {"CidrBlock": properties.get("CidrBlock", ""), "CidrBlockAssociations": [], "Ipv6CidrBlocks": []}


def _subnet(subnet_id: str, _found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    return {
        "VpcId": properties.get("VpcId", ""),
        "CidrBlock": properties.get("CidrBlock", ""),
        "Ipv6CidrBlocks": [],
        "NetworkAclAssociationId": subnet_id.replace("subnet-", "aclassoc-"),
    }


def _target_group(arn: str, _found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    full_name = "targetgroup/" + arn.rsplit(":targetgroup/", 1)[-1]
    return {"TargetGroupFullName": full_name, "LoadBalancerArns": []}


def _bucket(name: str, _found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    from ministack.core.responses import get_region

    return {"DualStackDomainName": f"{name}.s3.dualstack.{get_region()}.amazonaws.com"}


def _api(api_id: str, _found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    from ministack.core.responses import get_account_id, get_region

    return {"ExecuteApiArn": f"arn:aws:execute-api:{get_region()}:{get_account_id()}:{api_id}"}


def _web_acl(_physical_id: str, found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    account, name = found["Arn"].split(":")[4], found["Arn"].split("/")[-2]
    return {
        "Capacity": len(properties.get("Rules") or []),
        "LabelNamespace": f"awswaf:{account}:webacl:{name}:",
    }


# Cache endpoints: the emulator gives every cache the host `redis`.


def _named_endpoint(kind: str, name: str) -> str:
    from ministack.core.responses import get_region

    return f"{kind}.{name}.emulator.{get_region()}.cache.amazonaws.com"


def _replication_group(name: str, found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    from ministack.services import elasticache

    hosts = {"Primary": _named_endpoint("master", name), "Reader": _named_endpoint("replica", name)}
    for group in elasticache._replication_groups[name].get("NodeGroups") or []:
        for role, host in hosts.items():
            group[f"{role}Endpoint"] = {**(group.get(f"{role}Endpoint") or {}), "Address": host}
    told = {
        f"{role}EndPoint.Address": host for role, host in hosts.items() if f"{role}EndPoint.Address" in found
    }
    # Only a group with shards has this one.
    return told | {"ConfigurationEndPoint.Address": _named_endpoint("clustercfg", name)}


def serverless_cache(name: str, _found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    """The endpoints of a serverless cache, which share one host."""
    from ministack.services import elasticache

    host = _named_endpoint("serverless", name)
    cache = elasticache._serverless_caches.get(name) or {}
    for endpoint in ("Endpoint", "ReaderEndpoint"):
        if endpoint in cache:
            cache[endpoint] = {**cache[endpoint], "Address": host}
    return {"Endpoint.Address": host, "ReaderEndpoint.Address": host, "ReaderEndpoint.Port": "6380"}


ATTRIBUTES: dict[str, Attributes] = {
    "AWS::ApiGatewayV2::Api": _api,
    "AWS::EC2::SecurityGroup": _id,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::SubnetRouteTableAssociation": _id,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCGatewayAttachment": lambda _id, _found, _properties: {"AttachmentType": "IGW"},
    "AWS::EFS::MountTarget": _id,
    "AWS::ElastiCache::ReplicationGroup": _replication_group,
    "AWS::ElasticLoadBalancingV2::ListenerRule": lambda _arn, _found, _properties: {"IsDefault": False},
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::Lambda::Permission": _id,
    "AWS::Lambda::Version": lambda arn, _found, _properties: {"FunctionArn": arn},
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::SecretTargetAttachment": _id,
    "AWS::WAFv2::WebACL": _web_acl,
}


def lasting_endpoints(cluster_id: str, found: dict[str, Any], _properties: Properties) -> dict[str, Any]:
    """A database cluster's endpoints as they were made: its first instance makes them loopback addresses."""
    from ministack.services import rds

    names = ("Endpoint.Address", "ReadEndpoint.Address")
    made: dict[str, Any] = rds._clusters[cluster_id].setdefault(
        "MadeEndpoints", {name: found[name] for name in names}
    )
    return made


def replicated(name: str, _found: dict[str, Any], properties: Properties) -> dict[str, Any]:
    """No attributes: tells S3 where a bucket's objects go, which the emulator's own handler leaves out."""
    from ministack.services import s3

    wanted = properties.get("ReplicationConfiguration")
    if wanted:
        rules = [{**rule, "ID": rule.get("Id", "")} for rule in wanted["Rules"]]
        s3._bucket_replication[name] = {"Role": wanted["Role"], "Rules": rules}
    else:
        s3._bucket_replication.pop(name, None)
    return {}
