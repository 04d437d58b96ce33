"""Endpoints -> gateway and interface VPC endpoints, their policies, and the group in front of the latter."""

from __future__ import annotations

from typing import Any

from awacs import ecr, s3
from awacs.aws import (
    Action,
    Allow,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringEqualsIfExists,
)
from troposphere import GetAtt, Ref, Sub, ec2

from compiler import names
from compiler.blocks import iam, reach
from compiler.kinds.network import Network, zones
from compiler.kinds.network.needed import GATEWAYS, interfaces
from compiler.scope import Scope

HTTPS = 443
PATH = ("endpoints",)
# Services whose endpoints take a policy and whose callers always sign: there, only this account may pass, and
# only to what is its own.
# Source: VPC user guide, "AWS services that integrate with AWS PrivateLink"; each service's guide, 2026.
SIGNED = frozenset(
    {
        "dynamodb", "ecr.api", "ecr.dkr", "events", "kinesis-firehose", "kinesis-streams", "kms", "lambda",
        "logs", "monitoring", "rds-data", "secretsmanager", "sns", "sqs", "states",
    }
)  # fmt: skip
# Where the IAM prefix of a service differs from its endpoint's name.
PREFIXES = {
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
    "monitoring": "cloudwatch",
}
# Images may be others', such as those that AWS puts beside a task; nothing can be carried out by pulling.
PULL = (ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer)
# ECR hands out layers by links that it signs itself.
# Source: ECR user guide, "Minimum Amazon S3 bucket permissions for Amazon ECR".
LAYERS = "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"


def add_endpoints(spec: Network, scope: Scope) -> None:
    """Adds an endpoint for each service that has one."""
    for gateway in sorted(set(spec.endpoints.gateway)):
        _gateway(gateway, spec, scope)
    services = interfaces(spec, scope.platform)
    if services:
        _security_group(spec, scope)
    for service in services:
        _interface(service, spec, scope)


def _gateway(service: str, spec: Network, scope: Scope) -> None:
    tables = [Ref(scope.id(f"PrivateRouteTable{zone}")) for zone in zones(spec)]
    _endpoint(service, spec, scope, "Gateway", RouteTableIds=[*tables, Ref(scope.id("IsolatedRouteTable"))])


def _interface(service: str, spec: Network, scope: Scope) -> None:
    _endpoint(
        service,
        spec,
        scope,
        "Interface",
        PrivateDnsEnabled=True,
        SecurityGroupIds=[GetAtt(scope.id("EndpointSecurityGroup"), "GroupId")],
        SubnetIds=[Ref(scope.id(f"PrivateSubnet{zone}")) for zone in zones(spec)],
    )


def _endpoint(service: str, spec: Network, scope: Scope, kind: str, **properties: Any) -> None:
    policy = _policy(service, spec)
    scope.add(
        ec2.VPCEndpoint(
            scope.id(f"{names.pascal(service)}Endpoint"),
            VpcId=Ref(scope.id("Vpc")),
            VpcEndpointType=kind,
            ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            **properties,
            **({"PolicyDocument": policy} if policy else {}),
        ),
        path=(*PATH, kind.lower()),
    )


def _policy(service: str, spec: Network) -> PolicyDocument | None:
    """Who may pass, and where to: this account only, where that cannot break a call; None leaves it open.

    All of the region's S3 traffic takes the gateway. With a way out, that includes downloads from others'
    buckets that their owners signed, and closing the gateway would keep nothing in.
    """
    if service == "s3" and spec.egress == "none":
        return iam.document([_account("s3"), _statement("ImageLayers", [s3.GetObject], Sub(LAYERS))])
    if service in ("ecr.api", "ecr.dkr"):
        return iam.document([_account(service), _statement("Pull", [*PULL], "*", Condition(_callers()))])
    # Beside a gateway there may be another way out, to tables of others too.
    closed = service not in GATEWAYS or spec.egress == "none"
    return iam.document([_account(service, closed)]) if service in SIGNED else None


def _account(service: str, closed: bool = True) -> Statement:
    """Callers of this account; when closed, to its own resources. Some actions have none to compare."""
    own = StringEqualsIfExists({"aws:ResourceAccount": Ref("AWS::AccountId")})
    ours = Condition([_callers(), *([own] if closed else [])])
    return _statement("ThisAccount", [Action(PREFIXES.get(service, service), "*")], "*", ours)


def _callers() -> StringEquals:
    return StringEquals({"aws:PrincipalAccount": Ref("AWS::AccountId")})


def _statement(
    sid: str, actions: list[Action], resource: Any, condition: Condition | None = None
) -> Statement:
    extra = {"Condition": condition} if condition else {}
    return Statement(
        Sid=sid, Effect=Allow, Principal=Principal("*"), Action=actions, Resource=[resource], **extra
    )


def _security_group(spec: Network, scope: Scope) -> None:
    from_inside = ec2.SecurityGroupRule(
        CidrIp=spec.cidr,
        IpProtocol="tcp",
        FromPort=HTTPS,
        ToPort=HTTPS,
        Description="The VPC to AWS services",
    )
    scope.add(
        ec2.SecurityGroup(
            scope.id("EndpointSecurityGroup"),
            GroupDescription=f"{scope.component.name} (interface endpoints)",
            VpcId=Ref(scope.id("Vpc")),
            SecurityGroupIngress=[from_inside],
            SecurityGroupEgress=[reach.CLOSED],
        ),
        path=PATH,
    )
