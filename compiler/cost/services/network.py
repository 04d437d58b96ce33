"""NAT gateways, public addresses, endpoints and traffic of a VPC."""

from __future__ import annotations

from compiler.cost.charge import GB, Charges, hourly, used
from compiler.cost.estimate import Range
from compiler.cost.subject import Resource


def nat_gateway(resource: Resource) -> Charges:
    """Hours, and what it processes, which its component's gateways share evenly.

    A regional gateway is billed in each zone that has workloads: expected are the zones of the VPC's
    subnets, at least one of them. Its addresses are billed as well.
    """
    if resource.text("AvailabilityMode") == "regional":
        zones = max(1, len(_zones(resource)))
        in_zones = Range(1, zones, zones)
        yield hourly("regional NAT gateway", "nat.regional.hour", in_zones)
        yield hourly("its public addresses", "ipv4.hour", in_zones)
    else:
        yield hourly("NAT gateway", "nat.hour")
    yield used("data through NAT", "nat.gb", resource.share("processed"), "processed", GB)


def address(resource: Resource) -> Charges:
    """Every public IPv4 address, in use or not."""
    yield hourly("public IPv4 address", "ipv4.hour")


def endpoint(resource: Resource) -> Charges:
    """Interface endpoints in each of their subnets; endpoints for S3 and DynamoDB as gateways are free."""
    if resource.text("VpcEndpointType", default="Gateway") == "Gateway":
        return
    yield hourly("interface endpoint", "endpoint.interface.hour", resource.count("SubnetIds"))
    amount = _endpoint_share(resource)
    yield used("data through the endpoint", "endpoint.interface.gb", amount, "endpoint_processed", GB)


def internet_gateway(resource: Resource) -> Charges:
    """What leaves for the internet; the gateway itself is free."""
    yield used("data out to the internet", "transfer.out", resource.share("transfer_out"), "transfer_out", GB)


def vpc(resource: Resource) -> Charges:
    """What crosses zones, billed on both sides; the VPC itself is free."""
    amount = resource.share("cross_zone")
    both_ways = None if amount is None else 2 * amount
    yield used("data between zones, both ways", "transfer.cross_az", both_ways, "cross_zone", GB)


def _zones(resource: Resource) -> set[str]:
    vpc_place = resource.names(resource.body["Properties"].get("VpcId"))
    subnets = (each for each in resource.whole.of("AWS::EC2::Subnet") if each.stack is resource.stack)
    return {
        str(subnet.body["Properties"].get("AvailabilityZone"))
        for subnet in subnets
        if subnet.names(subnet.body["Properties"].get("VpcId")) == vpc_place
    }


def _endpoint_share(resource: Resource) -> float | None:
    amount = resource.use("endpoint_processed")
    sharing = [
        each
        for each in resource.whole.of(resource.type)
        if each.component == resource.component and each.text("VpcEndpointType") == "Interface"
    ]
    return amount and amount / max(1, len(sharing))


PRICERS = {
    "AWS::EC2::NatGateway": nat_gateway,
    "AWS::EC2::EIP": address,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::EC2::InternetGateway": internet_gateway,
    "AWS::EC2::VPC": vpc,
}
