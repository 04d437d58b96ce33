"""POST /events: takes up to 500 events of one sender and puts them into the stream."""

import json
import os
import uuid

import boto3

MOST_EVENTS = 500  # what one call to the stream takes

kinesis = boto3.client("kinesis")


def handler(event, context):
    """202 with how many were taken; 400 for what is no list of events; 503 when the stream refuses some."""
    try:
        events = _events_of(event.get("body") or "")
    except ValueError as error:
        return _answer(400, {"error": str(error)})
    records = [{"Data": json.dumps(one).encode(), "PartitionKey": str(uuid.uuid4())} for one in events]
    done = kinesis.put_records(StreamName=os.environ["EVENTS_STREAM_NAME"], Records=records)
    if done["FailedRecordCount"]:
        return _answer(503, {"error": "try again", "taken": len(events) - done["FailedRecordCount"]})
    return _answer(202, {"taken": len(events)})


def _events_of(body):
    events = json.loads(body)
    if not isinstance(events, list) or not 0 < len(events) <= MOST_EVENTS:
        raise ValueError(f"send a list of 1 to {MOST_EVENTS} events")
    return events


def _answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
