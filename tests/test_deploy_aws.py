"""The door to AWS: what it asks, what it makes of the answers, and what it says when AWS says no."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.stub import ANY, Stubber

from compiler.deploy import aws, explain, status
from compiler.deploy.doors.refactor import Move, RefactorRequest
from compiler.deploy.errors import ArgumentError, DeployError, RefusedError
from compiler.deploy.records import ChangeSet, ChangeSetRequest

ARN = "arn:aws:cloudformation:us-east-1:111122223333:changeSet/formwork-1/a"
STACK = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop-data/b"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = {"ChangeSetId": ARN, "ChangeSetName": "formwork-1", "StackId": STACK, "StackName": "shop-data"}


class Stubs:
    """A door whose clients answer what a test says, in order."""

    def __init__(self, role_arn: str | None = None) -> None:
        session = boto3.Session("key", "secret", region_name="us-east-1")
        clients: dict[str, Any] = {
            name: session.client(name) for name in ("cloudformation", "s3", "sts", "lambda")
        }
        self.by_name = {name: Stubber(client) for name, client in clients.items()}
        self.door = aws.Boto(clients, "us-east-1", lambda region: clients, role_arn=role_arn)
        for stubber in self.by_name.values():
            stubber.activate()

    def answer(
        self, operation: str, answer: dict[str, Any], asked: dict[str, Any], name: str = "cloudformation"
    ) -> None:
        self.by_name[name].add_response(operation, answer, asked)

    def refuse(
        self, operation: str, code: str, text: str = "", name: str = "cloudformation", http: int = 400
    ) -> None:
        self.by_name[name].add_client_error(operation, code, text, http_status_code=http)


@pytest.fixture
def aws_says() -> Iterator[Stubs]:
    stubs = Stubs()
    yield stubs
    for stubber in stubs.by_name.values():
        stubber.assert_no_pending_responses()


def test_all_pages_of_stacks_become_records(aws_says: Stubs) -> None:
    def stack(name: str) -> dict[str, Any]:
        return {
            "StackName": name,
            "StackId": f"id-{name}",
            "StackStatus": "CREATE_COMPLETE",
            "CreationTime": NOON,
            "Outputs": [{"OutputKey": "Arn", "OutputValue": "arn"}],
            "Tags": [{"Key": "owner", "Value": "us"}],
        }

    aws_says.answer("describe_stacks", {"Stacks": [stack("a")], "NextToken": "more"}, {})
    aws_says.answer("describe_stacks", {"Stacks": [stack("b")]}, {"NextToken": "more"})
    found = aws_says.door.stacks()
    assert [s.name for s in found] == ["a", "b"]
    assert (found[0].outputs, found[0].tags, found[0].protected) == ({"Arn": "arn"}, {"owner": "us"}, False)


def test_a_stack_that_does_not_exist_is_none_but_other_refusals_are_errors(aws_says: Stubs) -> None:
    aws_says.refuse("describe_stacks", "ValidationError", "Stack with id x does not exist")
    assert aws_says.door.stack("x") is None
    text = "The AWS Access Key Id you provided does not exist in our records"
    aws_says.refuse("describe_stacks", "InvalidAccessKeyId", text, http=403)
    with pytest.raises(DeployError, match="does not know these credentials"):
        aws_says.door.stack("x")


def test_a_change_set_is_asked_for_in_full(aws_says: Stubs) -> None:
    asked = {
        "StackName": "shop-data",
        "ChangeSetName": "formwork-1",
        "ChangeSetType": "UPDATE",
        "Parameters": [{"ParameterKey": "Key", "ParameterValue": "arn"}],
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "Capabilities": ["CAPABILITY_IAM"],
        "IncludeNestedStacks": False,
        "TemplateBody": "{}",
        "ClientToken": ANY,
    }
    aws_says.answer("create_change_set", {"Id": ARN}, asked)
    request = ChangeSetRequest(
        "shop-data", "formwork-1", False, {"Key": "arn"}, {"b": "2", "a": "1"}, ("CAPABILITY_IAM",), "{}"
    )
    assert aws_says.door.create_change_set(request) == ARN


def test_parameters_of_what_is_kept_keep_their_values(aws_says: Stubs) -> None:
    words = ("StackName", "ChangeSetName", "ChangeSetType", "Tags", "Capabilities", "TemplateBody")
    expected = dict.fromkeys((*words, "IncludeNestedStacks", "ClientToken"), ANY)
    kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in ("Old", "Older")]
    given = [{"ParameterKey": "Key", "ParameterValue": "arn"}, *kept]
    aws_says.answer("create_change_set", {"Id": ARN}, expected | {"Parameters": given})
    request = ChangeSetRequest("s", "n", False, {"Key": "arn"}, {}, (), "{}", previous=("Older", "Old"))
    aws_says.door.create_change_set(request)


def test_a_large_template_is_named_by_its_url(aws_says: Stubs) -> None:
    url = aws_says.door.template_url("bucket", "templates/a.json")
    assert url == "https://s3.us-east-1.amazonaws.com/bucket/templates/a.json"
    expected = dict.fromkeys(
        ("Parameters", "Tags", "Capabilities", "IncludeNestedStacks", "ClientToken"), ANY
    )
    names = {"StackName": "s", "ChangeSetName": "n", "ChangeSetType": "CREATE", "TemplateURL": url}
    names["OnStackFailure"] = "ROLLBACK"
    aws_says.answer("create_change_set", {"Id": ARN}, expected | names)
    aws_says.door.create_change_set(ChangeSetRequest("s", "n", True, {}, {}, (), url=url))


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_a_role_is_what_cloudformation_acts_with_in_every_region(region: str) -> None:
    role = "arn:aws:iam::111122223333:role/formwork-execution-shop"
    stubs = Stubs(role)
    door = stubs.door.in_region(region)
    words = (
        "StackName",
        "ChangeSetName",
        "ChangeSetType",
        "Parameters",
        "Tags",
        "Capabilities",
        "TemplateBody",
    )
    expected = dict.fromkeys((*words, "IncludeNestedStacks", "OnStackFailure", "ClientToken"), ANY)
    stubs.answer("create_change_set", {"Id": ARN}, expected | {"RoleARN": role})
    door.create_change_set(ChangeSetRequest("s", "n", True, {}, {}, (), "{}"))
    stubs.answer("delete_stack", {}, {"StackName": "s", "ClientRequestToken": "t", "RoleARN": role})
    door.delete_stack("s", "t")
    stubs.by_name["cloudformation"].assert_no_pending_responses()


@pytest.mark.parametrize(
    "wrong", ["", "deployer", "arn:aws:iam::111122223333:user/me", "arn:aws:iam::1:role/x"]
)
def test_what_is_no_role_is_refused_before_aws_is_asked(wrong: str) -> None:
    with pytest.raises(ArgumentError, match="is not the ARN of a role"):
        aws.connect(aws.Session(None, "us-east-1", role_arn=wrong))


def test_a_change_set_name_that_is_taken_is_told_without_an_error(aws_says: Stubs) -> None:
    aws_says.refuse("create_change_set", "AlreadyExistsException", "ChangeSet formwork-1 already exists")
    assert aws_says.door.create_change_set(ChangeSetRequest("s", "n", True, {}, {}, (), "{}")) is None


def test_a_change_set_is_described_with_its_property_values_and_all_its_pages(aws_says: Stubs) -> None:
    page = {**FACTS, "Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}
    asked = {"ChangeSetName": ARN, "IncludePropertyValues": True}
    aws_says.answer("describe_change_set", {**page, "Changes": [], "NextToken": "2"}, asked)
    aws_says.answer("describe_change_set", {**page, "Changes": []}, {**asked, "NextToken": "2"})
    found = aws_says.door.change_set(ARN)
    assert found
    assert (found.stack_id, found.execution, len(found.pages)) == (STACK, "AVAILABLE", 2)


def test_a_change_set_that_is_gone_is_none_and_deleting_it_is_fine(aws_says: Stubs) -> None:
    aws_says.refuse("describe_change_set", "ChangeSetNotFound", "ChangeSet [x] does not exist", http=404)
    assert aws_says.door.change_set(ARN) is None
    aws_says.refuse("delete_change_set", "ValidationError", "Stack [shop-data] does not exist")
    aws_says.door.delete_change_set("formwork-1", "shop-data")


def test_executing_says_aloud_what_happens_on_failure(aws_says: Stubs) -> None:
    asked = {
        "ChangeSetName": ARN,
        "ClientRequestToken": "t",
        "DisableRollback": False,
        "RetainExceptOnCreate": True,
    }
    aws_says.answer("execute_change_set", {}, asked)
    aws_says.door.execute_change_set(ARN, "t")
    del asked["DisableRollback"]  # AWS refuses it beside what the change set says itself
    aws_says.answer("execute_change_set", {}, asked)
    aws_says.door.execute_change_set(ARN, "t", says_rollback=True)


def test_executing_a_stale_change_set_is_refused(aws_says: Stubs) -> None:
    aws_says.refuse("execute_change_set", "InvalidChangeSetStatus", "not in this status")
    with pytest.raises(RefusedError, match="no longer fits its stack"):
        aws_says.door.execute_change_set(ARN, "t")


def test_validations_are_read_from_the_events_of_the_change_set(aws_says: Stubs) -> None:
    event = {
        "EventId": "1",
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "Logs",
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationFailureMode": "FAIL",
        "ValidationPath": "/Resources/Logs",
        "ValidationStatusReason": "it exists",
    }
    answer = {"OperationEvents": [event, {"EventId": "2", "EventType": "STACK_EVENT"}]}
    aws_says.answer("describe_events", answer, {"ChangeSetName": ARN})
    described = ChangeSet(ARN, "n", STACK, "FAILED", "", "UNAVAILABLE")
    (found,) = aws_says.door.validations(described)
    assert (found.logical_id, found.mode, found.reason) == ("Logs", "FAIL", "it exists")
    aws_says.refuse("describe_events", "AccessDenied")
    assert aws_says.door.validations(described) == ()


def test_hooks_are_read_from_the_change_set_that_they_will_look_at(aws_says: Stubs) -> None:
    target = {"LogicalResourceId": "Logs", "ResourceType": "AWS::S3::Bucket", "ResourceAction": "Add"}
    hook = {
        "InvocationPoint": "PRE_PROVISION",
        "FailureMode": "FAIL",
        "TypeName": "Acme::S3::Encrypted",
        "TargetDetails": {"TargetType": "RESOURCE", "ResourceTargetDetails": target},
    }
    described = ChangeSet(ARN, "n", STACK, "CREATE_COMPLETE", "", "AVAILABLE")
    answer = {"Status": "PLANNED", "Hooks": [hook]}
    aws_says.answer("describe_change_set_hooks", answer, {"ChangeSetName": ARN})
    (found,) = aws_says.door.hooks(described)
    assert (found.name, found.mode, found.logical_id) == ("Acme::S3::Encrypted", "FAIL", "Logs")
    aws_says.refuse("describe_change_set_hooks", "AccessDenied")
    assert aws_says.door.hooks(described) == ()


def test_events_are_read_only_as_far_as_they_are_wanted(aws_says: Stubs) -> None:
    event = {
        "EventId": "1",
        "StackId": STACK,
        "StackName": "s",
        "Timestamp": NOON,
        "ResourceStatusReason": "x",
    }
    answer = {"StackEvents": [event], "NextToken": "more"}
    aws_says.answer("describe_stack_events", answer, {"StackName": STACK})
    assert next(aws_says.door.events(STACK)).reason == "x"


def test_resources_templates_and_change_sets_of_a_stack(aws_says: Stubs) -> None:
    resource = {
        "LogicalResourceId": "T",
        "ResourceType": "AWS::SNS::Topic",
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": NOON,
    }
    aws_says.answer("list_stack_resources", {"StackResourceSummaries": [resource]}, {"StackName": "s"})
    assert aws_says.door.resources("s")[0].type == "AWS::SNS::Topic"
    asked = {"StackName": "s", "TemplateStage": "Original"}
    aws_says.answer("get_template", {"TemplateBody": '{"Resources": {}}'}, asked)
    assert aws_says.door.template("s") == '{"Resources": {}}'
    aws_says.answer("list_change_sets", {"Summaries": [{"ChangeSetId": ARN}]}, {"StackName": "s"})
    assert aws_says.door.change_sets("s") == (ARN,)


def test_objects_are_looked_up_and_put(aws_says: Stubs) -> None:
    aws_says.answer("head_object", {}, {"Bucket": "b", "Key": "k"}, "s3")
    assert aws_says.door.has_object("b", "k")
    aws_says.refuse("head_object", "404", "Not Found", "s3", 404)
    assert not aws_says.door.has_object("b", "k")
    aws_says.answer("put_object", {}, {"Bucket": "b", "Key": "k", "Body": b"x"}, "s3")
    aws_says.door.put_object("b", "k", b"x")
    aws_says.refuse("head_object", "403", "Forbidden", "s3", 403)
    with pytest.raises(DeployError, match="may not s3:GetObject on b/k"):
        aws_says.door.has_object("b", "k")


def test_identity_deletion_and_protection(aws_says: Stubs) -> None:
    aws_says.answer(
        "get_caller_identity",
        {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me"},
        {},
        "sts",
    )
    assert aws_says.door.identity().account == "111122223333"
    aws_says.answer("delete_stack", {}, {"StackName": "s", "ClientRequestToken": "t"})
    aws_says.door.delete_stack("s", "t")
    asked = {"StackName": "s", "EnableTerminationProtection": True}
    aws_says.answer("update_termination_protection", {}, asked)
    aws_says.door.protect("s")


@pytest.mark.parametrize(
    ("code", "text", "message", "advice"),
    [
        ("ExpiredToken", "The security token included in the request is expired", "have expired", "sign in"),
        ("InvalidClientTokenId", "The security token is invalid", "region 'us-east-1'", "sign in"),
        ("SignatureDoesNotMatch", "The canonical string is secret-ish", "signature", "sign in"),
        ("Throttling", "Rate exceeded", "too many requests", "wait a minute"),
        ("ServiceUnavailable", "", "AWS failed to describe stacks", "health.aws"),
        ("InsufficientCapabilitiesException", "Requires capabilities", "capability", "build"),
        ("ValidationError", "Stack is in UPDATE_IN_PROGRESS state", "cannot describe stacks", "wait until"),
        ("Odd", "Something strange.", "of s: Something strange", ""),
    ],
)
def test_refusals_are_told_in_plain_words(
    aws_says: Stubs, code: str, text: str, message: str, advice: str
) -> None:
    aws_says.refuse("describe_stacks", code, text)
    with pytest.raises(DeployError) as caught:
        aws_says.door.stack("s")
    assert message in caught.value.message
    assert advice in caught.value.advice
    assert not caught.value.message.endswith(".")
    assert "canonical" not in str(caught.value)


def test_a_denial_names_the_action_and_the_resource(aws_says: Stubs) -> None:
    text = (
        "User: arn:aws:iam::111122223333:user/me is not authorized to perform: cloudformation:DeleteStack "
        "on resource: arn:aws:cloudformation:us-east-1:111122223333:stack/s/* because no policy allows it"
    )
    aws_says.refuse("delete_stack", "AccessDenied", text, http=403)
    with pytest.raises(DeployError) as caught:
        aws_says.door.delete_stack("s", "t")
    assert caught.value.message == (
        "access denied: this identity may not cloudformation:DeleteStack "
        "on arn:aws:cloudformation:us-east-1:111122223333:stack/s/*"
    )
    aws_says.refuse("describe_stacks", "AccessDenied", "no", http=403)
    with pytest.raises(DeployError, match="may not cloudformation:DescribeStacks on s"):
        aws_says.door.stack("s")


def test_keys_and_encoded_blobs_are_not_repeated(aws_says: Stubs) -> None:
    blob = "A" * 200
    aws_says.refuse("describe_stacks", "Odd", f"key AKIAABCDEFGHIJKLMNOP, message {blob}")
    with pytest.raises(DeployError) as caught:
        aws_says.door.stack("s")
    assert "AKIA" not in str(caught.value)
    assert blob not in str(caught.value)


_errors = botocore.exceptions


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (_errors.NoCredentialsError(), "no AWS credentials"),
        (_errors.PartialCredentialsError(provider="env", cred_var="x"), "incomplete"),
        (_errors.CredentialRetrievalError(provider="p", error_msg="hidden"), "could not be fetched"),
        (_errors.UnauthorizedSSOTokenError(), "SSO session"),
        (_errors.NoRegionError(), "no region"),
        (_errors.InvalidRegionError(region_name="?"), "'us-moon-1' is not the name of a region"),
        (_errors.SSLError(endpoint_url="https://x", error=OSError("bad")), "TLS"),
        (
            _errors.ProxyConnectionError(proxy_url="http://me:hidden@p", error="x"),
            "the proxy does not answer",
        ),
        (_errors.EndpointConnectionError(endpoint_url="https://x"), "cannot reach https://x"),
        (_errors.ConnectTimeoutError(endpoint_url="https://x"), "cannot reach https://x"),
        (_errors.ReadTimeoutError(endpoint_url="https://x"), "too long"),
        (_errors.ConnectionClosedError(endpoint_url="https://x"), "broke"),
        (_errors.ParamValidationError(report="Invalid length"), "cannot describe stacks"),
        (_errors.HTTPClientError(error="Invalid header value b'x\\n'"), "no credentials have"),
    ],
)
def test_failures_on_the_way_are_told_in_plain_words(error: Exception, message: str) -> None:
    found = explain.failure(error, "cloudformation describe_stacks", "us-moon-1")
    assert message in found.message
    assert found.advice
    assert "hidden" not in str(found)


def test_our_own_bugs_keep_their_traceback() -> None:
    with pytest.raises(KeyError):
        explain.failure(KeyError("x"), "connect", None)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """An environment without any AWS configuration."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch.setenv


