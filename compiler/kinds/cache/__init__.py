"""ElastiCache caches, of nodes or serverless."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.alarm import Alarm
from compiler.kind import Kind, Verb
from compiler.kinds.cache.checks import check
from compiler.kinds.cache.spec import Cache, node_ids
from compiler.kinds.cache.spec import serverless as is_serverless  # a module here has this name too
from compiler.kinds.cache.watching import node_alarms, serverless_alarms
from compiler.model import Component, Platform
from compiler.units import byte_count


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    spec = component.spec
    assert isinstance(spec, Cache)
    if spec.mode == "serverless":
        return serverless_alarms(byte_count(spec.limits.storage))
    return node_alarms(list(node_ids(spec)), spec.nodes > 1, spec.node_type)


# The name is part of the token with which IAM lets a user in.
WHERE = {"NAME": "id", "TLS": "=true"}


def _promises(component: Component, platform: Platform) -> Iterable[str]:
    spec = component.spec
    assert isinstance(spec, Cache)
    if is_serverless(spec):
        return ("cache_serverless",)
    if component.adopted:
        return ("existing",)
    return ("cache_multi_zone",) if spec.nodes > 1 else ("cache_single_zone",)


KIND = Kind(
    name="cache",
    section="caches",
    spec=Cache,
    layer="data",
    lost="a cache is made again and fills itself; ElastiCache copies only nodes of the m and r families",
    summary="ElastiCache caches, by name.",
    verbs={
        "read": Verb(
            "read keys, from the replicas where there are any",
            environment={"HOST": "reader_endpoint", "PORT": "reader_port", "USER": "read_user", **WHERE},
            network=True,
        ),
        "write": Verb(
            "read and write keys, publish and subscribe",
            environment={
                "HOST": "primary_endpoint",
                "PORT": "port",
                "READER_HOST": "reader_endpoint",
                "READER_PORT": "reader_port",
                "USER": "write_user",
                **WHERE,
            },
            network=True,
        ),
    },
    needs=lambda spec: ("network",),
    check=check,
    alarms=_alarms,
    availability=_promises,
)
