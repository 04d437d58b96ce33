"""The embedded emulator, for real: a whole path through a function, faults and rollbacks, parameters."""

import http.client
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from compiler.emulator.server import Emulator, credentials, find_python, running

_QUICKLY = {"Delay": 0.02, "MaxAttempts": 500}
_accounts = (f"{number:012d}" for number in itertools.count(111111111111))

Resources = dict[str, dict[str, Any]]


class Account:
    """An account of its own on the shared server, and its stacks."""

    def __init__(self, emulator: Emulator, account: str) -> None:
        self.emulator, self.account = emulator, account
        self.cloudformation = self.client("cloudformation")

    def client(self, service: str, region: str = "us-east-1") -> Any:
        where = {"endpoint_url": self.emulator.endpoint_url, "region_name": region}
        return boto3.client(service, **where, **credentials(self.account))  # type: ignore[call-overload]

    def deploy(
        self, template: dict[str, Any], parameters: dict[str, str] | None = None, stack: str = "room"
    ) -> dict[str, str]:
        """Execute a change set; the outputs of the stack."""
        kind = "UPDATE" if self._exists(stack) else "CREATE"
        given = {"StackName": stack, "ChangeSetName": f"{kind}-{next(_accounts)}"}
        values = [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()]
        self.cloudformation.create_change_set(
            **given,
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            Parameters=values,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        self.wait("change_set_create_complete", **given)
        self.cloudformation.execute_change_set(**given)
        self.wait(f"stack_{kind.lower()}_complete", StackName=stack)
        return self.outputs(stack)

    def wait(self, waiter: str, **given: str) -> None:
        self.cloudformation.get_waiter(waiter).wait(WaiterConfig=_QUICKLY, **given)

    def delete(self, stack: str = "room") -> None:
        self.cloudformation.delete_stack(StackName=stack)
        self.wait("stack_delete_complete", StackName=stack)

    def outputs(self, stack: str = "room") -> dict[str, str]:
        described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {item["OutputKey"]: item["OutputValue"] for item in described.get("Outputs", [])}

    def status(self, stack: str = "room") -> str:
        return str(self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])

    def reasons(self, stack: str = "room") -> list[str]:
        events = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return [event.get("ResourceStatusReason", "") for event in events]

    def _exists(self, stack: str) -> bool:
        return any(item["StackName"] == stack for item in self.cloudformation.describe_stacks()["Stacks"])


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "faults.json"


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator, next(_accounts))


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
_FUNCTION = """
import boto3, os
def handler(event, context):
    boto3.client("kinesis").put_record(
        StreamName=os.environ["STREAM"], Data=event["body"].encode(), PartitionKey="device")
    return {"statusCode": 202, "body": "kept"}
"""
SUBNETS = [ref("Subnet"), ref("Subnet2")]
GROUP = att("Group", "GroupId")
RULE = {"GroupId": GROUP, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}

