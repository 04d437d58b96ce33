"""POST /telemetry: checks one message of a machine and puts it into the stream."""

import base64
import json
import os

import boto3

MAX_MESSAGE_BYTES = 4096

kinesis = boto3.client("kinesis")


def handler(event, context):
    """Answers 202 with the record's sequence number, or 400 with what is wrong with the message."""
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode("utf-8", "replace")
    try:
        device = _device_of(body)
    except ValueError as error:
        return _answer(400, {"error": str(error)})
    record = kinesis.put_record(
        StreamName=os.environ["TELEMETRY_STREAM_NAME"], PartitionKey=device, Data=body.encode()
    )
    return _answer(202, {"sequence_number": record["SequenceNumber"]})


def _device_of(body):
    if len(body.encode()) > MAX_MESSAGE_BYTES:
        raise ValueError(f"the message is larger than {MAX_MESSAGE_BYTES} bytes")
    message = json.loads(body)
    device = message.get("device_id") if isinstance(message, dict) else None
    if not isinstance(device, str) or not 0 < len(device) <= 256:
        raise ValueError("device_id must be a text of 1 to 256 characters")
    return device


def _answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
