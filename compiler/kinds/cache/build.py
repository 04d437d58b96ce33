"""Cache -> a replication group or a serverless cache, its users, and what its verbs grant."""

from __future__ import annotations

from collections.abc import Mapping

from awacs import elasticache as act
from troposphere import GetAtt, Join, Ref, Sub

from compiler import names
from compiler.blocks import iam, reach
from compiler.kinds.cache.engine import PORT, SERVERLESS_READER_PORT
from compiler.kinds.cache.nodes import add_nodes
from compiler.kinds.cache.serverless import add_serverless
from compiler.kinds.cache.spec import Cache, node_ids, serverless
from compiler.kinds.cache.users import add_users
from compiler.model import Component, Connection, Platform
from compiler.scope import Attribute, Grant, Port, Scope


def attributes(component: Component, platform: Platform) -> Mapping[str, Attribute]:
    """Where the cache is reached, how it is called, and its two users."""
    spec = component.spec
    assert isinstance(spec, Cache)
    where = _of_serverless(component) if spec.mode == "serverless" else _of_nodes(component, spec)
    return {
        "port": Attribute(str(PORT)),
        "security_group_id": reach.security_group_attribute(component),
        **_user(component, "read"),
        **_user(component, "write"),
        **where,
    }


def build(component: Component, scope: Scope) -> None:
    """Adds the cache in the isolated subnets, with users that only IAM lets in."""
    spec = component.spec
    assert isinstance(spec, Cache)
    group = reach.security_group(scope, "cache")
    users = add_users(spec.engine, scope)
    add = add_serverless if spec.mode == "serverless" else add_nodes
    add(spec, scope, group, users)


def grant(connection: Connection, component: Component, scope: Scope) -> Grant:
    """Each verb connects as its own user, whose rights the cache itself holds."""
    spec = component.spec
    assert isinstance(spec, Cache)
    allowed = [scope.value(component.name, name) for name in ("arn", f"{connection.verb}_user_arn")]
    last = SERVERLESS_READER_PORT if serverless(spec) else None
    port = Port(scope.value(component.name, "security_group_id"), PORT, last)
    return Grant((iam.allow([act.Connect], allowed),), ports=(port,))


def _user(component: Component, access: str) -> dict[str, Attribute]:
    title = names.logical_id(component.name, f"{names.pascal(access)}User")
    return {
        f"{access}_user": Attribute(Ref(title)),
        f"{access}_user_arn": Attribute(GetAtt(title, "Arn")),
    }


def _of_nodes(component: Component, spec: Cache) -> dict[str, Attribute]:
    title = names.logical_id(component.name, "ReplicationGroup")
    group = "arn:${AWS::Partition}:elasticache:${AWS::Region}:${AWS::AccountId}:replicationgroup:${Group}"
    return {
        "id": Attribute(Ref(title), shown=True),
        "arn": Attribute(Sub(group, Group=Ref(title))),
        **_endpoints(title, spec),
        "reader_port": Attribute(str(PORT)),
        **{name: Attribute(Join("-", [Ref(title), end])) for name, end in node_ids(spec).items()},
    }


def _endpoints(title: str, spec: Cache) -> dict[str, Attribute]:
    if spec.shards is not None:
        # A client of a cluster asks there where the shards and their replicas are.
        one = GetAtt(title, "ConfigurationEndPoint.Address")
        return {"primary_endpoint": Attribute(one, shown=True), "reader_endpoint": Attribute(one)}
    primary = GetAtt(title, "PrimaryEndPoint.Address")
    # With one node there is nothing but the primary to read from.
    reader = GetAtt(title, "ReaderEndPoint.Address") if spec.nodes > 1 else primary
    return {"primary_endpoint": Attribute(primary, shown=True), "reader_endpoint": Attribute(reader)}


def _of_serverless(component: Component) -> dict[str, Attribute]:
    title = names.logical_id(component.name, "ServerlessCache")
    return {
        "id": Attribute(Ref(title), shown=True),
        "arn": Attribute(GetAtt(title, "ARN")),
        "primary_endpoint": Attribute(GetAtt(title, "Endpoint.Address"), shown=True),
        "reader_endpoint": Attribute(GetAtt(title, "ReaderEndpoint.Address")),
        "reader_port": Attribute(str(SERVERLESS_READER_PORT)),
    }
