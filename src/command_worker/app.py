"""Takes work from the queue: each item is a command for a machine, which is stored and announced."""

import json
import os
import time

import boto3

KEPT_SECONDS = 7 * 24 * 3600  # a machine that does not ask for a week will not do it any more

sns = boto3.client("sns")
commands = boto3.resource("dynamodb").Table(os.environ["COMMANDS_TABLE"])


def handler(event, context):
    """Reports the messages that failed, so that only they come back."""
    failed = []
    for record in event["Records"]:
        try:
            _store(record["body"])
        except Exception as error:  # one bad message must not bring the others back
            print({"message": record["messageId"], "error": str(error)})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _store(body):
    """Puts the command under its device and time: a message that comes twice is stored once."""
    command = json.loads(body)
    item = {
        "device_id": command["device_id"],
        "issued_at": int(command["issued_at"]),
        "command": command["command"],
        "expires_at": int(time.time()) + KEPT_SECONDS,
    }
    commands.put_item(Item=item)
    sns.publish(TopicArn=os.environ["DEVICE_EVENTS_TOPIC_ARN"], Message=body)