@pytest.mark.usefixtures("nobody")
def test_connecting_without_a_region_or_with_an_unknown_profile_is_told() -> None:
    with pytest.raises(DeployError, match="no region is set"):
        aws.connect(aws.Session())
    with pytest.raises(DeployError, match="no AWS profile is named 'nope'"):
        aws.connect(aws.Session(profile="nope", region="us-east-1"))
    with pytest.raises(DeployError, match="is not a URL"):
        aws.connect(aws.Session(region="us-east-1", endpoint_url="nonsense"))


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:99999", "ftp://x", "nonsense", "", "http://"]
)
def test_what_is_no_url_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(ArgumentError, match="is not a URL") as caught:
        aws.connect(aws.Session(region="us-east-1", endpoint_url=url))
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("nobody")
def test_calling_without_credentials_is_told() -> None:
    door = aws.connect(aws.Session(region="us-east-1"))
    with pytest.raises(DeployError, match="no AWS credentials were found") as caught:
        door.identity()
    assert "--profile" in caught.value.advice


def test_half_of_the_credentials_is_told(nobody: Callable[[str, str], None]) -> None:
    nobody("AWS_ACCESS_KEY_ID", "AKIAABCDEFGHIJKLMNOP")
    with pytest.raises(DeployError, match="incomplete"):
        aws.connect(aws.Session(region="us-east-1")).identity()


