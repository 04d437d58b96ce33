"""What users may write of the load balancer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from compiler.blocks import certificate
from compiler.kind import ComponentSpec, about
from compiler.kinds.load_balancer.existing import ExistingLoadBalancer
from compiler.kinds.load_balancer.use import LoadBalancerUsage
from compiler.kinds.load_balancer.waf import LoadBalancerWaf
from compiler.units import DURATION

Certificate = Annotated[
    str,
    msgspec.Meta(pattern=certificate.PATTERN, extra_json_schema={"x-form": certificate.FORM}),
]
# All of TLS 1.2 and above; `Res` leaves out ciphers without forward secrecy or authenticated encryption, `PQ`
# adds keys that future quantum computers do not break, `FIPS` has validated modules only.
# Source: Elastic Load Balancing user guide, "Security policies for your Application Load Balancer", 2026.
TlsPolicy = Literal[
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
]
DEFAULT_TLS_POLICY: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"


class LoadBalancer(ComponentSpec):
    """An application load balancer; it exists as soon as a service has `http`."""

    existing: Annotated[
        ExistingLoadBalancer | None,
        about(
            "The load balancer to use instead of making one.",
            examples=[
                {
                    "name": "shared",
                    "id": "50dc6c495c0c9188",
                    "listener": "f2f7dc8efc522ab2",
                    "domain": "console.example.com",
                    "security_group": "sg-0a1b2c3d4e5f60718",
                }
            ],
        ),
    ] = None
    scheme: Annotated[
        Literal["internal", "internet_facing"],
        about(
            "Whether it is reached from inside the VPC only, or from anywhere.",
            examples=["internet_facing"],
        ),
    ] = "internal"
    certificate: (
        Annotated[
            str,
            about(
                "The ACM certificate for HTTPS, of the platform's own account and region: its id or its ARN.",
                examples=["12345678-1234-1234-1234-123456789012"],
                pattern=certificate.PATTERN,
                form=certificate.FORM,
            ),
        ]
        | None
    ) = None
    certificates: Annotated[
        tuple[Certificate, ...],
        about(
            "Further ACM certificates, for other names that are answered on the same port; the name that the "
            "caller asks for decides which one is shown.",
            examples=[["87654321-4321-4321-4321-210987654321"]],
            max_length=24,
        ),
    ] = ()
    tls_policy: Annotated[
        TlsPolicy,
        about(
            "Which versions and ciphers of TLS are spoken, as AWS calls it; none allows less than TLS 1.2.",
            examples=["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"],
        ),
    ] = DEFAULT_TLS_POLICY
    domain: (
        Annotated[
            str,
            about(
                "A name on the certificate, which APIs that route to services here verify.",
                examples=["console.example.com"],
                pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
                form="a domain name such as console.example.com",
            ),
        ]
        | None
    ) = None
    insecure_http: Annotated[
        bool,
        about("Whether it may face the internet without a certificate, unencrypted.", examples=[True]),
    ] = False
    idle_timeout: Annotated[
        str,
        about(
            "How long a silent connection is kept.",
            examples=["60s"],
            minimum="1s",
            maximum="4000s",
            **DURATION,
        ),
    ] = "60s"
    deletion_protection: Annotated[
        bool,
        about(
            "Whether AWS refuses to delete it.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    access_logs: Annotated[
        bool,
        about(
            "Whether every request is recorded, in a bucket of its own.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    access_log_retention: Annotated[
        str,
        about(
            "How long those records are kept, in whole days.",
            examples=["365d"],
            minimum="1d",
            maximum="3650d",
            **DURATION,
        ),
    ] = "90d"
    waf: Annotated[
        bool | LoadBalancerWaf,
        about(
            "Whether a firewall (AWS WAF) looks at every request first, and by which rules.",
            examples=[True, {"rate_limit": 1000, "managed_rules": ["common", "sql_injection"]}],
        ),
    ] = False
    usage: Annotated[
        LoadBalancerUsage | None,
        about(
            "How busy the load balancer is, for the estimate of what it costs.",
            examples=[{"capacity_units": 1, "requests": 30000000}],
        ),
    ] = None


def port(spec: LoadBalancer) -> int:
    """The port on which requests are taken."""
    return 443 if spec.certificate else 80
