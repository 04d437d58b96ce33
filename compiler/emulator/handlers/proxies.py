"""RDS proxies, their endpoints and targets, for which the emulator has an API but no handler."""

from typing import Any

from handlers.calls import Handler, Properties, Result, client, handler, picked

_PROXY_UPDATES = ("Auth", "RequireTLS", "IdleClientTimeout", "DebugLogging", "RoleArn")
_PROXY_CREATES = (
    *_PROXY_UPDATES,
    "DBProxyName",
    "EngineFamily",
    "DefaultAuthScheme",
    "VpcSubnetIds",
    "VpcSecurityGroupIds",
    "Tags",
)
_POOL = ("MaxConnectionsPercent", "MaxIdleConnectionsPercent", "ConnectionBorrowTimeout")
_POOL_CONFIGURATION = (*_POOL, "SessionPinningFilters", "InitQuery")


def _proxy_attributes(proxy: dict[str, Any]) -> dict[str, Any]:
    return {
        "DBProxyArn": proxy["DBProxyArn"],
        "Endpoint": proxy["Endpoint"],
        "VpcId": proxy.get("VpcId", ""),
    }


def _create_proxy(_logical_id: str, properties: Properties, _stack: str) -> Result:
    made = client("rds").create_db_proxy(**picked(properties, *_PROXY_CREATES))["DBProxy"]
    return made["DBProxyName"], _proxy_attributes(made)


def _update_proxy(name: str, _old: Properties, new: Properties) -> Result:
    given = picked(new, *_PROXY_UPDATES)
    given["SecurityGroups"] = new.get("VpcSecurityGroupIds") or []
    return name, _proxy_attributes(client("rds").modify_db_proxy(DBProxyName=name, **given)["DBProxy"])


def _delete_proxy(name: str, _properties: Properties) -> None:
    client("rds").delete_db_proxy(DBProxyName=name)


_ENDPOINT = (
    "DBProxyEndpointName",
    "DBProxyName",
    "TargetRole",
    "VpcSubnetIds",
    "VpcSecurityGroupIds",
    "Tags",
)


def _endpoint(made: dict[str, Any]) -> Result:
    attributes = {name: made.get(name, "") for name in ("DBProxyEndpointArn", "Endpoint", "VpcId")}
    return made["DBProxyEndpointName"], attributes


def _create_endpoint(_logical_id: str, properties: Properties, _stack: str) -> Result:
    return _endpoint(
        client("rds").create_db_proxy_endpoint(**picked(properties, *_ENDPOINT))["DBProxyEndpoint"]
    )


def _update_endpoint(name: str, _old: Properties, new: Properties) -> Result:
    groups = picked(new, "VpcSecurityGroupIds")
    made = client("rds").modify_db_proxy_endpoint(DBProxyEndpointName=name, **groups)
    return _endpoint(made["DBProxyEndpoint"])


def _delete_endpoint(name: str, _properties: Properties) -> None:
    client("rds").delete_db_proxy_endpoint(DBProxyEndpointName=name)


def _create_target_group(_logical_id: str, properties: Properties, _stack: str) -> Result:
    name = properties["DBProxyName"]
    _register(name, properties)
    return _configure_pool(name, properties)


def _targets(properties: Properties) -> dict[str, list[str]]:
    wanted = picked(properties, "DBClusterIdentifiers", "DBInstanceIdentifiers")
    return {name: values for name, values in wanted.items() if values}


def _register(proxy: str, properties: Properties) -> None:
    if targets := _targets(properties):
        client("rds").register_db_proxy_targets(DBProxyName=proxy, **targets)


def _configure_pool(proxy: str, properties: Properties) -> Result:
    pool = picked(properties.get("ConnectionPoolConfigurationInfo") or {}, *_POOL_CONFIGURATION)
    pool |= {name: int(pool[name]) for name in _POOL if name in pool}
    group = client("rds").modify_db_proxy_target_group(
        TargetGroupName="default", DBProxyName=proxy, ConnectionPoolConfig=pool
    )["DBProxyTargetGroup"]
    return group["TargetGroupArn"], {"TargetGroupArn": group["TargetGroupArn"]}


def _update_target_group(_arn: str, old: Properties, new: Properties) -> Result:
    if _targets(old) != _targets(new):
        _delete_target_group("", old)
        _register(new["DBProxyName"], new)
    return _configure_pool(new["DBProxyName"], new)


def _delete_target_group(_arn: str, properties: Properties) -> None:
    if targets := _targets(properties):
        client("rds").deregister_db_proxy_targets(DBProxyName=properties["DBProxyName"], **targets)


HANDLERS: dict[str, Handler] = {
    "AWS::RDS::DBProxy": handler(_create_proxy, _update_proxy, _delete_proxy),
    "AWS::RDS::DBProxyEndpoint": handler(_create_endpoint, _update_endpoint, _delete_endpoint),
    "AWS::RDS::DBProxyTargetGroup": handler(_create_target_group, _update_target_group, _delete_target_group),
}
REPLACING = {
    "AWS::RDS::DBProxy": (
        *(
            "DBProxyName",
            "EngineFamily",
            "EndpointNetworkType",
            "TargetConnectionNetworkType",
            "VpcSubnetIds",
        ),
    ),
    "AWS::RDS::DBProxyEndpoint": (
        *("DBProxyEndpointName", "DBProxyName", "EndpointNetworkType", "TargetRole", "VpcSubnetIds"),
    ),
    "AWS::RDS::DBProxyTargetGroup": ("DBProxyName", "TargetGroupName"),
}
