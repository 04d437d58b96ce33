"""Statements -> as few managed policies as hold them, each within what IAM takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from compiler.exits import InvalidError
from compiler.permissions.execution import Allowed

# Characters of a managed policy without white space, and managed policies of a role.
# Source: IAM user guide, "IAM and AWS STS quotas", 2026.
MOST_CHARACTERS, MOST_POLICIES = 6144, 10
MOST_INLINE = 10_240  # characters of all inline policies of a role
# The longest that these can become.
LONGEST = {"${AWS::Partition}": "aws-us-gov", "${AWS::AccountId}": "0" * 12}
FRAME = len('{"Version":"2012-10-17","Statement":[]}')


def pack(statements: Iterable[Allowed]) -> list[list[Allowed]]:
    """The statements in their order, as lists of which each fits one policy.

    InvalidError when a role cannot have so many.
    """
    packed: list[list[Allowed]] = []
    room = 0
    for statement in statements:
        for part in _parts(statement):
            size = length(part) + 1  # with the comma between
            if size > room:
                packed.append([])
                room = MOST_CHARACTERS - FRAME
            packed[-1].append(part)
            room -= size
    if len(packed) > MOST_POLICIES:
        raise InvalidError(
            f"the permissions fill {len(packed)} policies, IAM gives a role {MOST_POLICIES}; "
            "make a role for each environment with --env, or split the platform into two specs"
        )
    return packed


def inline(statements: Sequence[Allowed]) -> Sequence[Allowed]:
    """The same; InvalidError when a role cannot hold them as an inline policy."""
    size = FRAME + sum(length(each) + 1 for each in statements)
    if size > MOST_INLINE:
        raise InvalidError(
            f"the permissions of CI take {size} characters, IAM gives a role {MOST_INLINE}; make a role for "
            "each environment with --env, or split the platform into two specs"
        )
    return statements


def _parts(statement: Allowed) -> Iterator[Allowed]:
    """The statement, in two when its actions make it longer than a policy, and so on.

    Each part gets an id of its own: the ids of a policy differ.
    """
    if length(statement) < MOST_CHARACTERS - FRAME or len(statement.actions) < 2:
        yield statement
        return
    middle = len(statement.actions) // 2
    for letter, part in (("A", statement.actions[:middle]), ("B", statement.actions[middle:])):
        yield from _parts(statement._replace(actions=part, sid=f"{statement.sid}{letter}"))


def length(statement: Allowed) -> int:
    """How many characters IAM counts for a statement, at most."""
    text = json.dumps(body(statement), separators=(",", ":"))
    for variable, longest in LONGEST.items():
        text = text.replace(variable, longest)
    return len(text)


def body(statement: Allowed) -> dict[str, Any]:
    """The statement as IAM takes it, with the variables of Sub."""
    return {
        **({"Sid": statement.sid} if statement.sid else {}),
        "Effect": "Allow",
        "Action": list(statement.actions),
        "Resource": list(statement.resources),
        **({"Condition": _plain(statement)} if statement.condition else {}),
    }


def _plain(statement: Allowed) -> dict[str, dict[str, Sequence[str]]]:
    return {
        operator: {key: list(values) for key, values in limits.items()}
        for operator, limits in statement.condition.items()
    }
