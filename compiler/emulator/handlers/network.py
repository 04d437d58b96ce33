"""EC2 types the emulator has an API for but no CloudFormation handler."""

from typing import Any

from handlers.calls import Handler, Properties, Result, client, handler, new_id, picked, recorded
from ministack.services import ec2

TAGGED = ("AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::FlowLog")


def _tags(resource: str, properties: Properties) -> dict[str, Any]:
    tags = properties.get("Tags")
    return {"TagSpecifications": [{"ResourceType": resource, "Tags": tags}]} if tags else {}


def _retag(resource_id: str, old: Properties, new: Properties) -> None:
    kept = {tag["Key"] for tag in new.get("Tags") or []}
    gone = [{"Key": tag["Key"]} for tag in old.get("Tags") or [] if tag["Key"] not in kept]
    if gone:
        client("ec2").delete_tags(Resources=[resource_id], Tags=gone)
    if kept:
        client("ec2").create_tags(Resources=[resource_id], Tags=new["Tags"])


# Elastic IP: Ref is the address, the API speaks of the allocation.


def _allocation(address: str) -> str:
    found = client("ec2").describe_addresses(PublicIps=[address])["Addresses"]
    return str(found[0]["AllocationId"]) if found else ""


def _create_address(_logical_id: str, properties: Properties, _stack: str) -> Result:
    made = client("ec2").allocate_address(Domain="vpc", **_tags("elastic-ip", properties))
    _associate(made["AllocationId"], properties)
    return made["PublicIp"], {"AllocationId": made["AllocationId"], "PublicIp": made["PublicIp"]}


def _associate(allocation: str, properties: Properties) -> None:
    if properties.get("InstanceId"):
        client("ec2").associate_address(AllocationId=allocation, InstanceId=properties["InstanceId"])


def _update_address(address: str, old: Properties, new: Properties) -> Result:
    allocation = _allocation(address)
    _retag(allocation, old, new)
    _associate(allocation, new)
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_address(address: str, _properties: Properties) -> None:
    if allocation := _allocation(address):
        client("ec2").release_address(AllocationId=allocation)


def _create_nat_gateway(_logical_id: str, properties: Properties, _stack: str) -> Result:
    given = picked(properties, "AllocationId", "SubnetId", "ConnectivityType", "PrivateIpAddress")
    # The emulator knows no regional gateways: it wants a subnet and takes the VPC from there.
    given.setdefault("SubnetId", "regional")
    nat_id = client("ec2").create_nat_gateway(**given, **_tags("natgateway", properties))["NatGateway"][
        "NatGatewayId"
    ]
    if "VpcId" in properties:
        ec2._nat_gateways[nat_id].update(VpcId=properties["VpcId"], SubnetId=properties.get("SubnetId", ""))
    return nat_id, _nat_gateway_attributes(nat_id)


def _nat_gateway_attributes(nat_id: str) -> dict[str, Any]:
    suffix = nat_id.removeprefix("nat-")
    return {
        "NatGatewayId": nat_id,
        "EniId": f"eni-{suffix}",
        "RouteTableId": f"rtb-{suffix}",
        "AutoProvisionZones": "enabled",
        "AutoScalingIps": "enabled",
    }


def _update_nat_gateway(nat_id: str, old: Properties, new: Properties) -> Result:
    _retag(nat_id, old, new)
    return nat_id, _nat_gateway_attributes(nat_id)


def _delete_nat_gateway(nat_id: str, _properties: Properties) -> None:
    client("ec2").delete_nat_gateway(NatGatewayId=nat_id)


# Standalone security-group rules.


def _permission(properties: Properties) -> dict[str, Any]:
    said = picked(properties, "Description")
    rule: dict[str, Any] = picked(properties, "IpProtocol")
    rule |= {name: int(properties[name]) for name in ("FromPort", "ToPort") if name in properties}
    if "CidrIp" in properties:
        rule["IpRanges"] = [{"CidrIp": properties["CidrIp"], **said}]
    if "CidrIpv6" in properties:
        rule["Ipv6Ranges"] = [{"CidrIpv6": properties["CidrIpv6"], **said}]
    for name in ("SourceSecurityGroupId", "DestinationSecurityGroupId"):
        if name in properties:
            rule["UserIdGroupPairs"] = [{"GroupId": properties[name], **said}]
    for name in ("SourcePrefixListId", "DestinationPrefixListId"):
        if name in properties:
            rule["PrefixListIds"] = [{"PrefixListId": properties[name], **said}]
    return rule


def _rule_handler(direction: str) -> Handler:
    def create(_logical_id: str, properties: Properties, _stack: str) -> Result:
        group, api = properties["GroupId"], client("ec2")
        present = api.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        authorize = getattr(api, f"authorize_security_group_{direction}")
        made = authorize(GroupId=group, IpPermissions=[_permission(properties)])
        rule_id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        if any(rule["SecurityGroupRuleId"] == rule_id for rule in present["SecurityGroupRules"]):
            # EC2 answers this; the emulator would let two resources share one rule.
            raise ValueError("the specified rule already exists (InvalidPermission.Duplicate)")
        return rule_id, {"Id": rule_id}

    def update(rule_id: str, _old: Properties, new: Properties) -> Result:
        # Only the description changes in place.
        change = {
            "SecurityGroupRuleId": rule_id,
            "SecurityGroupRule": {"Description": new.get("Description", "")},
        }
        client("ec2").modify_security_group_rules(GroupId=new["GroupId"], SecurityGroupRules=[change])
        return rule_id, {"Id": rule_id}

    def delete(rule_id: str, properties: Properties) -> None:
        revoke = getattr(client("ec2"), f"revoke_security_group_{direction}")
        revoke(GroupId=properties["GroupId"], SecurityGroupRuleIds=[rule_id])

    return handler(create, update, delete)