def test_every_status_that_cloudformation_knows_is_in_the_table() -> None:
    model = boto3.client("cloudformation", region_name="us-east-1").meta.service_model
    assert set(model.shape_for("StackStatus").enum) == set(status.STATES)  # type: ignore[attr-defined]
    for word in model.shape_for("ChangeSetStatus").enum:  # type: ignore[attr-defined]
        assert word in status.CHANGE_SETS


@pytest.mark.parametrize(
    ("word", "reason", "expected"),
    [
        ("CREATE_IN_PROGRESS", "", status.Outcome.PENDING),
        ("CREATE_COMPLETE", "", status.Outcome.READY),
        ("FAILED", "The submitted information didn't contain changes. Submit ...", status.Outcome.NO_CHANGES),
        ("FAILED", "No updates are to be performed.", status.Outcome.NO_CHANGES),
        ("FAILED", "validation failed: [AWS::EarlyValidation::X]", status.Outcome.INVALID),
        ("FAILED", "Template error", status.Outcome.FAILED),
        ("DELETE_FAILED", "", status.Outcome.FAILED),
        ("NEW_WORD", "", status.Outcome.FAILED),
    ],
)
def test_what_became_of_a_change_set(word: str, reason: str, expected: status.Outcome) -> None:
    assert status.outcome(word, reason) is expected


