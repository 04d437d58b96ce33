"""Reads the stream: counts events by type, and tells the bus of those that others wait for."""

import base64
import json
import os

import boto3

events = boto3.client("events")
counters = boto3.resource("dynamodb").Table(os.environ["COUNTERS_TABLE"])


def handler(event, context):
    """Names the first record that failed, so that the batch goes on from there."""
    for record in event["Records"]:
        try:
            _take(json.loads(base64.b64decode(record["kinesis"]["data"])))
        except Exception as error:  # what comes after it in the shard must wait
            print({"record": record["kinesis"]["sequenceNumber"], "error": str(error)})
            return {"batchItemFailures": [{"itemIdentifier": record["kinesis"]["sequenceNumber"]}]}
    return {"batchItemFailures": []}


def _take(found):
    counters.update_item(
        Key={"type": found["type"]},
        UpdateExpression="ADD seen :one",
        ExpressionAttributeValues={":one": 1},
    )
    if found.get("notify"):
        entry = {
            "Source": "ingest",
            "DetailType": found["type"],
            "Detail": json.dumps(found),
            "EventBusName": os.environ["OUTCOMES_EVENT_BUS_NAME"],
        }
        answer = events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"][0]["ErrorMessage"])
