"""P051: certificates of load balancers and API domains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.site import Resource, Site
from compiler.preflight.values import mappings

ID = "P051"
TITLE = "certificates"
SUMMARY = (
    "Whether each certificate exists in the region where it is used, has been issued, bears the name of the "
    "API's domain, and does not expire within 30 days without being renewed by AWS."
)
SOURCE = "AWS Certificate Manager API reference, DescribeCertificate"
_CERTIFICATE = Read("acm", "DescribeCertificate", "Certificate")
READS = (_CERTIFICATE,)
_SOON = timedelta(days=30)
_LISTENER, _DOMAIN = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ApiGatewayV2::DomainName"


def looks(site: Site) -> Iterator[Look]:
    """One for each certificate of each listener and domain."""
    for listener in site.of(_LISTENER):
        for certificate in mappings(listener.properties.get("Certificates")):
            if arn := site.text(certificate.get("CertificateArn")):
                yield partial(_look, site, listener, arn, "")
    for domain in site.of(_DOMAIN):
        for configuration in mappings(domain.properties.get("DomainNameConfigurations")):
            if arn := site.text(configuration.get("CertificateArn")):
                yield partial(_look, site, domain, arn, site.text(domain.properties.get("DomainName")) or "")


def _look(site: Site, user: Resource, arn: str, domain: str) -> Iterator[Hit]:
    id_ = arn.rpartition("/")[2]
    found = site.account.ask(_CERTIFICATE, CertificateArn=arn)
    if not found:
        message = f"certificate {id_} does not exist in {site.region}"
        advice = f"request it there (aws acm request-certificate --region {site.region}), or name another"
        yield Hit("error", message, advice, user)
        return
    (certificate,) = found
    if certificate["Status"] != "ISSUED":
        message = f"certificate {id_} cannot be used: its status is {certificate['Status']}"
        yield Hit("error", message, "validate it (the ACM console shows the record that DNS lacks)", user)
        return
    yield from _names(user, certificate, id_, domain)
    yield from _expiry(site, user, certificate, id_)


def _names(user: Resource, certificate: Mapping[str, Any], id_: str, domain: str) -> Iterator[Hit]:
    names = [certificate.get("DomainName", ""), *certificate.get("SubjectAlternativeNames", ())]
    if domain and domain not in names and f"*.{domain.partition('.')[2]}" not in names:
        message = f"certificate {id_} is for {', '.join(sorted(set(names)))}, not for {domain}"
        yield Hit("error", message, "name one that bears the domain", user)


def _expiry(site: Site, user: Resource, certificate: Mapping[str, Any], id_: str) -> Iterator[Hit]:
    end = certificate.get("NotAfter")
    if end and end < site.now + _SOON and certificate.get("RenewalEligibility") != "ELIGIBLE":
        message = f"certificate {id_} expires on {end:%Y-%m-%d}, and AWS does not renew it"
        yield Hit("warning", message, "import a newer one under the same ARN", user)