def test_an_unknown_stack_status_counts_as_busy_and_none_as_absent() -> None:
    assert status.state("SOMETHING_NEW") is status.State.BUSY
    assert status.state(None) is status.State.ABSENT


def test_what_the_installed_sdk_is_too_old_for_is_told_with_the_remedy(aws_says: Stubs) -> None:
    with pytest.raises(DeployError, match=r"botocore .* does not know move_stacks; bring it up to date"):
        aws_says.door._call("cloudformation", "move_stacks")
    door = aws.connect(aws.Session(None, "us-east-1", "http://127.0.0.1:9", "123456789012"))  # asks nobody
    with pytest.raises(DeployError, match=r"does not know DeploymentWish"):
        door._call("cloudformation", "describe_stacks", DeploymentWish="x")


def test_what_acts_on_stacks_says_no_more_than_it_was_told(aws_says: Stubs) -> None:
    door, names = aws_says.door, {"StackName": "s", "ClientRequestToken": "t"}
    aws_says.answer("delete_stack", {}, {**names, "RetainResources": ["A", "B"]})
    door.delete_stack("s", "t", {"B", "A"})
    aws_says.answer("delete_stack", {}, {**names, "DeletionMode": "FORCE_DELETE_STACK"})
    door.delete_stack("s", "t", force=True)
    aws_says.answer("continue_update_rollback", {}, {**names, "ResourcesToSkip": ["A"]})
    door.continue_rollback("s", "t", ["A"])
    aws_says.answer("continue_update_rollback", {}, names)
    door.continue_rollback("s", "t")
    aws_says.answer("rollback_stack", {}, {**names, "RetainExceptOnCreate": True})
    door.roll_back("s", "t")
    aws_says.answer("cancel_update_stack", {}, names)
    door.cancel_update("s", "t")
    off = {"StackName": "s", "EnableTerminationProtection": False}
    aws_says.answer("update_termination_protection", {}, off)
    door.protect("s", on=False)


