"""A008: a certificate that the API cannot use."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.blocks import certificate
from compiler.kinds.api.spec import Api
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "A008"
SEVERITY = ERROR
WAIVABLE = False
SUMMARY = "the certificate of an API's name is of another region or account"
WHY = "A regional domain name takes only certificates of its own region and account; AWS refuses any other."
FIX = "Request the certificate in the region of the platform, and write its id."
SOURCE = "API Gateway developer guide, 'Get certificates ready in AWS Certificate Manager', 2026"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """What the ARN says against the environment."""
    spec = component.spec
    assert isinstance(spec, Api)
    if spec.domain:
        for message in certificate.foreign(spec.domain.certificate, platform.environment, "the API"):
            yield Hit(("domain", "certificate"), message)
