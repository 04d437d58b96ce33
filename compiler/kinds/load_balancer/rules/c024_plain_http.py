"""C024: production faces the internet unencrypted."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.load_balancer.spec import LoadBalancer
from compiler.model import Component, Platform
from compiler.rule import PRODUCTION_ERROR, Hit

ID = "C024"
SEVERITY = PRODUCTION_ERROR
SUMMARY = "production faces the internet without a certificate"
WHY = "Whoever is on the way reads and changes what people send, their passwords and cookies included."
FIX = "Request a certificate in ACM, which costs nothing, and write its id as `certificate`."
SOURCE = "AWS Foundational Security Best Practices, ELB.1, 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """What the spec of other environments accepts with `insecure_http`."""
    spec = component.spec
    assert isinstance(spec, LoadBalancer)
    if spec.insecure_http:
        message = (
            "'insecure_http: true' carries everything unencrypted over the internet; production needs a "
            "'certificate'"
        )
        yield Hit(("insecure_http",), message)
