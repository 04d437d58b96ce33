"""Consumers that log in by password: what they say, what they get, what can be wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from compiler import names
from compiler.kind import Problem, Record, Verb, about
from compiler.model import Component, Connection, Platform

# Nobody logs in as the master but whoever makes the other users; RDS changes its password every week.
MASTER = "postgres"
# Roles that are not a consumer's either: those of RDS, and those that PostgreSQL keeps.
# Source: Aurora user guide, "Understanding PostgreSQL roles and permissions", 2026.
TAKEN = ("pg_", "rds")
# No role can have these names, quoted or not. Source: PostgreSQL 17, "role name is reserved".
IMPOSSIBLE = ("none", "public")


class DatabaseAccess(Record):
    """How a consumer logs in to a database."""

    login: Annotated[
        Literal["iam", "password"],
        about(
            "With `iam` the consumer asks IAM for a token each time it connects: nothing is kept, nothing "
            "has to be rotated. With `password` a secret of its own holds user and password, which the "
            "database's `rotation` replaces: for programs that cannot ask for tokens.",
            examples=["password"],
        ),
    ] = "iam"
    pool: (
        Annotated[
            int,
            about(
                "How many connections each task or call keeps open at most, as the program is set up; when "
                "left out, 1 for a function and 10, the usual default of libraries, for a service or task.",
                examples=[5],
                ge=1,
                le=5000,
            ),
        ]
        | None
    ) = None


def by_password(hosts: Mapping[str, str]) -> Verb:
    """What a verb is for them; `hosts` are its variables for the endpoints."""
    return Verb(
        "log in with a password; where it can be injected, it is in USER and PASSWORD, else in a secret",
        always={**hosts, "PORT": "port", "NAME": "name", "AUTH": "=password"},
        environment={"SECRET_ARN": "own:password_arn"},
        secrets={"USER": "own:password_username", "PASSWORD": "own:password_value"},
        calls=("secretsmanager",),
        network=True,
    )


def users(component: Component, platform: Platform) -> list[Connection]:
    """The connections that log in by password, sorted by consumer."""
    found = platform.users_of(component.name)
    return [use for use in found if use.options.get("login") == "password"]


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """A role that nobody can make, or that exists already with more rights than anybody means to give."""
    yield from (problem for use in platform.users_of(component.name) for problem in _impossible(use))
    yield from (problem for use in users(component, platform) for problem in _taken(use))


def _impossible(use: Connection) -> Iterator[Problem]:
    if (role := names.snake(use.consumer)) in IMPOSSIBLE:
        message = (
            f"'{use.consumer}' would log in as '{role}', and PostgreSQL lets no role have that name; call "
            "the component something else"
        )
        yield Problem((), "E210", message)


def check_adopted(component: Component, platform: Platform) -> Iterable[Problem]:
    """Passwords for a database that exists already: only its owner could make their users."""
    for use in users(component, platform):
        message = (
            f"'{use.consumer}' would log in by password, and Formwork makes no users in a database that "
            "exists already; write `login: iam`, or connect to a secret that exists already"
        )
        yield Problem(("existing",), "E210", message)


def _taken(use: Connection) -> Iterator[Problem]:
    role = names.snake(use.consumer)
    if role == MASTER or role.startswith(TAKEN):
        message = (
            f"'{use.consumer}' would log in as '{role}', a name that the database keeps for its own roles; "
            "call the component something else"
        )
        yield Problem((), "E210", message)