def test_a_stack_policy_is_data_both_ways(aws_says: Stubs) -> None:
    aws_says.answer("get_stack_policy", {}, {"StackName": "s"})
    assert aws_says.door.policy("s") is None
    aws_says.answer("get_stack_policy", {"StackPolicyBody": '{"Statement": []}'}, {"StackName": "s"})
    assert aws_says.door.policy("s") == {"Statement": []}
    aws_says.answer("set_stack_policy", {}, {"StackName": "s", "StackPolicyBody": '{"Statement": []}'})
    aws_says.door.set_policy("s", {"Statement": []})


def test_modes_are_said_only_where_they_are_wanted(aws_says: Stubs) -> None:
    names = ("Parameters", "Tags", "Capabilities", "IncludeNestedStacks", "TemplateBody", "ClientToken")
    plain = dict.fromkeys(names, ANY)
    asked = plain | {"StackName": "s", "ChangeSetName": "n", "ChangeSetType": "UPDATE"}
    modes = {
        "ImportExistingResources": True,
        "DeploymentMode": "REVERT_DRIFT",
        "DeploymentConfig": {"Mode": "EXPRESS", "DisableRollback": False},
    }
    aws_says.answer("create_change_set", {"Id": ARN}, asked | modes)
    wanted = {"import_existing": True, "revert_drift": True, "express": True}
    aws_says.door.create_change_set(ChangeSetRequest("s", "n", False, {}, {}, (), "{}", **wanted))


