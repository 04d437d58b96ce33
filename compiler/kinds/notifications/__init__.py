"""Where alarms are told: a topic for what must wake somebody, and one for what can wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from compiler.kind import ComponentSpec, Kind, Problem, Record, about
from compiler.model import Component, Platform


class Receiver(Record):
    """One address."""

    email: Annotated[
        str,
        about(
            "An e-mail address; whoever reads it must confirm the subscription once.",
            examples=["oncall@example.com"],
            pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
            form="an e-mail address",
        ),
    ]


Receivers = Annotated[list[Receiver], msgspec.Meta(max_length=50)]


class Notifications(ComponentSpec):
    """Who hears of alarms."""

    critical: Annotated[
        Receivers, about("Who is woken up.", examples=[[{"email": "oncall@example.com"}]])
    ] = []
    warning: Annotated[
        Receivers, about("Who reads it in the morning.", examples=[[{"email": "team@example.com"}]])
    ] = []
    enabled: Annotated[
        bool,
        about(
            "Whether alarms notify anybody; they exist and change state all the same.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False


def receivers(spec: Notifications) -> dict[str, list[Receiver]]:
    """Who hears of alarms of each severity."""
    return {"critical": spec.critical, "warning": spec.warning}


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Notifications)
    for severity, listed in receivers(spec).items():
        seen: set[str] = set()
        for index, receiver in enumerate(listed):
            # Mail takes no notice of the case.
            if (address := receiver.email.casefold()) in seen:
                message = f"'{receiver.email}' is listed twice; remove one of the two"
                yield Problem((severity, index), "E107", message)
            seen.add(address)


KIND = Kind(
    name="notifications",
    section="notifications",
    spec=Notifications,
    layer="foundation",
    summary="Who hears of alarms.",
    singleton=True,
    always=True,
    check=_check,
)
