"""A006: an issuer of tokens that is the address of its configuration."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.kinds.api.spec import Api
from compiler.model import Component, Platform
from compiler.rule import ERROR, Hit

ID = "A006"
SEVERITY = ERROR
SUMMARY = "an authorizer's issuer is the address of the issuer's configuration"
WHY = (
    "API Gateway adds `/.well-known/openid-configuration` itself, already while the authorizer is made, and "
    "holds the issuer against the `iss` of each token; with the whole address neither fits."
)
FIX = "Write the issuer as tokens have it in `iss`, with its slash at the end if there is one."
SOURCE = "API Gateway developer guide, 'Control access to HTTP APIs with JWT authorizers', 2026"

DOCUMENT = "/.well-known/"


def check(component: Component, platform: Platform) -> Iterator[Hit]:
    """Every issuer that names a document below it."""
    spec = component.spec
    assert isinstance(spec, Api)
    for name, authorizer in sorted(spec.authorizers.items()):
        if authorizer.jwt and DOCUMENT in authorizer.jwt.issuer:
            issuer = authorizer.jwt.issuer.partition(DOCUMENT)[0]
            message = (
                f"'{authorizer.jwt.issuer}' is where the configuration is, not who signs; write the `iss` of "
                f"the tokens, '{issuer}' or '{issuer}/'"
            )
            yield Hit(("authorizers", name, "jwt", "issuer"), message)