def test_whoever_writes_an_object_second_is_told(aws_says: Stubs) -> None:
    names = {"Bucket": "b", "Key": "k", "Body": b"x"}
    aws_says.answer("put_object", {"ETag": "one"}, {**names, "IfNoneMatch": "*"}, "s3")
    assert aws_says.door.put_object_if("b", "k", b"x", None) == "one"
    aws_says.refuse("put_object", "PreconditionFailed", name="s3", http=412)
    assert aws_says.door.put_object_if("b", "k", b"x", "one") is None
    aws_says.refuse("put_object", "AccessDenied", name="s3", http=403)
    with pytest.raises(DeployError, match="access denied"):
        aws_says.door.put_object_if("b", "k", b"x", "one")


def test_objects_are_listed_to_the_last_page(aws_says: Stubs) -> None:
    page = {"Contents": [{"Key": "p/b"}], "IsTruncated": True, "NextContinuationToken": "more"}
    aws_says.answer("list_objects_v2", page, {"Bucket": "b", "Prefix": "p/"}, "s3")
    last = {"Bucket": "b", "Prefix": "p/", "ContinuationToken": "more"}
    aws_says.answer("list_objects_v2", {"Contents": [{"Key": "p/a"}]}, last, "s3")
    assert aws_says.door.objects("b", "p/") == ("p/a", "p/b")


