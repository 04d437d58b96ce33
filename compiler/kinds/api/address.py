"""Domain -> a domain name of API Gateway that leads to the API, and a record that leads to it."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Ref, Sub, apigatewayv2, route53

from compiler.blocks import certificate
from compiler.kinds.api.domain import ApiDomain
from compiler.scope import Scope

PART = "Domain"  # of the logical id of the domain name


def add(domain: ApiDomain, scope: Scope, api: apigatewayv2.Api, stage: apigatewayv2.Stage) -> None:
    """Adds the domain name, what maps it to the API's stage, and its record where a zone is named."""
    name = scope.add(_domain_name(domain, scope), path=("domain",))
    scope.add(
        apigatewayv2.ApiMapping(scope.id("Mapping"), ApiId=Ref(api), DomainName=Ref(name), Stage=Ref(stage)),
        path=("domain",),
    )
    if domain.hosted_zone:
        target = route53.AliasTarget(
            DNSName=GetAtt(name, "RegionalDomainName"), HostedZoneId=GetAtt(name, "RegionalHostedZoneId")
        )
        scope.add(
            route53.RecordSetType(
                scope.id("Record"),
                HostedZoneId=domain.hosted_zone,
                Name=domain.name,
                Type="A",
                AliasTarget=target,
            ),
            path=("domain", "hosted_zone"),
        )


def _domain_name(domain: ApiDomain, scope: Scope) -> apigatewayv2.DomainName:
    configuration = apigatewayv2.DomainNameConfiguration(
        CertificateArn=Sub(certificate.own_arn(domain.certificate)),
        EndpointType="REGIONAL",
        SecurityPolicy="TLS_1_2",
    )
    return apigatewayv2.DomainName(
        scope.id(PART),
        DomainName=domain.name,
        DomainNameConfigurations=[configuration],
        **_mutual_tls(domain),
    )


def _mutual_tls(domain: ApiDomain) -> dict[str, Any]:
    if not domain.truststore:
        return {}
    version = {"TruststoreVersion": domain.truststore_version} if domain.truststore_version else {}
    trusted = apigatewayv2.MutualTlsAuthentication(TruststoreUri=domain.truststore, **version)
    return {"MutualTlsAuthentication": trusted}
