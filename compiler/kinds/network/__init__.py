"""The VPC: subnets in three tiers, the way out, endpoints, flow logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec

from compiler.alarm import Alarm, Metric
from compiler.kind import ComponentSpec, Kind, Problem, Record, about
from compiler.kinds.network import adopting, needed
from compiler.kinds.network.use import NetworkUsage
from compiler.model import Component, Platform

Egress = Literal["none", "single", "per_az", "regional"]
ZONES = "ABC"

Service = Annotated[
    str,
    about(
        "An AWS service, as its VPC endpoint is called.",
        examples=["secretsmanager"],
        pattern="^[a-z0-9]+([.-][a-z0-9]+)*$",
        form="the name of a VPC endpoint service, such as secretsmanager or ecr.api",
    ),
]


ZoneId = Annotated[
    str,
    about(
        "The id of an availability zone, which means the same zone in every account.",
        examples=["use1-az1"],
        pattern="^[a-z]{2,4}[0-9]-(?:[a-z0-9]+-)?az[0-9]$",
        form="the id of an availability zone, such as use1-az1",
    ),
]


SubnetId = Annotated[
    str,
    about(
        "The id of a subnet.",
        examples=["subnet-0a1b2c3d4e5f60718"],
        pattern="^subnet-([0-9a-f]{8}|[0-9a-f]{17})$",
        form="the id of a subnet, such as subnet-0a1b2c3d4e5f60718",
    ),
]
SubnetIds = Annotated[tuple[SubnetId, ...], msgspec.Meta(min_length=2, max_length=len(ZONES))]
EXAMPLE_SUBNETS = ["subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d5e6f70819"]


class ExistingNetwork(Record):
    """A VPC of the platform's account and region, with its subnets by tier, each in a zone of its own.

    Its owner sees to routes, NAT gateways and VPC endpoints.
    """

    vpc: Annotated[
        str,
        about(
            "The id of the VPC.",
            examples=["vpc-0a1b2c3d4e5f60718"],
            pattern="^vpc-([0-9a-f]{8}|[0-9a-f]{17})$",
            form="the id of a VPC, such as vpc-0a1b2c3d4e5f60718",
        ),
    ]
    cidr: Annotated[
        str,
        about(
            "The VPC's IPv4 block.",
            examples=["10.0.0.0/16"],
            pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
            form="an IPv4 block such as 10.0.0.0/16",
        ),
    ]
    private_subnets: Annotated[
        SubnetIds,
        about("Subnets with a way out but none in, for what runs code.", examples=[EXAMPLE_SUBNETS]),
    ]
    isolated_subnets: Annotated[
        SubnetIds, about("Subnets without a way out, for what holds data.", examples=[EXAMPLE_SUBNETS])
    ]
    public_subnets: Annotated[
        SubnetIds | None,
        about("Subnets that the internet reaches, for public load balancers.", examples=[EXAMPLE_SUBNETS]),
    ] = None


class NetworkEndpoints(Record):
    """How AWS services are reached without leaving the AWS network."""

    gateway: Annotated[
        tuple[Literal["dynamodb", "s3"], ...],
        about("Services with a gateway endpoint, which costs nothing.", examples=[["s3", "dynamodb"]]),
    ] = ("dynamodb", "s3")
    interface: Annotated[
        Literal["derived"] | list[Service],
        about(
            "Services with an interface endpoint, billed by zone and hour; `derived` gives exactly those "
            "that components call when there is no egress, and none otherwise.",
            examples=["derived", ["secretsmanager", "kinesis-streams"]],
        ),
    ] = "derived"


class Network(ComponentSpec):
    """The VPC that components run in."""

    existing: Annotated[
        ExistingNetwork | None,
        about(
            "The VPC to use instead of making one.",
            examples=[
                {
                    "vpc": "vpc-0a1b2c3d4e5f60718",
                    "cidr": "10.0.0.0/16",
                    "private_subnets": EXAMPLE_SUBNETS,
                    "isolated_subnets": EXAMPLE_SUBNETS,
                }
            ],
        ),
    ] = None
    cidr: Annotated[
        str,
        about(
            "The private IPv4 block of the VPC, a /16 to a /23; it can never be changed.",
            examples=["10.0.0.0/16"],
        ),
    ] = "10.0.0.0/16"
    recovery_cidr: (
        Annotated[
            str,
            about(
                "The block of the network in the second region, for when the two are to be joined; without "
                "it, the same as here.",
                examples=["10.1.0.0/16"],
            ),
        ]
        | None
    ) = None
    joined_with: Annotated[
        tuple[
            Annotated[
                str,
                msgspec.Meta(
                    pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$",
                    extra_json_schema={"x-form": "an IPv4 block such as 10.8.0.0/16"},
                ),
            ],
            ...,
        ],
        about(
            "Blocks of networks that this one is or will be joined with by peering, a transit gateway or a "
            "VPN; it must not overlap with them.",
            examples=[["10.8.0.0/16"]],
        ),
    ] = ()
    availability_zones: Annotated[
        int,
        about(
            "How many zones to use; a third can be added later without renumbering anything.",
            examples=[2],
            ge=2,
            le=len(ZONES),
        ),
    ] = 2
    availability_zone_ids: (
        Annotated[
            tuple[ZoneId, ...],
            about(
                "Which zones to use, by id; when left out, the first ones of the account. Some services are "
                "not in every zone, and which zone is the first differs between accounts.",
                examples=[["use1-az1", "use1-az2"]],
            ),
        ]
        | None
    ) = None
    egress: Annotated[
        Egress,
        about(
            "The way out to the internet: `none`, a `single` NAT gateway, one `per_az`, "
            "or one `regional` NAT gateway that AWS spreads over the zones.",
            examples=["per_az"],
            profiles={"synthetic": "none", "production": "per_az"},
        ),
    ] = "single"
    endpoints: Annotated[
        NetworkEndpoints,
        about(
            "How AWS services are reached without leaving the AWS network.",
            examples=[{"gateway": ["s3", "dynamodb"], "interface": ["secretsmanager"]}],
        ),
    ] = NetworkEndpoints()
    flow_logs: Annotated[
        bool,
        about(
            "Whether all traffic, accepted and refused, is recorded.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    usage: Annotated[
        NetworkUsage | None,
        about(
            "What moves through the network in a month, for the estimate of what it costs.",
            examples=[{"processed": "500GiB", "endpoint_processed": "200GiB"}],
        ),
    ] = None


def blocks(spec: Network) -> Iterator[tuple[str, str]]:
    """The blocks that a network gets, each with the property that says so."""
    yield "cidr", spec.cidr
    if spec.recovery_cidr:
        yield "recovery_cidr", spec.recovery_cidr


def zones(spec: Network) -> str:
    """The letters of the zones in use."""
    return ZONES[: spec.availability_zones]


def nat_gateways(spec: Network) -> tuple[str, ...]:
    """What tells the NAT gateways apart: the zone's letter, or `Regional`."""
    by_egress: dict[Egress, tuple[str, ...]] = {
        "none": (),
        "single": (ZONES[0],),
        "per_az": tuple(zones(spec)),
        "regional": ("Regional",),
    }
    return by_egress[spec.egress]


