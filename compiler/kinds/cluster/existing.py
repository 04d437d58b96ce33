"""How the spec names a cluster that exists already."""

from __future__ import annotations

from typing import Annotated, Literal

from compiler.kind import KEY_ID, Record, about


class ExistingCluster(Record, kw_only=True):
    """An ECS cluster of the platform's account and region, with the capacity providers of Fargate."""

    name: Annotated[
        str,
        about(
            "The cluster's name.",
            examples=["shared"],
            pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$",
            form="the name of an ECS cluster",
        ),
    ]
    container_insights: Annotated[
        Literal["none", "standard", "enhanced"],
        about(
            "Which metrics of tasks ECS collects there; without any, no alarm counts missing tasks.",
            examples=["enhanced"],
        ),
    ] = "none"
    exec_log_group: (
        Annotated[
            str,
            about(
                "The log group that its interactive sessions are recorded in.",
                examples=["/ecs/shared/exec"],
                pattern="^[A-Za-z0-9_/.#-]{1,512}$",
                form="the name of a log group",
            ),
        ]
        | None
    ) = None
    key: (
        Annotated[
            str,
            about(
                "The id of the KMS key that encrypts its interactive sessions.",
                examples=["1234abcd-12ab-34cd-56ef-1234567890ab"],
                **KEY_ID,
            ),
        ]
        | None
    ) = None
    namespace: (
        Annotated[
            str,
            about(
                "The id of the Cloud Map namespace in which services `call` each other; no other platform "
                "may have services of the same names there.",
                examples=["ns-0a1b2c3d4e5f6071"],
                pattern="^ns-[a-z0-9]{1,61}$",
                form="the id of a namespace, such as ns-0a1b2c3d4e5f6071",
            ),
        ]
        | None
    ) = None
