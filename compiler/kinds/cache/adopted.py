"""A cache that exists already."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.blocks import adopted
from compiler.kinds.cache.engine import PORT, SERVERLESS_READER_PORT
from compiler.kinds.cache.spec import Cache, serverless
from compiler.model import Component, Platform
from compiler.scope import Attribute


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Where the cache is reached, how it is called, and its two users."""
    spec = component.spec
    assert isinstance(spec, Cache)
    existing = spec.existing
    assert existing is not None
    alone = serverless(spec)
    sort = "serverlesscache" if alone else "replicationgroup"
    users = {"read": existing.read_user, "write": existing.write_user}
    return {
        "id": Attribute(existing.id),
        "arn": Attribute(adopted.arn("elasticache", f"{sort}:{existing.id}")),
        "port": Attribute(str(PORT)),
        "primary_endpoint": Attribute(existing.endpoint),
        "reader_endpoint": Attribute(existing.reader_endpoint or existing.endpoint),
        "reader_port": Attribute(str(SERVERLESS_READER_PORT if alone else PORT)),
        "security_group_id": Attribute(existing.security_group),
        **{f"{access}_user": Attribute(user) for access, user in users.items()},
        **{
            f"{access}_user_arn": Attribute(adopted.arn("elasticache", f"user:{user}"))
            for access, user in users.items()
        },
    }
