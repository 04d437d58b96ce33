"""Takes work from the queue and publishes each item as a device event."""

import os

import boto3

sns = boto3.client("sns")


def handler(event, context):
    """Reports the messages that failed, so that only they come back."""
    failed = []
    for record in event["Records"]:
        try:
            sns.publish(TopicArn=os.environ["DEVICE_EVENTS_TOPIC_ARN"], Message=record["body"])
        except Exception as error:  # one bad message must not bring the others back
            print({"message": record["messageId"], "error": str(error)})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
