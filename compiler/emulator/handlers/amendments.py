"""Corrections to the emulator's own handlers: missing GetAtts, wrong Refs, properties it misreads."""

from collections.abc import Callable
from typing import Any

from handlers import databases, master_secret
from handlers.attributes import ATTRIBUTES, Attributes, replicated, serverless_cache
from handlers.calls import Handler, Properties, Result, picked

Translate = Callable[[str, Properties], str]
Rewrite = Callable[[Properties], Properties]


def amend(handlers: dict[str, Handler]) -> None:
    """Correct the entries of the emulator's handler table in place."""
    for name, attributes in ATTRIBUTES.items():
        handlers[name] = _with_attributes(handlers[name], attributes)
    for name, rewrite in _REWRITES.items():
        handlers[name] = _with_properties(handlers[name], rewrite)
    for name, (inner, outer) in _REFS.items():
        handlers[name] = _with_ref(handlers[name], inner, outer)
    cluster = "AWS::RDS::DBCluster"
    handlers[cluster] = databases.with_server(_with_attributes(handlers[cluster], databases.attributes))
    handlers[cluster] = _with_master_secret(_with_attributes(handlers[cluster], master_secret.attributes))
    bucket = "AWS::S3::Bucket"
    handlers[bucket] = _with_attributes(handlers[bucket], replicated)
    cache = "AWS::ElastiCache::ServerlessCache"
    handlers[cache] = _with_attributes(handlers[cache], serverless_cache)


# The ways to wrap an entry. Wrapped entries always take the logical id.


def _update(entry: Handler) -> Callable[..., Result]:
    """`entry`'s update; create stands in where there is none, as in the emulator's engine."""

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Result:
        if "update" not in entry:
            created: Result = entry["create"](logical_id or physical_id, new, stack)
            return created
        names = (logical_id,) if entry.get("update_with_logical_id") else ()
        updated: Result = entry["update"](physical_id, old, new, stack, *names)
        return updated

    return update


def _delete(entry: Handler) -> Callable[..., None]:
    def delete(physical_id: str, properties: Properties, logical_id: str | None = None) -> None:
        names = (logical_id,) if entry.get("delete_with_logical_id") else ()
        entry["delete"](physical_id, properties, *names)

    return delete


def _rewrapped(entry: Handler, create: Any, update: Any, delete: Any) -> Handler:
    flags = {"update_with_logical_id": True, "delete_with_logical_id": True}
    return {**entry, "create": create, "update": update, "delete": delete, **flags}


def _with_attributes(entry: Handler, attributes: Attributes) -> Handler:
    change = _update(entry)

    def create(logical_id: str, properties: Properties, stack: str) -> Result:
        physical_id, found = entry["create"](logical_id, properties, stack)
        return physical_id, {**found, **attributes(physical_id, found, properties)}

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Result:
        changed, found = change(physical_id, old, new, stack, logical_id)
        return changed, {**found, **attributes(changed, found, new)}

    return _rewrapped(entry, create, update, _delete(entry))


def _with_properties(entry: Handler, rewrite: Rewrite) -> Handler:
    """`entry` that reads its properties in the form it understands."""
    change = _update(entry)

    def create(logical_id: str, properties: Properties, stack: str) -> Result:
        created: Result = entry["create"](logical_id, rewrite(properties), stack)
        return created

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Result:
        return change(physical_id, rewrite(old), rewrite(new), stack, logical_id)

    return _rewrapped(entry, create, update, _delete(entry))


def _with_ref(entry: Handler, inner: Translate, outer: Callable[[str, dict[str, Any]], str]) -> Handler:
    """`entry` with AWS's Ref outside and the emulator's own physical id inside."""
    change, remove = _update(entry), _delete(entry)

    def create(logical_id: str, properties: Properties, stack: str) -> Result:
        physical_id, found = entry["create"](logical_id, properties, stack)
        return outer(physical_id, found), found

    def update(
        physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Result:
        changed, found = change(inner(physical_id, old), old, new, stack, logical_id)
        return outer(changed, found), found

    def delete(physical_id: str, properties: Properties, logical_id: str | None = None) -> None:
        remove(inner(physical_id, properties), properties, logical_id)

    return _rewrapped(entry, create, update, delete)


def _with_master_secret(entry: Handler) -> Handler:
    """The cluster's entry whose delete takes the master secret along."""
    remove = _delete(entry)

    def delete(cluster_id: str, properties: Properties, logical_id: str | None = None) -> None:
        secret = master_secret.arn_of(cluster_id)
        remove(cluster_id, properties, logical_id)
        master_secret.forget(secret)

    return _rewrapped(entry, entry["create"], _update(entry), delete)


# Refs: the physical id of AWS -> the emulator's, and back.


def secret_name(arn: str, _properties: Properties) -> str:
    """The name of a secret, which ends before a hyphen and six characters of its ARN."""
    return arn.split(":secret:", 1)[-1][:-7] if ":secret:" in arn else arn


def _secret_arn(_name: str, found: dict[str, Any]) -> str:
    return str(found["Arn"])


def _profile_arn(name: str, properties: Properties) -> str:
    from ministack.services import iam

    return str(iam.instance_profile_arn(name, properties.get("Path", "/")))


def _route(route_id: str, properties: Properties) -> str:
    return f"{properties['ApiId']}/{route_id}"


def _last_part(physical_id: str, _found: dict[str, Any]) -> str:
    return physical_id.rsplit("/", 1)[-1]


_REFS: dict[str, tuple[Translate, Callable[[str, dict[str, Any]], str]]] = {
    "AWS::ApiGatewayV2::Route": (_route, _last_part),
    "AWS::IAM::InstanceProfile": (_profile_arn, _last_part),
    "AWS::SecretsManager::Secret": (secret_name, _secret_arn),
}

# Properties.

_PLAIN_STATISTICS = (
    "SampleCount",
    "Average",
    "Sum",
    "Minimum",
    "Maximum",
)  # the rest are percentiles and the like


def _cluster_name(properties: Properties) -> Properties:
    # A cluster named by its ARN would end up inside the ARN of the service.
    cluster = properties.get("Cluster")
    return {**properties, "Cluster": cluster.rsplit("/", 1)[-1]} if cluster else properties


def _first_metric(properties: Properties) -> Properties:
    """An alarm on metric math as one on the first of its metrics: the emulator evaluates no expressions."""
    queries = [query["MetricStat"] for query in properties.get("Metrics", ()) if "MetricStat" in query]
    if not queries:
        return properties
    watched, rest = queries[0], {key: value for key, value in properties.items() if key != "Metrics"}
    simple = picked(watched["Metric"], "Namespace", "MetricName", "Dimensions")
    statistic = "Statistic" if watched["Stat"] in _PLAIN_STATISTICS else "ExtendedStatistic"
    return {**rest, **simple, **picked(watched, "Period", "Unit"), statistic: watched["Stat"]}


_REWRITES: dict[str, Rewrite] = {
    "AWS::CloudWatch::Alarm": _first_metric,
    "AWS::ECS::Service": _cluster_name,
    "AWS::SecretsManager::Secret": master_secret.excluding,
}
