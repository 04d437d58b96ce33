"""Queue: encrypted, always with dead letters; verbs that only send or receive; topics it collects."""

from __future__ import annotations

from typing import Any

from tests.specs import compiled, problems, resources

WORKER = """
functions:
  worker:
    runtime: python3.13
    inline: "def handler(event, context): return {}"
    connections:
      work: %s
"""


def queues(settings: str = "{}", environment: str = "dev") -> dict[str, dict[str, Any]]:
    return resources(compiled(f"queues: {{work: {settings}}}", environment), "AWS::SQS::Queue")


def messages(body: str) -> list[str]:
    """What is wrong, each once, without the place."""
    return [problem.split(" ", 1)[1] for problem in problems(body)]


def worker(use: str, type_: str, queue: str = "{}") -> dict[str, Any]:
    (found,) = resources(compiled(f"queues: {{work: {queue}}}\n" + WORKER % use), type_).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def statements(use: str) -> list[dict[str, Any]]:
    """What the role may do with the queue: everything but writing its own logs."""
    role = worker(use, "AWS::IAM::Role")
    listed: list[dict[str, Any]] = role["Policies"][0]["PolicyDocument"]["Statement"]
    return listed[1:]


def test_it_is_encrypted_polled_slowly_and_tried_five_times() -> None:
    properties = queues()["WorkQueue"]["Properties"]
    assert properties["KmsMasterKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    assert properties["ReceiveMessageWaitTimeSeconds"] == 20
    assert properties["VisibilityTimeout"] == 180
    assert properties["MessageRetentionPeriod"] == 4 * 86400
    assert properties["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["WorkDeadLetterQueue", "Arn"]},
        "maxReceiveCount": 5,
    }


def test_the_dead_letter_queue_keeps_messages_for_two_weeks_and_takes_them_from_its_queue_only() -> None:
    properties = queues()["WorkDeadLetterQueue"]["Properties"]
    assert properties["MessageRetentionPeriod"] == 14 * 86400
    assert properties["KmsMasterKeyId"] == {"Ref": "EncryptionDataKeyArn"}
    arn = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:shop-dev-work"
    assert properties["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [{"Fn::Sub": arn}],
    }
    assert queues()["WorkQueue"]["Properties"]["QueueName"] == "shop-dev-work"


def test_both_queues_refuse_whoever_does_not_use_tls() -> None:
    policies = resources(compiled("queues: {work: {}}"), "AWS::SQS::QueuePolicy")
    for name, policy in policies.items():
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert statement == {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["sqs:*"],
            "Resource": [{"Fn::GetAtt": [name.removesuffix("Policy"), "Arn"]}],
            "Condition": {"Bool": {"aws:SecureTransport": False}},
        }
    assert len(policies) == 2


def test_production_keeps_queues_when_the_stack_goes() -> None:
    assert {queue["DeletionPolicy"] for queue in queues().values()} == {"Delete"}
    assert {queue["DeletionPolicy"] for queue in queues(environment="production").values()} == {
        "RetainExceptOnCreate"
    }


def test_a_fifo_queue_has_names_that_end_in_fifo() -> None:
    found = queues("{fifo: true, content_based_deduplication: true}")
    assert found["WorkQueue"]["Properties"]["QueueName"] == "shop-dev-work.fifo"
    assert found["WorkQueue"]["Properties"]["ContentBasedDeduplication"] is True
    assert found["WorkDeadLetterQueue"]["Properties"]["QueueName"] == "shop-dev-work-dead.fifo"
    assert found["WorkDeadLetterQueue"]["Properties"]["FifoQueue"] is True


def test_deduplication_needs_fifo() -> None:
    assert messages("queues: {work: {content_based_deduplication: true}}") == [
        "E210 only fifo queues drop repeated messages; write `fifo: true`, or remove this"
    ]


def test_dead_letters_must_live_longer_than_messages() -> None:
    assert messages("queues: {work: {retention: 5d, dead_letter: {retention: 4d}}}") == [
        "E210 messages are put aside for 4d but may be 5d old by then"
    ]


def test_sending_allows_sending_and_the_key_through_sqs() -> None:
    assert statements("send") == [
        {
            "Effect": "Allow",
            "Action": ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
            "Resource": [{"Ref": "WorkArn"}],
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": [{"Ref": "EncryptionDataKeyArn"}],
            "Condition": {
                "StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.${AWS::URLSuffix}"}}
            },
        },
    ]


def test_receiving_allows_no_sending_and_only_decrypts() -> None:
    queue, key = statements("receive")
    assert "sqs:SendMessage" not in queue["Action"]
    assert {"sqs:DeleteMessage", "sqs:ReceiveMessage"} < set(queue["Action"])
    assert key["Action"] == ["kms:Decrypt"]


