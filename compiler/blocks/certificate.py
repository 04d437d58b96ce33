"""Certificates of ACM: how they are written in a spec, and in a template without the account's id."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Environment

PATTERN = (
    "^(?:arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
)
FORM = "the id or the ARN of an ACM certificate"


def foreign(written: str, environment: Environment, user: str, thing: str = "certificate") -> Iterator[str]:
    """What is wrong with a certificate, or another thing, of another region or account than ours."""
    if not written.startswith("arn:"):
        return
    _, _, _, region, account, _ = written.split(":")
    for what, theirs, ours in (
        ("region", region, environment.region),
        ("account", account, environment.account),
    ):
        if ours and theirs != ours:
            yield f"the {thing} is of the {what} {theirs}, {user} of {ours}; name one of {ours}"


def own_arn(written: str) -> str:
    """The ARN as a text for Sub, without account and region, for they can only be the stack's own."""
    own = "arn:${AWS::Partition}:acm:${AWS::Region}:${AWS::AccountId}:certificate/"
    return own + written.rsplit("/", 1)[-1]
