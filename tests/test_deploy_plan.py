"""The plan: what is made before anything runs, what is refused, and that it leaves nothing behind."""

import json
from dataclasses import replace

import pytest

from compiler.assembly import Assembly, Asset, Stack, sha256
from compiler.deploy import bootstrap, execute, moving, plan
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.prepared import Prepared
from compiler.deploy.records import ChangeSet, ChangeSetRequest, Validation
from tests.fakes import ACCOUNT, FakeAws, FakeClock, a_stack, an_assembly

FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}}, {"KeyArn": {"Ref": "Key"}})
DATA = a_stack(
    "shop-data",
    {"Orders": {"Key": {"Ref": "Key"}}},
    {"OrdersArn": {"Ref": "Orders"}},
    {"Key": "shop-foundation.KeyArn"},
)


def make(aws: FakeAws, assembly: Assembly) -> Prepared:
    return plan.make(assembly, aws, FakeClock())


def deploy(aws: FakeAws, assembly: Assembly) -> None:
    list(execute.run(make(aws, assembly)))


def changed(stack: Stack, logical_id: str, **properties: str) -> Stack:
    template = json.loads(stack.body)
    template["Resources"][logical_id]["Properties"] |= properties
    return replace(stack, template=template)


def test_the_first_plan_makes_the_change_set_it_can_and_predicts_the_rest() -> None:
    aws = FakeAws()
    prepared = make(aws, an_assembly(FOUNDATION, DATA))
    first, second = prepared.plan.stacks
    assert aws.acts("create_change_set") == ["shop-foundation"]
    assert (first.action, first.predicted, [c.action for c in first.changes]) == ("create", False, ["add"])
    assert (second.action, second.predicted, second.change_set) == ("create", True, None)
    assert [(c.logical_id, c.action) for c in second.changes] == [("Orders", "add")]
    assert "only after shop-foundation" in second.notes[0]


def test_a_plan_of_what_is_deployed_has_no_changes_and_leaves_no_change_set() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION, DATA))
    prepared = make(aws, an_assembly(FOUNDATION, DATA))
    assert not prepared.plan.has_changes
    assert [stack.action for stack in prepared.plan.stacks] == ["none", "none"]
    assert aws.change_sets("shop-foundation") == aws.change_sets("shop-data") == ()


def test_the_name_of_a_change_set_follows_from_its_content() -> None:
    names = {
        step.order.name
        for aws in (FakeAws(), FakeAws())
        for step in make(aws, an_assembly(FOUNDATION)).steps
        if step.order
    }
    assert len(names) == 1
    assert names.pop().startswith("formwork-")


def test_a_discarded_plan_leaves_no_change_set_and_no_empty_stack() -> None:
    aws = FakeAws(polls=2)
    assert make(aws, an_assembly(FOUNDATION)).discard() == ()
    assert aws.stacks() == ()


def test_a_with_block_discards_what_did_not_run() -> None:
    aws = FakeAws()
    with pytest.raises(KeyboardInterrupt), make(aws, an_assembly(FOUNDATION)):
        raise KeyboardInterrupt
    assert aws.stacks() == ()


def test_a_change_set_that_fails_otherwise_tells_its_own_reason() -> None:
    class Failing(FakeAws):
        def change_set(self, arn: str) -> ChangeSet | None:
            found = super().change_set(arn)
            return found and replace(found, status="FAILED", reason="Template error: no such thing.")

    aws = Failing()
    with pytest.raises(DeployError, match="of stack shop-foundation: Template error: no such thing;"):
        make(aws, an_assembly(FOUNDATION))
    assert aws.stacks() == ()


def test_a_change_set_that_takes_its_time_is_waited_for() -> None:
    class Slow(FakeAws):
        asked = 0

        def change_set(self, arn: str) -> ChangeSet | None:
            self.asked += 1
            found = super().change_set(arn)
            return found and replace(found, status="CREATE_IN_PROGRESS" if self.asked < 5 else found.status)

    aws, clock = Slow(), FakeClock()
    assert plan.make(an_assembly(FOUNDATION), aws, clock).plan.has_changes
    assert clock.naps == 4