# What the types under test lean on.
BASE: Resources = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Subnet": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24"),
    "Subnet2": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24"),
    "Group": resource("EC2::SecurityGroup", GroupDescription="one", VpcId=ref("Vpc")),
    "Address": resource("EC2::EIP", Domain="vpc"),
    "Acl": resource("EC2::NetworkAcl", VpcId=ref("Vpc")),
    "Logs": resource("Logs::LogGroup", RetentionInDays=7),
    "Role": resource("IAM::Role", AssumeRolePolicyDocument=_TRUST),
    "Stream": resource("Kinesis::Stream", ShardCount=1),
    "Cluster": resource("ECS::Cluster"),
    "Tasks": resource("ECS::TaskDefinition", Family="f", ContainerDefinitions=[{"Name": "a", "Image": "i"}]),
    "Service": resource("ECS::Service", Cluster=ref("Cluster"), TaskDefinition=ref("Tasks")),
    "Target": resource(
        "ApplicationAutoScaling::ScalableTarget",
        ResourceId={"Fn::Sub": "service/${Cluster}/${Service.Name}"},
        ScalableDimension="ecs:service:DesiredCount",
        ServiceNamespace="ecs",
        MinCapacity=1,
        MaxCapacity=2,
    ),
    "Secret": resource("SecretsManager::Secret", GenerateSecretString={"ExcludePunctuation": True}),
    "Secret2": resource(
        "SecretsManager::Secret",
        GenerateSecretString={"SecretStringTemplate": '{"username": "app"}', "GenerateStringKey": "password"},
    ),
    "Groups": resource("RDS::DBSubnetGroup", DBSubnetGroupDescription="d", SubnetIds=SUBNETS),
    "Database": {
        **resource(
            "RDS::DBCluster",
            Engine="aurora-postgresql",
            MasterUsername="owner",
            ManageMasterUserPassword=True,
            DBSubnetGroupName=ref("Groups"),
        ),
        "DeletionPolicy": "Delete",
    },
    "Proxy": resource(
        "RDS::DBProxy",
        DBProxyName="proxy",
        EngineFamily="POSTGRESQL",
        RoleArn=att("Role", "Arn"),
        VpcSubnetIds=SUBNETS,
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": att("Database", "MasterUserSecret.SecretArn")}],
    ),
    "Vault": resource("Backup::BackupVault", BackupVaultName="vault"),
    "Plan": resource(
        "Backup::BackupPlan",
        BackupPlan={
            "BackupPlanName": "plan",
            "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": ref("Vault")}],
        },
    ),
    "Bus": resource("Events::EventBus", Name="bus"),
    "Alarm": resource(
        "CloudWatch::Alarm",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    ),
    "Function": resource(
        "Lambda::Function",
        Runtime="python3.13",
        Handler="index.handler",
        Role=att("Role", "Arn"),
        Code={"ZipFile": _FUNCTION},
        Environment={"Variables": {"STREAM": ref("Stream")}},
        Timeout=10,
    ),
    "Api": resource("ApiGatewayV2::Api", Name="devices", ProtocolType="HTTP"),
    "Integration": resource(
        "ApiGatewayV2::Integration",
        ApiId=ref("Api"),
        IntegrationType="AWS_PROXY",
        IntegrationUri=att("Function", "Arn"),
        PayloadFormatVersion="2.0",
    ),
    "Stage": resource("ApiGatewayV2::Stage", ApiId=ref("Api"), StageName="$default", AutoDeploy=True),
    "Link": resource(
        "ElasticLoadBalancingV2::LoadBalancer", Scheme="internal", Subnets=SUBNETS, SecurityGroups=[GROUP]
    ),
    "Files": resource("EFS::FileSystem", Encrypted=True),
}


def needed(value: Any) -> set[str]:
    """The logical ids that `value` refers to, directly or through BASE."""
    text = json.dumps(value)
    names = {name for name in BASE if f'"{name}"' in text or f"${{{name}}}" in text or f"${{{name}." in text}
    return names.union(*(needed(BASE[name]) for name in names))


def template(subject: dict[str, Any], attributes: list[str] | tuple[str, ...] = ()) -> dict[str, Any]:
    """The subject, what it needs, and outputs for its Ref and the attributes."""
    outputs = {"Ref": ref("Subject")} | {re.sub(r"\W", "", name): att("Subject", name) for name in attributes}
    used = {name: BASE[name] for name in BASE if name in needed(subject)}
    values = {name: {"Value": value} for name, value in outputs.items()}
    return {"Resources": {**used, "Subject": subject}, "Outputs": values}


def test_a_managed_master_password_is_a_real_secret_that_goes_with_its_cluster(account: Account) -> None:
    outputs = account.deploy(template(BASE["Database"], ["MasterUserSecret.SecretArn"]))
    secrets = account.client("secretsmanager")
    value = json.loads(
        secrets.get_secret_value(SecretId=outputs["MasterUserSecretSecretArn"])["SecretString"]
    )
    assert value["username"] == "owner"
    assert len(value["password"]) >= 32
    account.delete()
    assert secrets.list_secrets()["SecretList"] == []


