"""Which resources of AWS carry the platform's name, so that IAM can tell them from those of others.

Where a name is written, it begins with `<platform>-<environment>-`; where CloudFormation makes it, with the
name of the stack, which begins so too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compiler.permissions.authorization import ANY


class Named(NamedTuple):
    """What comes before the name, and how much of it is sure."""

    heads: tuple[str, ...] = ("",)
    sure: int = 64  # characters of the prefix that no shortening takes away
    others: tuple[str, ...] = ()  # further names that a platform needs, such as AWS's own defaults
    shared: bool = False  # whether those of other accounts are used too
    bare: bool = False  # whether one is called just as the environment


# CloudFormation shortens the stack's name where the whole would be too long; AWS does not say how far. A made
# name ends in a hyphen and 12 characters by chance; stack and logical id share the rest. So 24 of the stack's
# characters are taken to stay in a name of 63 or 64, and 17 in one of 48: half of the rest, or less.
# Source: CloudFormation user guide, "Name type"; how the rest is shared is not documented.
MADE = Named(sure=24)
WRITTEN = Named()
WHOLE = Named(sure=0)  # an id by chance, or a name that tells nothing; region and account narrow it
LOGS = Named(
    (
        "",
        "/aws/ecs/containerinsights/",
        "/aws/events/",
        "/aws/rds/cluster/",
        "/aws/rds/proxy/",
        "/aws/vendedlogs/",
        "/aws/vendedlogs/elasticache/",
        "aws-waf-logs-",
    ),
    sure=24,
)

# By service and resource type of the Service Authorization Reference. What is not here is narrowed to region
# and account alone; but next to one that is here, one that is not is of no use to a platform and is left out.
# Source: the templates of the kinds, and each type's page in the CloudFormation template reference, 2026.
NAMES: Mapping[tuple[str, str], Named] = {
    ("backup", "backupplan"): WHOLE,
    ("backup", "backupvault"): WRITTEN,
    ("cloudwatch", "alarm"): WRITTEN,
    ("cloudwatch", "dashboard"): WRITTEN,
    ("dynamodb", "index"): MADE,
    ("dynamodb", "stream"): MADE,
    ("dynamodb", "table"): MADE,
    ("ecs", "cluster"): WRITTEN,
    ("ecs", "service"): WRITTEN,  # the cluster's name comes first
    ("ecs", "task-definition"): Named(("task-definition/",)),
    ("elasticache", "cluster"): WHOLE,
    ("elasticache", "globalreplicationgroup"): WHOLE,
    ("elasticache", "parametergroup"): WHOLE,
    ("elasticache", "replicationgroup"): WHOLE,
    ("elasticache", "serverlesscache"): WHOLE,
    ("elasticache", "serverlesscachesnapshot"): WHOLE,
    ("elasticache", "snapshot"): WHOLE,
    ("elasticache", "subnetgroup"): MADE,
    ("elasticache", "user"): WRITTEN,
    ("elasticache", "usergroup"): WRITTEN,
    ("events", "archive"): Named(sure=17),
    ("events", "event-bus"): Named(others=("default",)),
    ("events", "key"): WHOLE,
    ("events", "rule-on-custom-event-bus"): MADE,
    ("events", "rule-on-default-event-bus"): MADE,
    ("firehose", "deliverystream"): MADE,
    ("iam", "group"): MADE,
    ("iam", "policy"): MADE,
    ("iam", "role"): MADE,
    ("iam", "user"): MADE,
    ("kinesis", "consumer"): Named(("stream/",), sure=24),
    ("kinesis", "kmskey"): WHOLE,
    ("kinesis", "stream"): MADE,
    ("kms", "alias"): Named(bare=True),
    ("kms", "key"): WHOLE,
    ("lambda", "eventsourcemapping"): WHOLE,
    ("lambda", "function"): MADE,
    ("lambda", "function alias"): MADE,
    ("lambda", "function version"): MADE,
    ("lambda", "layerversion"): Named(sure=0, shared=True),
    ("lambda", "code signing config"): WHOLE,
    ("logs", "log-group"): LOGS,
    ("logs", "log-stream"): LOGS,
    ("rds", "cluster"): WRITTEN,
    ("rds", "cluster-pg"): Named(sure=24, others=("default.",)),
    ("rds", "cluster-snapshot"): MADE,
    ("rds", "db"): MADE,
    ("rds", "global-cluster"): WRITTEN,
    ("rds", "og"): Named(sure=24, others=("default:",)),
    ("rds", "pg"): Named(sure=24, others=("default.",)),
    ("rds", "proxy"): WHOLE,
    ("rds", "proxy-endpoint"): WHOLE,
    ("rds", "snapshot"): MADE,
    ("rds", "subgrp"): MADE,
    ("rds", "target-group"): WHOLE,
    ("s3", "bucket"): MADE,
    ("s3", "object"): MADE,
    ("scheduler", "schedule"): Named(("default/",), sure=24),
    ("sns", "topic"): MADE,
    ("sqs", "queue"): MADE,
}


def patterns(form: str, named: Named, prefixes: Iterable[str]) -> Iterator[str]:
    """The ARNs that carry one of the prefixes, `form` being one of the reference's."""
    before = form.partition(ANY)[0]
    if named.shared:
        before = before.replace("${Account}", "*")
    if not named.sure:
        yield f"{before}*"
        return
    for prefix in prefixes:
        yield from (f"{before}{head}{prefix[: named.sure]}*" for head in named.heads)
        if named.bare:
            yield f"{before}{prefix.rstrip('-')}"
    yield from (f"{before}{other}*" for other in named.others)
