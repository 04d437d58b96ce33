"""Known causes and what is looked at -> docs/failures.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.assembly import Origin
from compiler.deploy import known
from compiler.deploy.account import Read
from compiler.deploy.events import Evidence, Failure
from compiler.deploy.evidence import hooks, witness
from compiler.deploy.known import Cause, Example
from compiler.diagnostics import Position
from compiler.views.failure import failure_text
from compiler.views.style import Style

HEAD = """\
# When a deployment fails

Made by `python -m compiler.commands.failures --out docs/failures.md` from
`compiler/deploy/known_causes.json`; do not edit.

`formwork deploy` and `destroy` tell of a stack that failed: what, the line of the spec, the first real
cause in the words of AWS, what was seen of it at the time, and what to do. `formwork status` tells the same
afterwards, as far as AWS still knows. `--format json` has it in the event `stack-failed`, as `failure`;
`evidence` is a list with `logical_id`, `kind`, `about` and `lines`.

"""
CAUSE = """\
## The cause

* `DescribeEvents` is asked first, for the stack's latest operations, and counts by the operation's client
  token: validation errors with their path, hooks of the account that said no, provisioning errors. What
  only warns is no cause. Where the role may not ask, or the SDK is too old, the stack's own events do.
* Of the stack's events of this operation, the first failure that is no consequence of another counts. What
  else failed by itself is listed as `also failed`.
* In nested stacks the innermost failure counts; the spec line is that of the component that nests them.
* Where the reason is vague ("did not stabilize", a circuit breaker that was triggered), what was seen
  decides what to do: an image that cannot be pulled, a health check that fails.

"""
SEEN = """\
## What is looked at

As soon as a failure shows among the events, and before the rollback removes what could tell; for an ECS
service that does not settle, after two minutes too, and then each time after twice as long. A resource is
looked at with at most 20 calls in 30 seconds, an operation has at most five that failed. Every call is a
`Describe`, `Get` or `List`. What may not be looked at is told with the permission that is missing, and
fails nothing: `formwork deploy-role` gives CI what the platform's resource types need.

What a service that does not settle tells of its tasks and targets is shown while the deployment goes on
waiting (`does not settle`; in JSON the event `noticed`): it may settle yet.

Lines of logs are shown without what looks like a credential: access keys, tokens, private keys, passwords
in URLs and assignments, long encoded blobs. A log may hold other secrets, and whoever reads CI's log reads
them too; do not log secrets.

"""
SAMPLE = Failure(
    stack="shop-production-app",
    status="ROLLBACK_COMPLETE",
    logical_id="ApiService",
    type="AWS::ECS::Service",
    reason="Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'",
    origin=Origin("api", "services.api", Position("specs/shop.yaml", 24, 3)),
    advice="",
    evidence=(
        Evidence(
            "ApiService",
            "events",
            "events of service shop-production-api",
            (
                "09:14:02 (service shop-production-api) has started 2 tasks: (task 0f3a) (task 91bc).",
                "09:14:47 (service shop-production-api) deployment failed: tasks failed to start.",
            ),
        ),
        Evidence(
            "ApiService",
            "tasks",
            "stopped tasks of service shop-production-api",
            ("6 x Essential container in task exited; container api exited with 1",),
        ),
        Evidence(
            "ApiService",
            "log",
            "log of container api (shop-production-app-ApiLogs-5ZK2)",
            (
                "starting on port 8080",
                "connecting to postgres://app:<...>@registry:5432/shop",
                "no such table",
            ),
        ),
        Evidence(
            "ApiService",
            "unseen",
            "not seen",
            ("missing permission elasticloadbalancing:DescribeTargetHealth",),
        ),
    ),
)


def document() -> str:
    """The text of docs/failures.md."""
    return "".join([HEAD, _sample(), CAUSE, SEEN, _looks(), _causes(known.causes())])


def _sample() -> str:
    advice = known.advice(SAMPLE.reason, SAMPLE.evidence, SAMPLE.origin)
    return f"```text\n{failure_text(replace(SAMPLE, advice=advice), Style(colour=False))}\n```\n\n"


def _looks() -> str:
    rows = ["| resource types | calls |", "| --- | --- |"]
    for module in witness.MODULES:
        rows.append(f"| {_code(module.TYPES)} | {_calls(module.READS)} |")
    rows.append(f"| any that a hook refused | {_calls(hooks.READS)} |")
    return "\n".join([*rows, "", "Custom resources are looked at as the function that serves them.", "", ""])


def _calls(reads: Iterable[Read]) -> str:
    return _code(sorted({read.action for read in reads}))


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _causes(causes: Iterable[Cause]) -> str:
    text = (
        "## Known causes\n\nThe first whose pattern is found in what AWS says is the cause. *Recalled*: "
        "worded as the service does; the page is about the subject, and was not quoted.\n\n"
    )
    return text + "\n".join(map(_cause, causes))


def _cause(cause: Cause) -> str:
    title = f"{cause.title[0].upper()}{cause.title[1:]}"
    lines = [f"### {title}\n", *map(_example, cause.examples), f"- **Do:** {cause.advice}"]
    if cause.quota:
        lines.append(f"- **Quota:** `{cause.quota}`")
    if cause.spec:
        lines.append(f"- **In the spec:** {_code(_property(*each) for each in cause.spec.items())}")
    if cause.vague:
        lines.append("- What was seen of it decides, where that says more.")
    return "\n".join([*lines, ""])


def _property(section: str, name: str) -> str:
    return f"{section}.{name}" if section in known.SINGLE else f"{section}.<name>.{name}"


def _example(example: Example) -> str:
    source = f"[source]({example.source}){', recalled' if example.recalled else ''}"
    return f"> {example.text}\n> ({source})\n"
