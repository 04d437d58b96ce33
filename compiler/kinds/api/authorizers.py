"""What users may write of authorizers: who decides whether a caller may use a route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import msgspec

from compiler.kind import Problem, Record, Reference, about
from compiler.units import DURATION
from compiler.words import shown

# Source: API Gateway developer guide, "Quotas for configuring and running an HTTP API", 2026.
MOST = 10
ANSWER = "10s"  # the longest that API Gateway waits for an authorizer's function
HEADER = "$request.header."
BEARER = f"{HEADER}Authorization"

# `iam` and `none` are what a route may say beside the name of an authorizer.
AuthorizerName = Annotated[
    str,
    msgspec.Meta(
        pattern="^(?!(?:iam|none)$)[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=32,
        extra_json_schema={"x-form": "a name in kebab-case, and neither iam nor none"},
    ),
]
IDENTITY = re.compile(r"\$(?:request\.(?:header|querystring)\.[A-Za-z0-9_-]+|context\.[A-Za-z0-9_.]+)")


class ApiJwt(Record, kw_only=True):
    """Which tokens (JWT) are believed."""

    issuer: Annotated[
        str,
        about(
            "Who signs the tokens, exactly as their `iss` says. AWS reads its "
            "/.well-known/openid-configuration, already when the authorizer is made.",
            examples=["https://login.example.com/"],
            pattern=r"^https://[^\s?#]+$",
            form="an https address such as https://login.example.com/",
        ),
    ]
    audience: Annotated[
        list[str],
        about(
            "Whom the tokens are for; one of them must be the `aud` or `client_id` of a token.",
            examples=[["iot-console"]],
            min_length=1,
            max_length=50,
        ),
    ]


class ApiAuthorizer(Record, kw_only=True):
    """Who decides whether a caller may use a route: a token's signature (`jwt`), or a `function`."""

    jwt: Annotated[
        ApiJwt | None,
        about(
            "Lets in whoever brings a token that is believed.",
            examples=[{"issuer": "https://login.example.com/", "audience": ["iot-console"]}],
        ),
    ] = None
    function: (
        Annotated[
            str,
            about(
                "The function that is asked (payload 2.0); it answers with `isAuthorized` and `context`.",
                examples=["authorize"],
                min_length=1,
            ),
        ]
        | None
    ) = None
    # Its form is checked below: with patterns in a union with a list, msgspec 0.22 frees memory twice.
    identity_source: Annotated[
        str | list[str],
        about(
            "What a caller must bring, one thing or a list: $request.header.NAME, "
            "$request.querystring.NAME or $context.NAME. Without it a request is refused, and "
            "nobody is asked.",
            examples=["$request.header.Authorization"],
        ),
    ] = BEARER
    cache: (
        Annotated[
            str,
            about(
                "How long the answer of a function is kept for the same identity, 5m without it. It is kept "
                "for all routes alike, unless `identity_source` has $context.routeKey too.",
                examples=["5m"],
                minimum="0s",
                maximum="1h",
                **DURATION,
            ),
        ]
        | None
    ) = None


Authorizers = dict[AuthorizerName, ApiAuthorizer]
Wrong = tuple[tuple[str, ...], str, str]  # the place inside the authorizer, the code and the message


def sources(authorizer: ApiAuthorizer) -> list[str]:
    """What a caller must bring, as a list."""
    given = authorizer.identity_source
    return [given] if isinstance(given, str) else list(given)


def headers(authorizers: Authorizers) -> set[str]:
    """The headers that authorizers read, in lower case."""
    named = (source for authorizer in authorizers.values() for source in sources(authorizer))
    return {source.removeprefix(HEADER).lower() for source in named if source.startswith(HEADER)}


def references(authorizers: Authorizers) -> list[Reference]:
    """One for each function that is asked, at its first authorizer."""
    first: dict[str, str] = {}
    for name, authorizer in sorted(authorizers.items()):
        if authorizer.function:
            first.setdefault(authorizer.function, name)
    return [
        Reference(("authorizers", name, "function"), function, "delegate")
        for function, name in sorted(first.items())
    ]


def problems(authorizers: Authorizers) -> Iterator[Problem]:
    """Everything that is wrong with authorizers and that no schema can say."""
    for name, authorizer in sorted(authorizers.items()):
        for key, code, message in _contradictions(authorizer):
            yield Problem(("authorizers", name, *key), code, message)


def _contradictions(authorizer: ApiAuthorizer) -> Iterator[Wrong]:
    if authorizer.jwt is None and authorizer.function is None:
        yield (), "E102", "an authorizer needs `jwt`, which tokens are believed, or `function`, who is asked"
    elif authorizer.jwt is not None and authorizer.function is not None:
        yield ("function",), "E210", "an authorizer has either `jwt` or `function`; make two authorizers"
    elif authorizer.jwt is not None:
        yield from _only_for_functions(authorizer)
    yield from _identity(sources(authorizer))


def _identity(given: list[str]) -> Iterator[Wrong]:
    if not given:
        message = f"`identity_source` must not be empty; name what a caller brings, such as {BEARER}"
        yield ("identity_source",), "E107", message
    for source in sorted(set(given)):
        if not IDENTITY.fullmatch(source):
            message = (
                f"`identity_source` must be $request.header.NAME, $request.querystring.NAME or "
                f"$context.NAME, not {shown(source)}"
            )
            yield ("identity_source",), "E105", message
        elif given.count(source) > 1:
            yield ("identity_source",), "E107", f"`identity_source` lists {source} twice; remove one"


def _only_for_functions(authorizer: ApiAuthorizer) -> Iterator[Wrong]:
    if authorizer.cache is not None:
        yield (
            ("cache",),
            "E210",
            "`cache` is for authorizers with a `function`; AWS keeps no tokens; remove it",
        )
    given = sources(authorizer)
    if len(given) > 1 or any(source.startswith("$context.") for source in given):
        message = (
            f"a token is read from one header or one query parameter, not from {' and '.join(given)}; "
            f"write one, such as {BEARER}"
        )
        yield ("identity_source",), "E210", message
