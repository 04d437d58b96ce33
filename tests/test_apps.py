"""The functions of src/, which the platforms of specs/ deploy: what they take, refuse, and pass on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

SRC = Path(__file__).parent.parent / "src"
KEY = "k" * 64
NOW = 1_800_000_000


class Recorder:
    """A client of AWS that notes its calls, and answers what it is told to."""

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            answer = self._answers.get(name, {})
            if isinstance(answer, Exception):
                raise answer
            return answer(**arguments) if callable(answer) else answer

        return call


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loads one application with these environment variables and these clients."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    def loaded(name: str, environment: dict[str, str], **clients: Any) -> ModuleType:
        for variable, value in environment.items():
            monkeypatch.setenv(variable, value)
        spec = importlib.util.spec_from_file_location(name, SRC / name / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for client, fake in clients.items():
            setattr(module, client, fake)
        return module

    return loaded


def token(device: str, expiry: int, key: str = KEY) -> str:
    signed = f"{device}.{expiry}"
    return f"{signed}.{hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()}"


def authorizer(load: Any, current: str = KEY, previous: str | None = None) -> ModuleType:
    class MissingError(Exception):
        pass

    def value(**asked: str) -> dict[str, str]:
        found = {"AWSCURRENT": current, "AWSPREVIOUS": previous}[asked["VersionStage"]]
        if found is None:
            raise MissingError
        return {"SecretString": found}

    secrets = Recorder(get_secret_value=value)
    secrets.exceptions = SimpleNamespace(ResourceNotFoundException=MissingError)
    app: ModuleType = load("authorize", {"SIGNING_KEY_SECRET_ARN": "arn:key"}, secrets=secrets)
    return app


def test_a_machine_with_a_valid_token_is_let_in_by_name(load: Any) -> None:
    app = authorizer(load)
    event = {"headers": {"authorization": f"Bearer {token('m-1', 2_000_000_000)}"}}
    assert app.handler(event, None) == {"isAuthorized": True, "context": {"device_id": "m-1"}}


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "m-1",
        "m-1.never.abc",
        token("m-1", NOW - 1),
        token("m-1", NOW + 60, "another key"),
        token("m-1", NOW + 60).replace("m-1", "m-2"),
        token("m-1", NOW + 60)[:-1],
        token("", NOW + 60),
        "m-1.²³.abc",
    ],
)
def test_any_other_token_is_refused(load: Any, wrong: str) -> None:
    assert authorizer(load)._device_of(wrong, NOW) is None


def test_tokens_outlive_one_rotation_of_the_key(load: Any) -> None:
    app = authorizer(load, current="new" * 20, previous=KEY)
    assert app._device_of(token("m-1", NOW + 60), NOW) == "m-1"


def test_the_key_is_asked_for_again_only_after_a_while(load: Any) -> None:
    app = authorizer(load)
    for later in (0, 1, app.KEPT_SECONDS - 1, app.KEPT_SECONDS):
        app._device_of(token("m-1", NOW + 9999), NOW + later)
    assert len(app.secrets.calls) == 4  # both stages, twice


def device_api(load: Any, **clients: Any) -> ModuleType:
    environment = {"COMMANDS_TABLE": "commands", "TELEMETRY_STREAM_NAME": "telemetry"}
    app: ModuleType = load("device_api", environment, **clients)
    return app


def test_telemetry_goes_into_the_stream_under_its_device(load: Any) -> None:
    kinesis = Recorder(put_record={"SequenceNumber": "7"})
    body = json.dumps({"device_id": "m-1", "temperature": 21.5})
    encoded = {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
    app = device_api(load, kinesis=kinesis)
    answer = app.handler({"routeKey": "POST /telemetry", **encoded}, None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (202, {"sequence_number": "7"})
    sent = {"StreamName": "telemetry", "PartitionKey": "m-1", "Data": body.encode()}
    assert kinesis.calls == [("put_record", sent)]


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"device_id": 7}', '{"device_id": ""}', "9" * 5000])
def test_a_message_without_a_device_is_a_400_and_no_record(load: Any, body: str) -> None:
    kinesis = Recorder()
    answer = device_api(load, kinesis=kinesis).handler({"routeKey": "POST /telemetry", "body": body}, None)
    assert answer["statusCode"] == 400
    assert kinesis.calls == []


def test_commands_come_as_plain_json(load: Any) -> None:
    items = [{"device_id": "m-1", "issued_at": Decimal(5), "level": Decimal("0.5")}]
    app = device_api(load, commands=Recorder(query={"Items": items}))
    event = {"routeKey": "GET /devices/{id}/commands", "pathParameters": {"id": "m-1"}}
    answer = json.loads(app.handler(event, None)["body"])
    assert answer == {"commands": [{"device_id": "m-1", "issued_at": 5, "level": 0.5}]}


def test_a_bad_command_comes_back_alone(load: Any) -> None:
    table, sns = Recorder(), Recorder()
    environment = {"COMMANDS_TABLE": "commands", "DEVICE_EVENTS_TOPIC_ARN": "arn:topic"}
    app = load("command_worker", environment, commands=table, sns=sns)
    good = json.dumps({"device_id": "m-1", "issued_at": 5, "command": "report"})
    records = [{"messageId": "1", "body": "{"}, {"messageId": "2", "body": good}]
    assert app.handler({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    ((_, stored),) = table.calls
    assert stored["Item"].items() >= json.loads(good).items()
    assert sns.calls == [("publish", {"TopicArn": "arn:topic", "Message": good})]


def test_events_are_taken_in_one_call_or_refused(load: Any) -> None:
    kinesis = Recorder(put_records=lambda **sent: {"FailedRecordCount": len(sent["Records"]) - 2})
    app = load("ingest_collect", {"EVENTS_STREAM_NAME": "events"}, kinesis=kinesis)
    statuses = [
        app.handler({"body": json.dumps(body)}, None)["statusCode"]
        for body in ([{}, {}], [{}, {}, {}], [], {}, [{}] * 501)
    ]
    assert statuses == [202, 503, 400, 400, 400]


def test_a_batch_stops_at_the_first_record_that_fails(load: Any) -> None:
    counters, events = Recorder(), Recorder(put_events={"FailedEntryCount": 0})
    environment = {"COUNTERS_TABLE": "counters", "OUTCOMES_EVENT_BUS_NAME": "outcomes"}
    app = load("ingest_route", environment, counters=counters, events=events)

    def record(number: int, body: str) -> dict[str, Any]:
        return {"kinesis": {"sequenceNumber": str(number), "data": base64.b64encode(body.encode())}}

    batch = [record(1, '{"type": "a", "notify": true}'), record(2, "{}"), record(3, '{"type": "b"}')]
    assert app.handler({"Records": batch}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert [call["Key"] for _, call in counters.calls] == [{"type": "a"}]
    assert [call["Entries"][0]["DetailType"] for _, call in events.calls] == ["a"]


def test_an_event_that_the_bus_refuses_is_a_failed_record(load: Any) -> None:
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorMessage": "no"}]}
    environment = {"COUNTERS_TABLE": "counters", "OUTCOMES_EVENT_BUS_NAME": "outcomes"}
    app = load("ingest_route", environment, counters=Recorder(), events=Recorder(put_events=refused))
    data = base64.b64encode(b'{"type": "a", "notify": true}')
    found = app.handler({"Records": [{"kinesis": {"sequenceNumber": "1", "data": data}}]}, None)
    assert found == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_a_placed_order_is_a_mail(load: Any) -> None:
    sqs = Recorder()
    app = load("shop_notify", {"MAILS_QUEUE_URL": "https://queue"}, sqs=sqs)
    app.handler({"detail": {"customer": "a@example.com", "order_id": "o-1"}}, None)
    ((_, sent),) = sqs.calls
    mail = {"to": "a@example.com", "template": "order-placed", "order_id": "o-1"}
    assert (sent["QueueUrl"], json.loads(sent["MessageBody"])) == ("https://queue", mail)