def test_what_drifted_is_told_with_its_properties(aws_says: Stubs) -> None:
    found = {
        "StackId": STACK,
        "LogicalResourceId": "Orders",
        "ResourceType": "AWS::SQS::Queue",
        "StackResourceDriftStatus": "MODIFIED",
        "Timestamp": NOON,
        "ExpectedProperties": '{"DelaySeconds": 0}',
        "PropertyDifferences": [
            {
                "PropertyPath": "/DelaySeconds",
                "DifferenceType": "NOT_EQUAL",
                "ExpectedValue": "0",
                "ActualValue": "5",
            }
        ],
    }
    aws_says.answer("describe_stack_resource_drifts", {"StackResourceDrifts": [found]}, {"StackName": "s"})
    (drift,) = aws_says.door.drifts("s")
    assert (drift.status, drift.expected, drift.actual) == ("MODIFIED", {"DelaySeconds": 0}, None)
    assert [(each.path, each.expected, each.actual) for each in drift.differences] == [
        ("/DelaySeconds", "0", "5")
    ]


def test_a_refactor_names_its_stacks_and_what_moves(aws_says: Stubs) -> None:
    def place(stack: str, logical_id: str) -> dict[str, str]:
        return {"StackName": stack, "LogicalResourceId": logical_id}

    mapping = {"Source": place("a", "Orders"), "Destination": place("b", "Queue")}
    asked = {
        "Description": "why",
        "EnableStackCreation": True,
        "ResourceMappings": [mapping],
        "StackDefinitions": [
            {"StackName": "a", "TemplateBody": "{}"},
            {"StackName": "b", "TemplateURL": "https://s3.us-east-1.amazonaws.com/t/b.json"},
        ],
    }
    aws_says.answer("create_stack_refactor", {"StackRefactorId": "r"}, asked)
    stacks = {"b": "https://s3.us-east-1.amazonaws.com/t/b.json", "a": "{}"}
    request = RefactorRequest(stacks, (Move("a", "Orders", "b", "Queue"),), "why", creates=True)
    assert aws_says.door.create_refactor(request) == "r"
    action = {"Action": "MOVE", "Entity": "RESOURCE", "ResourceMapping": mapping}
    aws_says.answer(
        "list_stack_refactor_actions", {"StackRefactorActions": [action]}, {"StackRefactorId": "r"}
    )
    (found,) = aws_says.door.refactor_actions("r")
    assert found.move == Move("a", "Orders", "b", "Queue")


def test_the_token_of_a_change_set_is_the_same_for_the_same_request_against_the_same_state() -> None:
    stubs, tokens = Stubs(), list[str]()

    def note(params: dict[str, Any], **_: Any) -> None:
        tokens.append(params["ClientToken"])

    event = "before-parameter-build.cloudformation.CreateChangeSet"
    stubs.by_name["cloudformation"].client.meta.events.register(event, note)
    words = ("StackName", "ChangeSetName", "ChangeSetType", "Parameters", "Tags", "Capabilities")
    expected = dict.fromkeys((*words, "IncludeNestedStacks", "TemplateBody", "ClientToken"), ANY)
    for name, since in (("n", "one"), ("n", "one"), ("n", "two"), ("m", "one")):
        stubs.answer("create_change_set", {"Id": ARN}, expected)
        stubs.door.create_change_set(ChangeSetRequest("s", name, False, {}, {}, (), "{}", since=since))
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 3
    assert all(len(token) <= 128 for token in tokens)


def test_the_list_of_change_sets_says_how_they_are_and_is_empty_for_no_stack(aws_says: Stubs) -> None:
    line = {"ChangeSetId": ARN, "ChangeSetName": "formwork-1", "Status": "FAILED", "CreationTime": NOON}
    answer = {"Summaries": [{**line, "ExecutionStatus": "UNAVAILABLE"}]}
    aws_says.answer("list_change_sets", answer, {"StackName": "s"})
    (found,) = aws_says.door.summaries("s")
    assert (found.name, found.status, found.execution, found.created) == (
        *("formwork-1", "FAILED", "UNAVAILABLE"),
        NOON,
    )
    aws_says.refuse("list_change_sets", "ValidationError", "Stack [s] does not exist")
    assert aws_says.door.summaries("s") == ()