def test_its_users_find_its_url_in_their_environment() -> None:
    variables = worker("send", "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["WORK_QUEUE_URL"] == {"Ref": "WorkUrl"}


def test_a_function_that_receives_is_called_with_small_batches_and_names_what_failed() -> None:
    mapping = worker("receive", "AWS::Lambda::EventSourceMapping")
    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "MaximumBatchingWindowInSeconds" not in mapping
    assert "DestinationConfig" not in mapping  # the queue's own dead letters do that


def test_large_batches_wait_a_second_unless_the_spec_says_more() -> None:
    large = worker("{access: receive, batch_size: 100}", "AWS::Lambda::EventSourceMapping")
    assert large["MaximumBatchingWindowInSeconds"] == 1
    patient = worker("{access: receive, window: 1m}", "AWS::Lambda::EventSourceMapping")
    assert patient["MaximumBatchingWindowInSeconds"] == 60


def test_the_concurrency_of_a_receiver_can_be_limited() -> None:
    mapping = worker("{access: receive, maximum_concurrency: 5}", "AWS::Lambda::EventSourceMapping")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}


def test_a_fifo_queue_gives_small_batches_only() -> None:
    body = "queues: {work: {fifo: true}}\n" + WORKER % "{access: receive, batch_size: 11}"
    assert messages(body) == ["E210 a fifo queue gives 'worker' 10 messages at most, and without a window"]


def test_a_queue_collects_the_messages_of_a_topic() -> None:
    body = "topics: {news: {}}\nqueues: {work: {connections: {news: subscribe}}}"
    assembly = compiled(body)
    (subscription,) = resources(assembly, "AWS::SNS::Subscription").values()
    assert subscription["Properties"] == {
        "TopicArn": {"Ref": "NewsTopic"},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": ["WorkQueue", "Arn"]},
        "RawMessageDelivery": True,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["WorkDeadLetterQueue", "Arn"]}},
    }
    policy = resources(assembly, "AWS::SQS::QueuePolicy")["WorkQueuePolicy"]
    _, admits = policy["Properties"]["PolicyDocument"]["Statement"]
    assert admits == {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [{"Fn::GetAtt": ["WorkQueue", "Arn"]}],
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": "NewsTopic"}}},
    }


def test_a_queue_cannot_collect_from_what_has_to_be_polled() -> None:
    body = "streams: {clicks: {}}\nqueues: {work: {connections: {clicks: consume}}}"
    assert messages(body) == [
        "E211 a queue can only collect from topics, buckets and event buses, and 'clicks' is a stream"
    ]


def test_a_queue_collects_the_events_of_a_bus_and_the_keys_of_new_objects() -> None:
    uses = "orders: {access: receive, pattern: {source: [shop]}}, uploads: {access: on_create, prefix: in/}"
    others = "event_buses: {orders: {}}\nbuckets: {uploads: {}}\n"
    assembly = compiled(f"{others}queues: {{work: {{connections: {{{uses}}}}}}}")
    rules = resources(assembly, "AWS::Events::Rule")
    assert set(rules) == {"WorkFromOrders", "WorkFromUploads"}
    assert rules["WorkFromOrders"]["Properties"]["EventBusName"] == {"Ref": "OrdersEventBus"}
    assert rules["WorkFromUploads"]["Properties"]["EventPattern"]["detail"] == {
        "bucket": {"name": [{"Ref": "UploadsBucket"}]},
        "object": {"key": [{"wildcard": "in/*"}]},
    }
    for rule in rules.values():
        (target,) = rule["Properties"]["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": ["WorkQueue", "Arn"]}
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["WorkDeadLetterQueue", "Arn"]}}
    for policy in ("WorkQueuePolicy", "WorkDeadLetterQueuePolicy"):
        found = resources(assembly, "AWS::SQS::QueuePolicy")[policy]["Properties"]["PolicyDocument"]
        admits = found["Statement"][1]
        assert admits["Principal"] == {"Service": "events.amazonaws.com"}
        assert admits["Condition"] == {
            "ArnLike": {"aws:SourceArn": [{"Fn::GetAtt": [name, "Arn"]} for name in sorted(rules)]}
        }
    alarms = resources(assembly, "AWS::CloudWatch::Alarm")
    assert alarms["WorkLostFromUploadsAlarm"]["Properties"]["Dimensions"] == [
        {"Name": "RuleName", "Value": {"Ref": "WorkRuleFromUploads"}}
    ]


def test_a_fifo_queue_collects_from_topics_only() -> None:
    body = "event_buses: {orders: {}}\nqueues: {work: {fifo: true, connections: {orders: receive}}}"
    assert messages(body) == ["E211 a fifo queue can only collect from topics, and 'orders' is an event_bus"]


def test_old_messages_and_dead_letters_ring() -> None:
    alarms = resources(compiled("queues: {work: {latency_objective: 5m}}"), "AWS::CloudWatch::Alarm")
    oldest = alarms["WorkOldestMessageAlarm"]["Properties"]
    assert (oldest["MetricName"], oldest["Threshold"]) == ("ApproximateAgeOfOldestMessage", 300)
    dead = alarms["WorkDeadLettersAlarm"]["Properties"]
    assert (dead["Threshold"], dead["EvaluationPeriods"]) == (0, 1)
    assert dead["Dimensions"] == [{"Name": "QueueName", "Value": {"Ref": "WorkDeadLetterName"}}]
    old = alarms["WorkOldDeadLettersAlarm"]["Properties"]
    assert (old["MetricName"], old["Threshold"]) == ("ApproximateAgeOfOldestMessage", 3600)
    assert old["Dimensions"] == dead["Dimensions"]
