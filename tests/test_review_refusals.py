"""Updates that AWS refuses are said to be refused, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.commands.reviewing import require_possible
from compiler.deploy.errors import RefusedError
from compiler.review.changes import Change
from compiler.review.changesets import read
from compiler.review.templates import compare
from compiler.views import review
from compiler.views.style import Style
from tests.test_review_changesets import described, detail
from tests.test_review_changesets import stack as real
from tests.test_review_templates import assembly, changes, diff, res, stack

AURORA = "aurora-postgresql"
NAMED = {"DBClusterIdentifier": "a"}
LISTENER: dict[str, Any] = {"Name": "web", "Port": 80, "Protocol": "HTTP"}


def only(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    return diff({"It": res(kind, **before)}, {"It": res(kind, **after)})["It"]


@pytest.mark.parametrize(
    ("kind", "before", "after", "rule"),
    [
        ("ECR::Repository", {"RepositoryName": "a"}, {"EncryptionConfiguration": {"KmsKey": "k"}}, "R161"),
        ("ElasticLoadBalancingV2::TargetGroup", LISTENER, {"Port": 81}, "R161"),
        ("EFS::MountTarget", {"FileSystemId": "fs", "SubnetId": "s"}, {"IpAddress": "10.0.0.9"}, "R161"),
        ("Kinesis::StreamConsumer", {"ConsumerName": "a", "StreamARN": "b"}, {"Tags": []}, "R161"),
        ("RDS::DBCluster", NAMED, {"StorageEncrypted": True}, "R161"),
        ("RDS::DBCluster", {**NAMED, "Engine": "aurora-mysql"}, {"Engine": AURORA}, "R162"),
        ("RDS::DBCluster", {"Engine": AURORA, "EngineVersion": "16.8"}, {"EngineVersion": "16.4"}, "R163"),
        ("ElastiCache::ReplicationGroup", {"EngineVersion": "8.1"}, {"EngineVersion": "7.2"}, "R163"),
        ("RDS::DBInstance", {"AllocatedStorage": "100"}, {"AllocatedStorage": "50"}, "R164"),
        ("EC2::Volume", {"Size": 100}, {"Size": 50}, "R164"),
        ("KMS::Key", {}, {"KeySpec": "RSA_2048"}, "R107"),
        ("KMS::Key", {"KeyUsage": "SIGN_VERIFY"}, {"KeyUsage": "ENCRYPT_DECRYPT"}, "R107"),
        ("KMS::Key", {}, {"Origin": "EXTERNAL"}, "R107"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_no_replacement(
    kind: str, before: dict[str, Any], after: dict[str, Any], rule: str
) -> None:
    found = only(kind, before, {**before, **after})
    assert (found.action, found.reasons[0].rule) == ("refused", rule)
    assert any(word in found.reasons[0].text for word in ("leave", "write"))


@pytest.mark.parametrize(
    ("kind", "before", "after", "action"),
    [
        # Another name, no name, and a name whose value moves: nothing stands in the way of the new one.
        ("ElasticLoadBalancingV2::TargetGroup", LISTENER, {"Port": 81, "Name": "web2"}, "replace"),
        ("RDS::DBCluster", {"StorageEncrypted": False}, {"StorageEncrypted": True}, "replace"),
        ("EC2::SecurityGroup", {"GroupName": "a", "VpcId": "b"}, {"VpcId": "c"}, "replace"),
        ("EC2::SecurityGroup", {"GroupName": "a", "VpcId": "b"}, {"Tags": []}, "modify"),
        ("RDS::DBCluster", {"Engine": "aurora-mysql"}, {"Engine": "aurora-postgresql"}, "may-replace"),
        ("RDS::DBInstance", {"DBInstanceIdentifier": "a", "Engine": "oracle-ee"}, {"Engine": "oracle-ee-cdb"},
         "may-replace"),
        ("RDS::DBCluster", {"EngineVersion": "16.4"}, {"EngineVersion": "16.8"}, "modify"),
        ("RDS::DBCluster", {"EngineVersion": "16.4"}, {"EngineVersion": "16"}, "modify"),
        ("RDS::DBCluster", {"EngineVersion": "16.10"}, {"EngineVersion": "17"}, "modify"),
        ("RDS::DBCluster", {"EngineVersion": {"Ref": "V"}}, {"EngineVersion": "1.1"}, "modify"),
        ("EC2::Volume", {"Size": 50}, {"Size": 100}, "modify"),
        ("EC2::Volume", {"Size": 50}, {"Size": {"Ref": "Size"}}, "modify"),
        ("KMS::Key", {}, {"KeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": False}, "modify"),
    ],
)  # fmt: skip
def test_what_aws_does_is_not_refused(
    kind: str, before: dict[str, Any], after: dict[str, Any], action: str
) -> None:
    assert only(kind, before, {**before, **after}).action == action


def carried(name: Any) -> Change:
    def network(cidr: str) -> dict[str, Any]:
        group = res("ElasticLoadBalancingV2::TargetGroup", Name=name, VpcId={"Ref": "Vpc"})
        return {"Vpc": res("EC2::VPC", CidrBlock=cidr), "Group": group}

    return diff(network("10.0.0.0/16"), network("10.1.0.0/16"))["Group"]


def test_a_replacement_that_comes_from_elsewhere_is_refused_too_unless_it_brings_another_name() -> None:
    assert carried("web").action == "refused"
    assert "leave VpcId as it was" in carried("web").reasons[0].text
    assert carried({"Ref": "Vpc"}).action == "replace"


def test_a_change_set_that_would_fail_is_known_before_it_runs() -> None:
    named = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a", "FifoQueue": True}}}
    change = described(
        "Queue", "SQS::Queue", Replacement="True", Details=[detail("/Properties/FifoQueue", "Always")]
    )
    (found,) = read([{"Changes": [change]}], real(named))
    assert (found.action, found.reasons[0].rule) == ("refused", "R161")


def test_a_name_that_a_change_set_gives_anew_is_no_name_that_is_taken() -> None:
    named = {
        "It": {
            "Type": "AWS::WAFv2::WebACLAssociation",
            "Properties": {"ResourceArn": "a", "WebACLArn": {"Ref": "Acl"}},
        }
    }
    change = described(
        "It",
        "WAFv2::WebACLAssociation",
        Replacement="True",
        Details=[detail("/Properties/WebACLArn", "Always")],
    )
    (found,) = read([{"Changes": [change]}], real(named))
    assert found.action == "replace"


def test_a_plan_with_refused_changes_is_shown_and_not_deployed() -> None:
    before, after = (
        assembly(stack(resources={"Key": res("KMS::Key", KeySpec=each)})) for each in ("RSA_2048", "HMAC_256")
    )
    plan = compare(before, after)
    assert changes(plan)["Key"].risk == "data-loss"
    assert "1 data-loss), 1 of them refused" in review.text([plan], Style(False))
    assert "Refused, so the spec needs another change: <code>Key</code>." in review.markdown([plan])
    assert review.data([plan])["changes"][0]["action"] == "refused"
    with pytest.raises(RefusedError, match="Key: KMS never changes KeySpec of a key that exists") as refused:
        require_possible(plan)
    assert refused.value.exit_code == 4
    require_possible(compare(before, before))
