"""Caches that spread their keys over shards."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from tests.specs import compiled, problems, resources
from tests.test_emulator import Account, account, emulator, faults

__all__ = ["account", "emulator", "faults"]  # fixtures


def built(settings: str) -> Assembly:
    return compiled(f"network: {{}}\ncaches: {{sessions: {settings}}}\n")


def group(settings: str) -> dict[str, Any]:
    (found,) = resources(built(settings), "AWS::ElastiCache::ReplicationGroup").values()
    return found


def alarms(settings: str) -> dict[str, list[str]]:
    """Alarm -> the ends of the parameters that name its nodes."""
    found = resources(built(settings), "AWS::CloudWatch::Alarm")
    return {
        name.removeprefix("Sessions").removesuffix("Alarm"): [
            query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"].removeprefix("Sessions")
            for query in alarm["Properties"].get("Metrics", [])
            if "MetricStat" in query
        ]
        for name, alarm in found.items()
        if name.startswith("Sessions")
    }


def test_each_shard_has_its_replicas_and_always_takes_over() -> None:
    properties = group("{shards: 3, nodes: 1}")["Properties"]
    names = ("ClusterMode", "NumNodeGroups", "ReplicasPerNodeGroup")
    assert [properties[name] for name in names] == ["enabled", 3, 0]
    assert (properties["AutomaticFailoverEnabled"], properties["MultiAZEnabled"]) == (True, False)
    assert "NumCacheClusters" not in properties
    assert group("{shards: 2, nodes: 3}")["Properties"]["ReplicasPerNodeGroup"] == 2


def test_another_number_of_shards_is_not_another_cache() -> None:
    assert group("{shards: 3}")["UpdatePolicy"] == {"UseOnlineResharding": True}
    assert "UpdatePolicy" not in group("{nodes: 2}")


def test_the_parameters_are_those_of_a_cluster() -> None:
    def enabled(settings: str) -> Any:
        (found,) = resources(built(settings), "AWS::ElastiCache::ParameterGroup").values()
        return found["Properties"]["Properties"].get("cluster-enabled")

    assert (enabled("{shards: 1}"), enabled("{}")) == ("yes", None)


def test_clients_find_all_shards_at_one_address() -> None:
    rest = (
        "functions: {use: {runtime: python3.13, handler: app.handler, code: code, "
        "connections: {sessions: write}}}"
    )
    assembly = compiled(f"network: {{}}\ncaches: {{sessions: {{shards: 2}}}}\n{rest}")
    outputs = next(stack for stack in assembly.stacks if stack.layer == "data").template["Outputs"]
    address = {"Fn::GetAtt": ["SessionsReplicationGroup", "ConfigurationEndPoint.Address"]}
    assert outputs["SessionsPrimaryEndpoint"]["Value"] == address
    assert outputs["SessionsReaderEndpoint"]["Value"] == address


def test_all_nodes_of_all_shards_are_watched_and_ten_by_an_alarm() -> None:
    found = alarms("{shards: 6, nodes: 2}")
    assert set(found["HighCpu"]) == {f"Node{shard}{node}Id" for shard in range(1, 6) for node in (1, 2)}
    assert found["HighCpu2"] == ["Node61Id", "Node62Id"]
    assert "ReplicationLag" in found
    assert "ReplicationLag" not in alarms("{shards: 2, nodes: 1}")


def test_the_ids_of_nodes_are_those_that_elasticache_gives() -> None:
    (stack,) = (stack for stack in built("{shards: 2, nodes: 2}").stacks if stack.layer == "data")
    ends = [
        output["Value"]["Fn::Join"][1][1]
        for name, output in sorted(stack.template["Outputs"].items())
        if name.startswith("SessionsNode")
    ]
    assert ends == ["0001-001", "0001-002", "0002-001", "0002-002"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("{shards: 100, nodes: 6}", "E210 100 shards of 6 nodes are 600, ElastiCache allows 500"),
        ("{mode: serverless, shards: 2}", "E210 a cache of mode 'serverless' has no 'shards'; remove it"),
    ],
)
def test_what_cannot_be_is_explained(settings: str, message: str) -> None:
    found = problems(f"network: {{}}\ncaches: {{sessions: {settings}}}\n")
    assert {problem.split(" ", 1)[1] for problem in found} == {message}


def test_it_deploys_on_the_emulator(account: Account) -> None:
    """With three shards: it refuses two, which AWS does not."""
    assembly = built("{shards: 3, nodes: 2}")
    where = aws.Session(None, assembly.region, account.emulator.endpoint_url, account.account)
    *_, deployed = execute.run(plan.make(assembly, aws.connect(where)))
    assert isinstance(deployed, Deployed)
    address = deployed.outputs["shop-dev-data"]["SessionsPrimaryEndpoint"]
    assert address.startswith("clustercfg.")
