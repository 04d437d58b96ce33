"""Secrets: values that no template and no spec ever holds."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Annotated

from compiler.alarm import Alarm
from compiler.blocks import rotation
from compiler.blocks.rotation import Rotation
from compiler.kind import ComponentSpec, Kind, Problem, Record, Verb, about
from compiler.kinds.secret.existing import ExistingSecret
from compiler.kinds.secret.use import SecretUsage
from compiler.model import Component, Platform


class SecretGenerate(Record):
    """How the value is made. A change makes a new value at the next deploy, and the old one is gone."""

    length: Annotated[int, about("How many characters the value has.", examples=[64], ge=8, le=4096)] = 32
    exclude_punctuation: Annotated[
        bool,
        about(
            "Whether the value has letters and digits only, so that it fits into any URL.", examples=[True]
        ),
    ] = True
    exclude_characters: Annotated[
        str,
        about("Characters that the value must not have.", examples=["lI1O0"], max_length=4096),
    ] = ""


class Secret(ComponentSpec):
    """A secret in Secrets Manager: a random value, or one that people fill in."""

    existing: Annotated[
        ExistingSecret | None,
        about(
            "The secret to use instead of making one.",
            examples=[{"name": "shop/signing-key-a1B2c3"}],
        ),
    ] = None
    description: Annotated[
        str, about("What the secret is for.", examples=["signs device tokens"], max_length=2048)
    ] = ""
    generate: Annotated[
        SecretGenerate | None, about("How the random value is made.", examples=[{"length": 64}])
    ] = None
    supplied: Annotated[
        bool,
        about(
            "Whether people put the value in after the first deploy. Until then it is a placeholder, "
            "and no later deploy touches what they put in.",
            examples=[True],
        ),
    ] = False
    rotation: Annotated[
        Rotation | None,
        about(
            "How often a new random value replaces the old one, in every environment that says so; without "
            "it, never. What is in use then is still there as AWSPREVIOUS, for whoever has to accept both.",
            examples=[{"every": "30d"}],
        ),
    ] = None
    usage: Annotated[
        SecretUsage | None,
        about(
            "How often the secret is read in a month, for the estimate of what it costs.",
            examples=[{"reads": 100000}],
        ),
    ] = None


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Secret)
    if spec.supplied and spec.generate is not None:
        message = "a value that people supply is not generated; remove 'generate' or 'supplied'"
        yield Problem(("generate",), "E210", message)
    if spec.supplied and spec.rotation is not None:
        message = (
            "a value that people supply cannot be made anew without them; remove 'rotation' or 'supplied'"
        )
        yield Problem(("rotation",), "E210", message)
    if spec.generate:
        yield from _nothing_left(spec.generate)


def _nothing_left(generate: SecretGenerate) -> Iterable[Problem]:
    """Secrets Manager draws from ASCII; of one character it would make a value that anybody can guess."""
    drawn = (
        string.ascii_letters + string.digits + ("" if generate.exclude_punctuation else string.punctuation)
    )
    left = sorted(set(drawn) - set(generate.exclude_characters))
    if len(left) < 2:
        what = f"only '{left[0]}'" if left else "nothing"
        more = ", or write `exclude_punctuation: false`" if generate.exclude_punctuation else ""
        message = f"this leaves {what} to make the value of; exclude fewer characters{more}"
        yield Problem(("generate", "exclude_characters"), "E210", message)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    assert isinstance(component.spec, Secret)
    return (rotation.failed(),) if component.spec.rotation else ()


KIND = Kind(
    name="secret",
    section="secrets",
    spec=Secret,
    layer="data",
    summary="Secrets in Secrets Manager, by name.",
    verbs={
        "read": Verb(
            "read the value; where it can be injected, the variable holds it, else its ARN",
            environment={"SECRET_ARN": "arn"},
            secrets={"": "arn"},
            calls=("secretsmanager",),
            at_start=True,
        )
    },
    check=_check,
    alarms=_alarms,
    availability=lambda component, platform: ("secrets_manager",),
)