def test_a_change_set_that_someone_deletes_while_it_is_made_is_refused() -> None:
    class Losing(FakeAws):
        def change_set(self, arn: str) -> ChangeSet | None:
            return None

    with pytest.raises(RefusedError, match="no longer fits"):
        make(Losing(), an_assembly(FOUNDATION))


def test_a_change_set_name_that_stays_taken_is_refused() -> None:
    class Taken(FakeAws):
        def create_change_set(self, request: ChangeSetRequest) -> str | None:
            return None

    with pytest.raises(RefusedError, match="being made by someone else"):
        make(Taken(), an_assembly(FOUNDATION))


def test_a_bootstrap_stack_without_a_bucket_is_told() -> None:
    aws = FakeAws()
    large = a_stack("shop-data", {"T": {"Text": "x" * bootstrap.INLINE_LIMIT}})
    deploy(aws, an_assembly(large))
    aws.set(bootstrap.STACK, outputs={})
    with pytest.raises(DeployError, match="needs the asset bucket"):
        deploy(aws, an_assembly(changed(large, "T", More="y")))


def test_the_bootstrap_bucket_is_closed_and_kept() -> None:
    bucket = bootstrap.stack().template["Resources"]["AssetBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["Properties"]["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_discarding_keeps_an_empty_stack_in_which_someone_else_plans() -> None:
    aws = FakeAws()
    first = make(aws, an_assembly(FOUNDATION))
    second = make(aws, an_assembly(replace(FOUNDATION, template={"Resources": {}})))
    first.discard()
    assert [stack.status for stack in aws.stacks()] == ["REVIEW_IN_PROGRESS"]
    second.discard()
    assert aws.stacks() == ()


def test_an_interrupted_plan_leaves_nothing() -> None:
    class Interrupting(FakeAws):
        def change_set(self, arn: str) -> None:
            raise KeyboardInterrupt

    aws = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        make(aws, an_assembly(FOUNDATION))
    assert aws.stacks() == ()


def test_what_cannot_be_swept_is_told() -> None:
    aws = FakeAws()
    prepared = make(aws, an_assembly(FOUNDATION))
    aws.denied["delete_change_set"] = DeployError("access denied")
    (told,) = prepared.discard()
    assert "shop-foundation" in told
    assert "access denied" in told


def test_a_stack_left_in_review_is_used_again() -> None:
    aws = FakeAws()
    make(aws, an_assembly(FOUNDATION))  # and the process was killed
    prepared = make(aws, an_assembly(FOUNDATION))
    assert [stack.action for stack in prepared.plan.stacks] == ["create"]
    list(execute.run(prepared))
    assert [stack.status for stack in aws.stacks()] == ["CREATE_COMPLETE"]


def test_a_failed_first_deployment_is_planned_as_delete_and_create_anew() -> None:
    aws = FakeAws()
    with pytest.raises(DeployError):
        deploy(aws, an_assembly(changed(FOUNDATION, "Key", Fail="no")))
    prepared = make(aws, an_assembly(FOUNDATION))
    (shown,) = prepared.plan.stacks
    assert (shown.action, shown.predicted) == ("create", True)
    assert "ROLLBACK_COMPLETE" in shown.notes[0]
    list(execute.run(prepared))
    assert [stack.status for stack in aws.stacks()] == ["CREATE_COMPLETE"]


def test_a_stack_stuck_in_creation_that_holds_data_is_not_deleted() -> None:
    aws = FakeAws()
    data = replace(FOUNDATION, stateful=("Key",))
    deploy(aws, an_assembly(data))
    aws.set("shop-foundation", status="ROLLBACK_FAILED")
    with pytest.raises(DeployError, match="still holds Key"):
        make(aws, an_assembly(data))


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("UPDATE_IN_PROGRESS", RefusedError, "is busy: UPDATE_IN_PROGRESS"),
        (
            "UPDATE_ROLLBACK_FAILED",
            DeployError,
            "formwork recover shop.yaml --env dev --stack shop-foundation",
        ),
        ("DELETE_FAILED", DeployError, "could not be deleted.*formwork recover shop.yaml --env dev"),
    ],
)
def test_a_stack_that_cannot_be_used_is_refused_with_advice(
    status: str, error: type[DeployError], words: str
) -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    aws.set("shop-foundation", status=status)
    with pytest.raises(error, match=words) as caught:
        make(aws, an_assembly(FOUNDATION))
    assert "run again" in caught.value.advice


