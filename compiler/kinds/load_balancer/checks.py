"""What can be wrong with a load balancer that its schema cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.blocks import certificate
from compiler.kind import Problem
from compiler.kinds.load_balancer import waf
from compiler.kinds.load_balancer.spec import DEFAULT_TLS_POLICY, LoadBalancer
from compiler.model import Component, Path, Platform
from compiler.units import not_whole


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Requests that travel unencrypted, settings that mean nothing, and what belongs to somebody else."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    yield from _unencrypted(spec)
    yield from _without_certificate(spec)
    if message := not_whole(spec.access_log_retention, "d"):
        yield Problem(("access_log_retention",), "E105", message)
    yield from _foreign(spec, platform)
    if firewall := waf.settings(spec.waf):
        yield from waf.problems(firewall, platform)


def _unencrypted(spec: LoadBalancer) -> Iterable[Problem]:
    public = spec.scheme == "internet_facing"
    if public and not spec.certificate and not spec.insecure_http:
        yield Problem(
            ("scheme",),
            "E210",
            "an internet_facing load balancer without a certificate carries everything unencrypted; "
            "add a 'certificate', or accept it with 'insecure_http: true'",
        )
    if spec.insecure_http and (spec.certificate or not public):
        why = "it has a certificate" if spec.certificate else "it is internal"
        yield Problem(
            ("insecure_http",), "E210", f"'insecure_http' means nothing here: {why}; remove 'insecure_http'"
        )


def _without_certificate(spec: LoadBalancer) -> Iterable[Problem]:
    """What only a listener with TLS has."""
    if spec.certificate:
        return
    if spec.certificates:
        message = "'certificates' come beside the first one; write one of them as 'certificate'"
        yield Problem(("certificates",), "E210", message)
    if spec.tls_policy != DEFAULT_TLS_POLICY:
        message = "'tls_policy' means nothing without a 'certificate'; add one, or remove 'tls_policy'"
        yield Problem(("tls_policy",), "E210", message)


def _foreign(spec: LoadBalancer, platform: Platform) -> Iterable[Problem]:
    """A load balancer takes only certificates and web ACLs of its own account and region."""
    firewall = waf.settings(spec.waf)
    written: list[tuple[str, Path, str | None]] = [
        ("certificate", ("certificate",), spec.certificate),
        *(("certificate", ("certificates", number), arn) for number, arn in enumerate(spec.certificates)),
        ("web ACL", ("waf", "web_acl"), firewall.web_acl if firewall else None),
    ]
    for thing, path, arn in written:
        for message in certificate.foreign(arn or "", platform.environment, "the load balancer", thing):
            yield Problem(path, "E210", message)
