"""Events on the embedded emulator: what is deployed is started by buses, buckets and nothing that is off."""

from __future__ import annotations

import json
from typing import Any

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.deploy import aws, execute, plan
from tests.specs import HEAD, document
from tests.test_emulator import Account, account, emulator, faults

__all__ = ["account", "emulator", "faults"]  # fixtures

SPEC = """
event_buses: {orders: {archive: {retention: 7d}}}
buckets: {uploads: {}}
queues:
  paid: {connections: {orders: {access: receive, pattern: {detail-type: [Paid]}}}}
  files: {connections: {uploads: {access: on_create, prefix: in/, suffix: .csv}}}
functions:
  shout:
    runtime: python3.13
    publish: true
    environment: {WORD: %s}
    inline: |
      import os
      def handler(event, context):
          return os.environ["WORD"]
    schedule: {expression: rate(1 day), enabled: false}
    connections: {orders: receive, uploads: on_delete}
"""


def deploy(account: Account, assembly: Assembly) -> None:
    session = aws.Session(None, "us-east-1", account.emulator.endpoint_url, account.account)
    list(execute.run(plan.make(assembly, aws.connect(session))))


def here(word: str) -> Assembly:
    read = document(SPEC % word, HEAD.replace("eu-west-1", "us-east-1"))
    return pipeline.compile_spec(read, "dev", lambda folder: {})


def received(account: Account, queue: str) -> list[dict[str, Any]]:
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName=f"shop-dev-{queue}")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=5).get("Messages", [])
    return [json.loads(message["Body"]) for message in found]


def test_events_and_objects_reach_whom_their_patterns_mean(account: Account) -> None:
    deploy(account, here("one"))
    entry = {"Source": "shop", "Detail": "{}", "EventBusName": "shop-dev-orders"}
    entries = [{**entry, "DetailType": what} for what in ("Placed", "Paid")]
    assert account.client("events").put_events(Entries=entries)["FailedEntryCount"] == 0
    assert [event["detail-type"] for event in received(account, "paid")] == ["Paid"]

    bucket = account.outputs("shop-dev-data")["UploadsName"]
    for key in ("in/a.txt", "in/b.csv", "c.csv"):
        account.client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    assert [event["detail"]["object"]["key"] for event in received(account, "files")] == ["in/b.csv"]


def test_a_change_of_a_published_function_reaches_callers_of_its_alias(account: Account) -> None:
    functions = account.client("lambda")
    for word in ("one", "two"):
        deploy(account, here(word))
        name = account.outputs("shop-dev-compute")["ShoutName"]
        answer = functions.invoke(FunctionName=name, Qualifier="live")
        assert json.loads(answer["Payload"].read()) == word


def test_a_schedule_that_is_off_is_there_and_off(account: Account) -> None:
    deploy(account, here("one"))
    scheduler = account.client("scheduler")
    (listed,) = scheduler.list_schedules()["Schedules"]
    schedule = scheduler.get_schedule(Name=listed["Name"])
    assert schedule["State"] == "DISABLED"
    assert schedule["Target"]["Arn"].endswith(":live")