def test_another_account_or_region_is_refused() -> None:
    with pytest.raises(RefusedError, match=f"999988887777.*{ACCOUNT}"):
        make(FakeAws(), an_assembly(FOUNDATION, account="999988887777"))
    with pytest.raises(RefusedError, match="eu-west-1, not us-east-1"):
        make(FakeAws(), an_assembly(FOUNDATION, region="eu-west-1"))


def test_a_stack_of_someone_else_is_not_touched() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    with pytest.raises(RefusedError, match="does not belong to environment 'dev' of platform 'other'"):
        make(aws, an_assembly(FOUNDATION, platform="other"))


def test_stacks_that_the_assembly_lost_are_removed_last() -> None:
    aws = FakeAws()
    old = [a_stack(f"shop-{name}", {"T": {}}) for name in ("a", "b")]
    deploy(aws, an_assembly(*old))
    prepared = make(aws, an_assembly(FOUNDATION))
    assert [(s.stack, s.action) for s in prepared.plan.stacks] == [
        ("shop-foundation", "create"),
        ("shop-b", "delete"),
        ("shop-a", "delete"),
    ]
    assert [c.action for c in prepared.plan.stacks[1].changes] == ["remove"]
    list(execute.run(prepared))
    assert [stack.name for stack in aws.stacks()] == ["shop-foundation"]


def test_what_the_assembly_lost_goes_after_whatever_uses_it_however_old() -> None:
    """A network that came later than the files is younger than what is in it now."""
    aws = FakeAws()
    files = a_stack("shop-files", {"T": {}})
    network = a_stack("shop-network", {"Subnet": {}}, {"SubnetId": {"Ref": "Subnet"}})
    deploy(aws, an_assembly(files))
    inside = a_stack(
        "shop-files", {"T": {"In": {"Ref": "SubnetId"}}}, wires={"SubnetId": "shop-network.SubnetId"}
    )
    deploy(aws, an_assembly(network, inside))
    removed = make(aws, an_assembly(FOUNDATION)).plan.stacks[1:]
    assert [stack.stack for stack in removed] == ["shop-files", "shop-network"]


def test_removing_a_protected_stack_is_refused() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(FOUNDATION))
    aws.set("shop-foundation", protected=True)
    with pytest.raises(RefusedError, match="termination protection"):
        make(aws, an_assembly())


def test_early_validation_is_told_with_the_spec_line() -> None:
    aws = FakeAws()
    aws.found = (
        Validation("Key", "NAME_CONFLICT", "FAIL", "/Resources/Key", "a topic of this name exists."),
    )
    with pytest.raises(
        DeployError, match=r"shop\.yaml:3:5 Key: a topic of this name exists \(/Resources/Key\)"
    ):
        make(aws, an_assembly(FOUNDATION))
    assert aws.stacks() == ()


def test_an_early_validation_that_names_only_a_path_finds_the_spec_line_and_the_known_advice() -> None:
    aws = FakeAws()
    path = "/Resources/Key/Properties/TopicName"
    aws.found = (Validation("", "NAME_CONFLICT_VALIDATION", "FAIL", path, "resource exists."),)
    with pytest.raises(DeployError, match=r"shop\.yaml:3:5 Key: resource exists") as caught:
        make(aws, an_assembly(FOUNDATION))
    assert "take it over with `--import ours`" in caught.value.advice
    assert caught.value.advice.endswith("; nothing was changed")


def test_an_assembly_with_assets_brings_the_bootstrap_stack_first() -> None:
    aws = FakeAws()
    code = b"zip"
    assets = (Asset(f"{sha256(code)}.zip", code, "fn"),)
    stack = a_stack("shop-compute", {"Fn": {}}, wires={"AssetBucket": f"bootstrap.{bootstrap.BUCKET_OUTPUT}"})
    prepared = make(aws, an_assembly(stack, assets=assets))
    assert [s.stack for s in prepared.plan.stacks] == [bootstrap.STACK, "shop-compute"]
    list(execute.run(prepared))
    assert [key for _, key in aws.stored] == [assets[0].key]
    assert not make(aws, an_assembly(stack, assets=assets)).plan.has_changes