def nat_attribute(name: str) -> str:
    """The attribute that holds a NAT gateway's id."""
    return f"nat_gateway_{name.lower()}_id"


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Network)
    chosen = spec.availability_zone_ids
    if chosen and len(set(chosen)) != spec.availability_zones:
        message = (
            f"{len(set(chosen))} zones are listed, but `availability_zones` is {spec.availability_zones}"
        )
        yield Problem(("availability_zone_ids",), "E210", message)
    yield from needed.problems(spec)


def _check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Network)
    assert spec.existing is not None
    return adopting.problems(spec.existing, platform)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Network)
    if gateways := nat_gateways(spec):
        yield _sum(
            "nat-port-allocation",
            "Connections to the internet fail: a NAT gateway has no port left for them.",
            "ErrorPortAllocation",
            gateways,
        )
        yield _sum("nat-dropped-packets", "A NAT gateway drops packets.", "PacketsDropCount", gateways)


def _sum(name: str, summary: str, metric: str, gateways: tuple[str, ...]) -> Alarm:
    """One alarm for however many gateways, so that its name does not depend on their number."""
    metrics = {
        gateway.lower(): Metric("AWS/NATGateway", metric, {"NatGatewayId": nat_attribute(gateway)})
        for gateway in gateways
    }
    if len(gateways) == 1:
        return Alarm(name, summary, 0, metrics[gateways[0].lower()])
    return Alarm(name, summary, 0, metrics=metrics, expression="SUM(METRICS())")


def _promises(component: Component, platform: Platform) -> Iterable[str]:
    assert isinstance(component.spec, Network)
    return ("nat_gateway",) if not component.adopted and nat_gateways(component.spec) else ()


KIND = Kind(
    name="network",
    section="network",
    spec=Network,
    layer="network",
    summary="The VPC that components run in.",
    singleton=True,
    check=_check,
    check_adopted=_check_adopted,
    alarms=_alarms,
    availability=_promises,
)
