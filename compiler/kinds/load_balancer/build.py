"""Load balancer -> an application load balancer with its listeners; services add the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, Sub, ec2
from troposphere import elasticloadbalancingv2 as elb

from compiler import names
from compiler.blocks import certificate, reach
from compiler.kinds.load_balancer import waf
from compiler.kinds.load_balancer.access_logs import add_bucket
from compiler.kinds.load_balancer.spec import LoadBalancer, port
from compiler.kinds.load_balancer.web_acl import add_firewall
from compiler.model import Component, Platform
from compiler.scope import Attribute, Scope
from compiler.units import seconds

TIERS = {"internal": "private_subnet_ids", "internet_facing": "public_subnet_ids"}
NOT_FOUND = elb.Action(
    Type="fixed-response",
    FixedResponseConfig=elb.FixedResponseConfig(
        StatusCode="404", ContentType="text/plain", MessageBody="no service answers here"
    ),
)
TO_HTTPS = elb.Action(
    Type="redirect",
    RedirectConfig=elb.RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301"),
)


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Its name in DNS and in metrics, its listener, its firewall, and the bucket of its access logs."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)

    def title(part: str) -> str:
        return names.logical_id(component.name, part)

    firewall = {
        "web_acl_name": Attribute(
            names.physical(platform.name, platform.environment.name, component.lasting_name)
        ),
        "region": Attribute(Ref("AWS::Region")),
    }
    logs = {"access_log_bucket": Attribute(Ref(title("AccessLogs")), layer="foundation")}
    return {
        "dns_name": Attribute(GetAtt(title(""), "DNSName"), shown=True),
        "full_name": Attribute(GetAtt(title(""), "LoadBalancerFullName")),
        "listener_arn": Attribute(Ref(title("Listener"))),
        "listener_port": Attribute(port(spec)),
        # What a caller over TLS verifies; empty where requests come unencrypted.
        "server_name": Attribute((spec.certificate and spec.domain) or ""),
        "scheme": Attribute(spec.scheme),
        "security_group_id": reach.security_group_attribute(component),
        **(firewall if waf.made(spec.waf) else {}),
        **(logs if spec.access_logs else {}),
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the load balancer; internal, it admits nobody until a consumer opens a path to it."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    group = reach.security_group(scope, "load balancer")
    if spec.access_logs:
        add_bucket(scope.at("foundation"), spec)
    scope.add(
        elb.LoadBalancer(
            scope.id(""),
            Type="application",
            Scheme=spec.scheme.replace("_", "-"),
            Subnets=scope.value("network", TIERS[spec.scheme]),
            SecurityGroups=[group],
            LoadBalancerAttributes=[
                elb.LoadBalancerAttributes(Key=key, Value=value)
                for key, value in sorted(_settings(spec, scope).items())
            ],
        )
    )
    _listeners(spec, scope)
    if firewall := waf.settings(spec.waf):
        add_firewall(scope, firewall, spec.scheme == "internet_facing")
    if spec.scheme == "internet_facing":
        for number in (80, 443) if spec.certificate else (80,):
            _admit_everybody(scope, group, number)


def _settings(spec: LoadBalancer, scope: Scope) -> dict[str, Any]:
    def word(value: bool) -> str:
        return "true" if value else "false"

    logs = {"access_logs.s3.enabled": word(spec.access_logs)}
    if spec.access_logs:
        logs["access_logs.s3.bucket"] = scope.value(scope.component.name, "access_log_bucket")
    return logs | {
        "deletion_protection.enabled": word(spec.deletion_protection),
        "idle_timeout.timeout_seconds": str(seconds(spec.idle_timeout)),
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }


def _listeners(spec: LoadBalancer, scope: Scope) -> None:
    """One listener for the services; people who come by HTTP to a public one are sent to HTTPS."""
    if not spec.certificate:
        _listener(scope, "Listener", 80, NOT_FOUND, Protocol="HTTP")
        return
    own = elb.Certificate(CertificateArn=Sub(certificate.own_arn(spec.certificate)))
    secure = {"Protocol": "HTTPS", "Certificates": [own], "SslPolicy": spec.tls_policy}
    _listener(scope, "Listener", 443, NOT_FOUND, **secure)
    for written in dict.fromkeys(spec.certificates):
        _further_certificate(scope, written)
    if spec.scheme == "internet_facing":
        _listener(scope, "Redirect", 80, TO_HTTPS, Protocol="HTTP")


def _listener(scope: Scope, part: str, number: int, action: elb.Action, **properties: Any) -> None:
    scope.add(
        elb.Listener(
            scope.id(part),
            LoadBalancerArn=Ref(scope.id("")),
            Port=number,
            DefaultActions=[action],
            **properties,
        )
    )


def _further_certificate(scope: Scope, written: str) -> None:
    """One resource for each, called after it: they come and go without touching each other."""
    scope.add(
        elb.ListenerCertificate(
            scope.id(f"Certificate{written.rsplit('/', 1)[-1].replace('-', '')}"),
            ListenerArn=Ref(scope.id("Listener")),
            Certificates=[elb.Certificate(CertificateArn=Sub(certificate.own_arn(written)))],
        ),
        path=("certificates",),
    )


def _admit_everybody(scope: Scope, group: Any, number: int) -> None:
    scope.add(
        ec2.SecurityGroupIngress(
            scope.id(f"FromInternet{number}Ingress"),
            GroupId=group,
            CidrIp="0.0.0.0/0",
            IpProtocol="tcp",
            FromPort=number,
            ToPort=number,
            Description=f"internet to {scope.component.name}",
        ),
        path=("scheme",),
    )