def test_a_large_template_travels_through_the_bucket() -> None:
    aws = FakeAws()
    large = a_stack("shop-data", {"T": {"Text": "x" * bootstrap.INLINE_LIMIT}})
    deploy(aws, an_assembly(large))
    ((_, key),) = aws.stored
    assert key == f"templates/{sha256(large.body.encode())}.json"
    assert not make(aws, an_assembly(large)).plan.has_changes


def test_an_existing_stack_with_a_new_input_is_predicted_from_the_deployed_template() -> None:
    aws = FakeAws()
    lone = a_stack("shop-data", {"Orders": {"Text": "x"}})
    deploy(aws, an_assembly(a_stack("shop-foundation", {"Key": {"Text": "one"}}), lone))
    wired = a_stack(
        "shop-data", {"Orders": {"Text": {"Ref": "Key"}}}, wires={"Key": "shop-foundation.KeyArn"}
    )
    with_output = a_stack("shop-foundation", {"Key": {"Text": "two"}}, {"KeyArn": {"Ref": "Key"}})
    prepared = make(aws, an_assembly(with_output, wired))
    second = prepared.plan.stacks[1]
    assert (second.action, second.predicted) == ("update", True)
    assert [c.logical_id for c in second.changes] == ["Orders"]


def test_what_would_take_its_name_from_a_stack_that_keeps_it_longer_is_refused() -> None:
    """CloudFormation would stop halfway: it makes what is new before it deletes what is old."""
    alone = a_stack("shop-orders", {"News": {"TopicName": "shop-dev-news"}})
    first, last = (a_stack(f"shop-{name}", {"Other": {}}) for name in ("a", "z"))
    both = a_stack("shop-z", {"Other": {}, "Fresh": {"TopicName": "shop-dev-news"}})

    def moved(before: tuple[Stack, ...], after: tuple[Stack, ...]) -> Prepared:
        aws = FakeAws()
        deploy(aws, an_assembly(*before))
        prepared = make(aws, an_assembly(*after))
        assert prepared.discard() == ()
        return prepared

    message = (
        "Fresh of stack shop-z cannot be called shop-dev-news while stack shop-orders has one of that name"
    )
    with pytest.raises(RefusedError, match=message):
        moved((alone, last), (both,))
    with pytest.raises(RefusedError, match="News of stack shop-orders cannot"):
        moved((first, both), (first, alone, last))
    # Its old stack comes first, and is rid of it by then.
    without = a_stack("shop-orders", {"Other": {}})
    assert moved((alone, last), (without, both)).plan.has_changes
    assert not moved((alone, last), (alone, last)).plan.has_changes


def test_a_name_is_taken_in_one_region_only() -> None:
    template = a_stack("shop-orders", {"News": {"TopicName": "shop-dev-news"}}).template
    there = {"shop-orders": "eu-west-1", "shop-a": FakeAws.region}
    assembly = an_assembly(a_stack("shop-z", {"News": {"TopicName": "shop-dev-news"}}))
    moving.check_names(assembly, {"shop-orders": template}, there)
    with pytest.raises(RefusedError, match="while stack shop-a has one"):
        moving.check_names(assembly, {"shop-a": template}, there)


def test_a_stack_that_was_never_made_holds_no_names() -> None:
    aws = FakeAws()
    deploy(aws, an_assembly(a_stack("shop-orders", {"News": {"TopicName": "shop-dev-news"}})))
    aws.set("shop-orders", status="ROLLBACK_COMPLETE")
    prepared = make(aws, an_assembly(a_stack("shop-z", {"News": {"TopicName": "shop-dev-news"}})))
    assert [(stack.stack, stack.action) for stack in prepared.plan.stacks] == [
        ("shop-z", "create"),
        ("shop-orders", "delete"),
    ]


def test_what_early_validation_finds_in_several_stacks_is_told_at_once() -> None:
    aws = FakeAws()
    aws.found = (Validation("Key", "PROPERTY_VALIDATION", "FAIL", "/Resources/Key", "Wrong."),)
    other = a_stack("shop-other", {"Key": {"Text": "one"}})
    with pytest.raises(DeployError) as caught:
        make(aws, an_assembly(FOUNDATION, other))
    lines = caught.value.message.splitlines()
    assert ["shop-foundation" in lines[0], "shop-other" in lines[1]] == [True, True]
    assert aws.stacks() == ()
