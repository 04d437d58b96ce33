"""Writes to customers: each placed order becomes a message on the queue of the mail provider's worker."""

import json
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    """One event of the bus, one message; a failed call is tried again by EventBridge."""
    order = event["detail"]
    message = {"to": order["customer"], "template": "order-placed", "order_id": order["order_id"]}
    sqs.send_message(QueueUrl=os.environ["MAILS_QUEUE_URL"], MessageBody=json.dumps(message))