# Network ACLs.


def _create_acl(_logical_id: str, properties: Properties, _stack: str) -> Result:
    made = client("ec2").create_network_acl(VpcId=properties["VpcId"], **_tags("network-acl", properties))
    acl_id = made["NetworkAcl"]["NetworkAclId"]
    return acl_id, {"Id": acl_id}


def _update_acl(acl_id: str, old: Properties, new: Properties) -> Result:
    _retag(acl_id, old, new)
    return acl_id, {"Id": acl_id}


def _delete_acl(acl_id: str, _properties: Properties) -> None:
    client("ec2").delete_network_acl(NetworkAclId=acl_id)


def _entry(properties: Properties) -> dict[str, Any]:
    given = picked(properties, "NetworkAclId", "RuleAction", "CidrBlock", "Ipv6CidrBlock", "PortRange")
    given |= {"RuleNumber": int(properties["RuleNumber"]), "Protocol": str(properties["Protocol"])}
    if icmp := properties.get("Icmp"):
        given["IcmpTypeCode"] = icmp
    return {**given, "Egress": str(properties.get("Egress", False)).lower() == "true"}


def _create_entry(_logical_id: str, properties: Properties, _stack: str) -> Result:
    entry = _entry(properties)
    client("ec2").create_network_acl_entry(**entry)
    direction = "egress" if entry["Egress"] else "ingress"
    entry_id = f"{entry['NetworkAclId']}-{entry['RuleNumber']}-{direction}"
    return entry_id, {"Id": entry_id}


def _update_entry(entry_id: str, _old: Properties, new: Properties) -> Result:
    client("ec2").replace_network_acl_entry(**_entry(new))
    return entry_id, {"Id": entry_id}


def _delete_entry(_entry_id: str, properties: Properties) -> None:
    entry = _entry(properties)
    client("ec2").delete_network_acl_entry(**picked(entry, "NetworkAclId", "RuleNumber", "Egress"))


def _identify_association(_logical_id: str, _properties: Properties, _stack: str) -> Result:
    return new_id("aclassoc"), {}


def _create_flow_log(_logical_id: str, properties: Properties, _stack: str) -> Result:
    given = picked(properties, "ResourceType", "TrafficType", "LogDestinationType", "LogDestination")
    given |= picked(properties, "LogGroupName", "DeliverLogsPermissionArn", "MaxAggregationInterval")
    given["ResourceIds"] = [properties["ResourceId"]]
    made = client("ec2").create_flow_logs(**given)["FlowLogIds"][0]
    # The emulator's CreateFlowLogs overlooks the tags sent along.
    _retag(made, {}, properties)
    return made, {"Id": made}


def _update_flow_log(flow_log_id: str, old: Properties, new: Properties) -> Result:
    _retag(flow_log_id, old, new)
    return flow_log_id, {"Id": flow_log_id}


def _delete_flow_log(flow_log_id: str, _properties: Properties) -> None:
    client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id])


HANDLERS: dict[str, Handler] = {
    "AWS::EC2::EIP": handler(_create_address, _update_address, _delete_address),
    "AWS::EC2::NatGateway": handler(_create_nat_gateway, _update_nat_gateway, _delete_nat_gateway),
    "AWS::EC2::SecurityGroupIngress": _rule_handler("ingress"),
    "AWS::EC2::SecurityGroupEgress": _rule_handler("egress"),
    "AWS::EC2::NetworkAcl": handler(_create_acl, _update_acl, _delete_acl),
    "AWS::EC2::NetworkAclEntry": handler(_create_entry, _update_entry, _delete_entry),
    # Recorded: the emulator's ReplaceNetworkAclAssociation forgets the subnet.
    "AWS::EC2::SubnetNetworkAclAssociation": recorded(
        _identify_association, lambda association_id, _properties: {"AssociationId": association_id}
    ),
    "AWS::EC2::FlowLog": handler(_create_flow_log, _update_flow_log, _delete_flow_log),
}
REPLACING = {
    "AWS::EC2::EIP": ("Domain", "NetworkBorderGroup", "TransferAddress", "IpamPoolId", "Address"),
    "AWS::EC2::NatGateway": (
        *("AllocationId", "AvailabilityMode", "ConnectivityType", "PrivateIpAddress", "SubnetId", "VpcId"),
    ),
    "AWS::EC2::SecurityGroupIngress": (
        *("CidrIp", "CidrIpv6", "FromPort", "ToPort", "GroupId", "GroupName", "IpProtocol"),
        *("SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName"),
    ),
    "AWS::EC2::SecurityGroupEgress": (
        *("CidrIp", "CidrIpv6", "FromPort", "ToPort", "GroupId", "IpProtocol"),
        *("DestinationPrefixListId", "DestinationSecurityGroupId"),
    ),
    "AWS::EC2::NetworkAcl": ("VpcId",),
    "AWS::EC2::NetworkAclEntry": ("NetworkAclId", "RuleNumber", "Egress"),
    "AWS::EC2::SubnetNetworkAclAssociation": ("NetworkAclId", "SubnetId"),
    "AWS::EC2::FlowLog": (
        *("ResourceId", "ResourceType", "TrafficType", "LogDestinationType", "LogDestination"),
        *("LogGroupName", "LogFormat", "DeliverLogsPermissionArn", "MaxAggregationInterval"),
    ),
}
