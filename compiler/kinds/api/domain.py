"""What users may write of an API's own name, and whom it lets in by certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from compiler.blocks import certificate as acm
from compiler.kind import Problem, Record, about
from compiler.model import Component, Platform


class ApiDomain(Record, kw_only=True):
    """A name of its own for the API; the address that AWS gives every API is closed then."""

    name: Annotated[
        str,
        about(
            "The name under which the API is called.",
            examples=["api.example.com"],
            pattern=r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
            max_length=253,
            form="a domain name such as api.example.com",
        ),
    ]
    certificate: Annotated[
        str,
        about(
            "The ACM certificate for this name, of the platform's own account and region: its id or its ARN.",
            examples=["12345678-1234-1234-1234-123456789012"],
            pattern=acm.PATTERN,
            form=acm.FORM,
        ),
    ]
    hosted_zone: (
        Annotated[
            str,
            about(
                "The id of the Route 53 zone that gets a record for the name; without it you make a record "
                "that leads to the stack's output `<Api>RegionalDomainName` yourself.",
                examples=["Z0123456789ABCDEFGHIJ"],
                pattern="^Z[A-Z0-9]{1,31}$",
                form="the id of a hosted zone such as Z0123456789ABCDEFGHIJ",
            ),
        ]
        | None
    ) = None
    truststore: (
        Annotated[
            str,
            about(
                "The certificates of whoever signs those of callers (mutual TLS), a file in S3; nobody "
                "without such a certificate is let in.",
                examples=["s3://trust/devices.pem"],
                pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+$",
                form="a file in S3 such as s3://trust/devices.pem",
            ),
        ]
        | None
    ) = None
    truststore_version: (
        Annotated[
            str,
            about(
                "The version of that file; a new version is read only when it is written here.",
                examples=["3HL4kqtJvjVBH40Nrjfkd"],
                min_length=1,
                max_length=1024,
            ),
        ]
        | None
    ) = None


def problems(domain: ApiDomain, component: Component, platform: Platform) -> Iterator[Problem]:
    """A version of no file, or a name that another API has."""
    if domain.truststore_version and not domain.truststore:
        message = "a `truststore_version` is the version of a `truststore`; name that file, or remove it"
        yield Problem(("domain", "truststore_version"), "E210", message)
    for other in platform.of_kind(component.kind):
        theirs = getattr(other.spec, "domain", None)
        if theirs and theirs.name == domain.name and other.name < component.name:
            message = f"the API '{other.name}' is called {domain.name} too; give one of them another name"
            yield Problem(("domain", "name"), "E210", message)
