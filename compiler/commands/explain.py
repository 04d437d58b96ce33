"""`formwork explain`: where a value comes from, what a rule or profile is, what runs out, who may do what."""

from __future__ import annotations

import argparse

from compiler.commands import explain_access, explain_platform, explain_profile, explain_value
from compiler.exits import FINE


def arguments(parser: argparse.ArgumentParser) -> None:
    """A topic, and what that takes."""
    topics = parser.add_subparsers(dest="topic", metavar="TOPIC", required=True)
    for name, (summary, add_arguments, command) in TOPICS.items():
        topic = topics.add_parser(name, help=summary)
        add_arguments(topic)
        topic.set_defaults(explain=command)


def run(options: argparse.Namespace) -> int:
    """Prints the explanation."""
    code: int = options.explain(options)
    return code


def _rule_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="ID", help="a rule of ours or of cfn-lint, or the code of an error")


def _rule(options: argparse.Namespace) -> int:
    from compiler.lint import catalogue  # late: cfn-lint costs half a second

    print(catalogue.describe(options.rule))
    return FINE


# What can be explained: in words, by which arguments, and what prints it.
TOPICS = {
    "value": (
        "a value of the resolved spec, and where it comes from",
        explain_value.arguments,
        explain_value.run,
    ),
    "rule": ("what a rule checks, why, and how to mend what it finds", _rule_arguments, _rule),
    "profile": (
        "which defaults a profile sets, and how severe it makes the rules",
        explain_profile.arguments,
        explain_profile.run,
    ),
    "availability": (
        "what AWS promises of each request path, against the target",
        explain_platform.arguments,
        explain_platform.run,
    ),
    "capacity": (
        "what binds each component, with the arithmetic",
        explain_platform.arguments,
        explain_platform.run,
    ),
    "recovery": (
        "what losing the region would cost each component",
        explain_platform.arguments,
        explain_platform.run,
    ),
    "connection": (
        "what a connection gives: statements, network, variables, why",
        explain_access.connection_arguments,
        explain_access.run,
    ),
    "role": (
        "the whole policy of each role of a component, and why",
        explain_access.role_arguments,
        explain_access.run,
    ),
}
