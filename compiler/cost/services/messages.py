"""Queues, topics, events and schedules: all by use."""

from __future__ import annotations

from compiler.cost.charge import GB, Charges, used
from compiler.cost.subject import Resource

MILLION, HUNDRED_THOUSAND = 1e6, 1e5
REQUESTS = 3  # that a message takes when none is batched


def queue(resource: Resource) -> Charges:
    """Three requests a message: sent, received, deleted; what dead letters take is left open."""
    price = (
        "sqs.fifo" if str(resource.get("FifoQueue", default="false")).lower() == "true" else "sqs.standard"
    )
    messages = None if _takes_dead_letters(resource) else resource.use("messages")
    requests = None if messages is None else messages * REQUESTS
    yield used("requests", price, requests, "messages", MILLION)


def topic(resource: Resource) -> Charges:
    """What is published, and the e-mails that come of it; deliveries to queues and functions are free."""
    published = resource.share("messages")
    yield used("published messages", "sns.publish", published, "messages", MILLION)
    subscribers = resource.users("AWS::SNS::Subscription", "TopicArn")
    inline = resource.get("Subscription", default=())
    protocols = [each.text("Protocol") for each in subscribers] + [each.get("Protocol") for each in inline]
    if emails := sum(protocol in ("email", "email-json") for protocol in protocols):
        amount = None if published is None else published * emails
        yield used("e-mails", "sns.email", amount, "messages", HUNDRED_THOUSAND)


def bus(resource: Resource) -> Charges:
    """Custom events."""
    yield used("custom events", "events.custom", resource.use("events"), "events", MILLION)


def archive(resource: Resource) -> Charges:
    """What the archive takes in and keeps."""
    yield used("archived events", "events.archive", resource.use("archived"), "archived", GB)
    yield used("kept events", "events.archive.store", resource.use("archive_stored"), "archive_stored", GB)


def schedule(resource: Resource) -> Charges:
    """How often it starts something; the first 14 million a month of an account are free, and count here."""
    yield used("invocations", "scheduler.invocations", resource.use("runs"), "runs", MILLION)


def _takes_dead_letters(resource: Resource) -> bool:
    """Whether other resources send there what they could not do."""
    redrive = resource.users(resource.type, "RedrivePolicy", "deadLetterTargetArn")
    buses = resource.users("AWS::Events::EventBus", "DeadLetterConfig")
    return bool(redrive or buses or resource.users("AWS::Scheduler::Schedule", "Target", "DeadLetterConfig"))


PRICERS = {
    "AWS::SQS::Queue": queue,
    "AWS::SNS::Topic": topic,
    "AWS::Events::EventBus": bus,
    "AWS::Events::Archive": archive,
    "AWS::Scheduler::Schedule": schedule,
}
