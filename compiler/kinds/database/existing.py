"""How the spec names a database that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Record, SecurityGroupId, about

HOST = {"pattern": "^[a-z0-9.-]{1,253}$", "form": "a host name, without a port"}


class ExistingDatabase(Record, kw_only=True):
    """An Aurora PostgreSQL cluster of the platform's account and region that lets users in through IAM.

    Its owner makes a user for each component that uses it.
    """

    identifier: Annotated[
        str,
        about(
            "The name of the cluster.",
            examples=["registry"],
            pattern="^[a-z](?:-?[a-z0-9]){0,62}$",
            form="the identifier of a database cluster in lower case",
        ),
    ]
    resource_id: Annotated[
        str,
        about(
            "The cluster's resource id, by which IAM knows it.",
            examples=["cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
            pattern="^cluster-[A-Z0-9]{1,64}$",
            form="the resource id of a cluster, such as cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        ),
    ]
    endpoint: Annotated[
        str,
        about(
            "The host name of the writer.",
            examples=["registry.cluster-abc123.eu-west-1.rds.amazonaws.com"],
            **HOST,
        ),
    ]
    reader_endpoint: (
        Annotated[
            str,
            about(
                "The host name of the readers; without it readers use the writer.",
                examples=["registry.cluster-ro-abc123.eu-west-1.rds.amazonaws.com"],
                **HOST,
            ),
        ]
        | None
    ) = None
    port: Annotated[int, about("The port.", examples=[5432], ge=1, le=65535)] = 5432
    name: Annotated[
        str,
        about(
            "The database inside the cluster.",
            examples=["registry"],
            pattern="^[A-Za-z_][A-Za-z0-9_]{0,62}$",
            form="a database name of letters, digits and underscores, such as registry",
        ),
    ]
    security_group: SecurityGroupId