def test_a_standalone_rule_outlives_an_update_of_its_group_and_may_not_be_made_twice(
    account: Account,
) -> None:
    rule = resource("EC2::SecurityGroupIngress", **RULE, CidrIp="10.0.0.0/16")
    wanted = template(rule)
    account.deploy(wanted)
    wanted["Resources"]["Group"] = {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {**BASE["Group"]["Properties"], "Tags": [{"Key": "a", "Value": "b"}]},
    }
    outputs = account.deploy(wanted)
    rules = account.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    assert outputs["Ref"] in {item["SecurityGroupRuleId"] for item in rules}

    wanted["Resources"]["Twin"] = rule
    with pytest.raises(Exception, match="UPDATE_ROLLBACK_COMPLETE"):
        account.deploy(wanted)
    assert any("already exists" in reason for reason in account.reasons())


def test_list_parameters_and_intrinsics_yield_lists(account: Account) -> None:
    made = account.deploy(
        {"Resources": {name: BASE[name] for name in ("Vpc", "Subnet", "Subnet2")}}, stack="first"
    )
    assert made == {}
    subnets = [item["SubnetId"] for item in account.client("ec2").describe_subnets()["Subnets"]]
    own = sorted(name for name in subnets if name)[:2]
    body = {
        "Parameters": {
            "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
            "Zones": {"Type": "CommaDelimitedList"},
        },
        "Resources": {
            "Secret2": resource(
                "SecretsManager::Secret",
                GenerateSecretString={
                    "SecretStringTemplate": '{"username": "app"}',
                    "GenerateStringKey": "password",
                },
            ),
            "Groups": resource("RDS::DBSubnetGroup", DBSubnetGroupDescription="d", SubnetIds=ref("Subnets")),
        },
        "Outputs": {
            "Ref": {"Value": ref("Groups")},
            "Join": {"Value": {"Fn::Join": ["|", ref("Zones")]}},
            "Select": {"Value": {"Fn::Select": [1, ref("Zones")]}},
            "Split": {"Value": {"Fn::Select": [1, {"Fn::Split": ["-", "a-b"]}]}},
            "Cidr": {"Value": {"Fn::Select": [1, {"Fn::Cidr": ["10.0.0.0/16", 4, 8]}]}},
            "Zone": {"Value": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}},
            "Sub": {"Value": {"Fn::Sub": ["${AWS::Region}/${Word}", {"Word": "w"}]}},
        },
    }
    outputs = account.deploy(body, {"Subnets": ",".join(own), "Zones": "us-east-1a, us-east-1b"})
    group = account.client("rds").describe_db_subnet_groups(DBSubnetGroupName=outputs.pop("Ref"))
    assert {item["SubnetIdentifier"] for item in group["DBSubnetGroups"][0]["Subnets"]} == set(own)
    assert outputs == {
        "Join": "us-east-1a|us-east-1b",
        "Select": "us-east-1b",
        "Split": "b",
        "Cidr": "10.0.1.0/24",
        "Zone": "us-east-1a",
        "Sub": "us-east-1/w",
    }


def test_a_log_group_keeps_its_resource_policy(account: Account) -> None:
    outputs = account.deploy(template(resource("Logs::LogGroup", ResourcePolicyDocument=POLICY), ["Arn"]))
    arn = outputs["Arn"].removesuffix(":*")
    found = account.client("logs").describe_resource_policies(resourceArn=arn, policyScope="RESOURCE")
    assert json.loads(found["resourcePolicies"][0]["policyDocument"]) == POLICY


_ROUTE = resource(
    "ApiGatewayV2::Route",
    ApiId=ref("Api"),
    RouteKey="POST /telemetry",
    Target={"Fn::Sub": "integrations/${Integration}"},
)


