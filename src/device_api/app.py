"""The API of the machines: telemetry goes into the stream, commands come out of the table."""

import base64
import json
import os
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Key

MAX_MESSAGE_BYTES = 4096
MAX_COMMANDS = 50

kinesis = boto3.client("kinesis")
commands = boto3.resource("dynamodb").Table(os.environ["COMMANDS_TABLE"])


def handler(event, context):
    """Dispatches on the route; what is wrong with a request is a 400 that says so."""
    try:
        return ROUTES[event["routeKey"]](event)
    except ValueError as error:
        return _answer(400, {"error": str(error)})


def _telemetry(event):
    """202 with the record's sequence number."""
    body = _body_of(event)
    record = kinesis.put_record(
        StreamName=os.environ["TELEMETRY_STREAM_NAME"],
        PartitionKey=_device_of(body),
        Data=body.encode(),
    )
    return _answer(202, {"sequence_number": record["SequenceNumber"]})


def _commands(event):
    """200 with what the machine shall do, the oldest first."""
    device = event["pathParameters"]["id"]
    found = commands.query(KeyConditionExpression=Key("device_id").eq(device), Limit=MAX_COMMANDS)
    return _answer(200, {"commands": found["Items"]})


def _body_of(event):
    body = event.get("body") or ""
    return base64.b64decode(body).decode("utf-8", "replace") if event.get("isBase64Encoded") else body


def _device_of(body):
    if len(body.encode()) > MAX_MESSAGE_BYTES:
        raise ValueError(f"the message is larger than {MAX_MESSAGE_BYTES} bytes")
    message = json.loads(body)
    device = message.get("device_id") if isinstance(message, dict) else None
    if not isinstance(device, str) or not 0 < len(device) <= 256:
        raise ValueError("device_id must be a text of 1 to 256 characters")
    return device


def _plain(value):
    """DynamoDB's numbers, as JSON has them."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body, default=_plain),
    }


ROUTES = {"POST /telemetry": _telemetry, "GET /devices/{id}/commands": _commands}