def platform() -> dict[str, Any]:
    whole = template(_ROUTE)
    whole["Resources"]["Stage"] = BASE["Stage"]
    whole["Outputs"] = {"Api": {"Value": ref("Api")}, "Stream": {"Value": ref("Stream")}}
    return whole


def posted(emulator: Emulator, api: str, body: str) -> int:
    address = emulator.endpoint_url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=20)
    headers = {"Host": f"{api}.execute-api.{address}", "Content-Type": "text/plain"}
    connection.request("POST", "/telemetry", body=body, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def records(account: Account, stream: str) -> list[bytes]:
    kinesis = account.client("kinesis")
    shard = kinesis.list_shards(StreamName=stream)["Shards"][0]["ShardId"]
    where = {"StreamName": stream, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**where)["ShardIterator"]
    return [record["Data"] for record in kinesis.get_records(ShardIterator=iterator)["Records"]]


def test_an_http_api_reaches_a_function_that_writes_to_a_stream(account: Account) -> None:
    outputs = account.deploy(platform())
    assert posted(account.emulator, outputs["Api"], "21.5") == 202
    assert records(account, outputs["Stream"]) == [b"21.5"]
    account.delete()


def test_a_failing_create_rolls_back_with_the_reason_given(account: Account, faults: Path) -> None:
    fault = {"type": "AWS::RDS::DBCluster", "operation": "create", "fail": f"no room in {account.account}"}
    with InForce(faults, fault), pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        account.deploy(template(BASE["Database"]))
    assert account.status() == "ROLLBACK_COMPLETE"
    assert fault["fail"] in account.reasons()


def test_a_failing_update_and_a_failing_rollback_get_stuck_and_recover(
    account: Account, faults: Path
) -> None:
    wanted = template(BASE["Logs"])
    wanted["Resources"]["Other"] = {**BASE["Logs"], "DependsOn": "Subject"}
    account.deploy(wanted)
    for name in ("Subject", "Other"):
        wanted["Resources"][name] = {**wanted["Resources"][name], "Properties": {"RetentionInDays": 14}}
    stuck = (
        {"logical_id": "Subject", "operation": "update", "after": 1, "fail": "no way back"},
        {"logical_id": "Other", "operation": "update", "fail": "not now"},
    )
    with InForce(faults, *stuck), pytest.raises(Exception, match="UPDATE_ROLLBACK_FAILED"):
        account.deploy(wanted)
    account.cloudformation.continue_update_rollback(StackName="room")
    account.wait("stack_rollback_complete", StackName="room")
    assert account.status() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_failing_delete_is_reported_and_can_be_repeated(account: Account, faults: Path) -> None:
    account.deploy(template(BASE["Logs"]))
    fault = {"logical_id": "Subject", "operation": "delete", "fail": "held"}
    with InForce(faults, fault), pytest.raises(Exception, match="DELETE_FAILED"):
        account.delete()
    account.delete()


def test_a_delay_makes_the_work_visible(account: Account, faults: Path) -> None:
    given = {"StackName": "room", "ChangeSetName": "slow"}
    with InForce(faults, {"logical_id": "Subject", "delay": 0.5}):
        account.cloudformation.create_change_set(
            **given, ChangeSetType="CREATE", TemplateBody=json.dumps(template(BASE["Logs"]))
        )
        account.wait("change_set_create_complete", **given)
        account.cloudformation.execute_change_set(**given)
        assert account.status() == "CREATE_IN_PROGRESS"
        account.wait("stack_create_complete", StackName="room")


class InForce:
    """Faults for the length of a block."""

    def __init__(self, path: Path, *faults: dict[str, Any]) -> None:
        self.path, self.faults = path, faults

    def __enter__(self) -> None:
        self.path.write_text(json.dumps(self.faults), encoding="utf-8")

    def __exit__(self, *_: object) -> None:
        self.path.unlink()
