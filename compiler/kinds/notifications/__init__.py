"""Where alarms are told: a topic for what must wake somebody, and one for what can wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from compiler.kind import ComponentSpec, Kind, Problem, Record, about
from compiler.kinds.notifications.existing import Enabled, ExistingTopics
from compiler.kinds.notifications.use import NotificationsUsage
from compiler.model import Component, Platform

UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
WAYS = ("email", "https", "slack", "teams")


class Slack(Record, kw_only=True):
    """A Slack channel. Somebody must have connected the workspace in the AWS console once."""

    workspace: Annotated[
        str,
        about(
            "The workspace's id.",
            examples=["T0ABCDEFG"],
            pattern="^[0-9A-Z]{1,255}$",
            form="the id of a Slack workspace such as T0ABCDEFG",
        ),
    ]
    channel: Annotated[
        str,
        about(
            "The channel's id, which its link ends with; not its name.",
            examples=["C0ABCDEFG"],
            pattern="^[0-9A-Z]{1,100}$",
            form="the id of a Slack channel such as C0ABCDEFG",
        ),
    ]


class Teams(Record, kw_only=True):
    """A Microsoft Teams channel. Somebody must have connected the team in the AWS console once."""

    team: Annotated[
        str,
        about(
            "The team's id.",
            examples=["12345678-1234-1234-1234-123456789012"],
            pattern=f"^{UUID}$",
            form="the id of a team such as 12345678-1234-1234-1234-123456789012",
        ),
    ]
    tenant: Annotated[
        str,
        about(
            "The id of the Microsoft tenant to which the team belongs.",
            examples=["12345678-1234-1234-1234-123456789012"],
            pattern=f"^{UUID}$",
            form="the id of a tenant such as 12345678-1234-1234-1234-123456789012",
        ),
    ]
    channel: Annotated[
        str,
        about(
            "The channel's id as it stands in its link, with %3A and %40.",
            examples=["19%3A0123abcd%40thread.tacv2"],
            pattern="^[a-zA-Z0-9_=+/.,-]*%3[aA][a-zA-Z0-9_=+/.,-]*%40[a-zA-Z0-9_=+/.,-]*$",
            form="the id of a channel such as 19%3A0123abcd%40thread.tacv2",
            max_length=256,
        ),
    ]


class Receiver(Record):
    """One receiver: exactly one of these."""

    email: (
        Annotated[
            str,
            about(
                "An e-mail address; whoever reads it must confirm the subscription once.",
                examples=["oncall@example.com"],
                pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
                form="an e-mail address",
            ),
        ]
        | None
    ) = None
    https: (
        Annotated[
            str,
            about(
                "A URL that gets each message by POST, and must confirm the subscription once. Everybody who "
                "may read templates sees it.",
                examples=["https://alerts.example.com/aws"],
                pattern=r"^https://[^\s/@]+(?:/\S*)?$",
                form="an https URL such as https://alerts.example.com/aws, without a user or password",
                max_length=2048,
            ),
        ]
        | None
    ) = None
    slack: Annotated[
        Slack | None, about("A Slack channel.", examples=[{"workspace": "T0ABCDEFG", "channel": "C0ABCDEFG"}])
    ] = None
    teams: Annotated[
        Teams | None,
        about(
            "A Microsoft Teams channel.",
            examples=[
                {
                    "team": "12345678-1234-1234-1234-123456789012",
                    "tenant": "12345678-1234-1234-1234-123456789012",
                    "channel": "19%3A0123abcd%40thread.tacv2",
                }
            ],
        ),
    ] = None


Receivers = Annotated[list[Receiver], msgspec.Meta(max_length=50)]


class Notifications(ComponentSpec):
    """Who hears of alarms."""

    existing: Annotated[
        ExistingTopics | None,
        about(
            "The topics to use instead of making any.",
            examples=[{"critical": "oncall", "warning": "operations"}],
        ),
    ] = None
    critical: Annotated[
        Receivers, about("Who is woken up.", examples=[[{"email": "oncall@example.com"}]])
    ] = []
    warning: Annotated[
        Receivers, about("Who reads it in the morning.", examples=[[{"email": "team@example.com"}]])
    ] = []
    enabled: Enabled = False
    usage: Annotated[
        NotificationsUsage | None,
        about(
            "How often people are told in a month, for the estimate of what it costs.",
            examples=[{"messages": 100}],
        ),
    ] = None


def receivers(spec: Notifications) -> dict[str, list[Receiver]]:
    """Who hears of alarms of each severity."""
    return {"critical": spec.critical, "warning": spec.warning}


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, Notifications)
    for severity, listed in receivers(spec).items():
        seen: set[object] = set()
        for index, receiver in enumerate(listed):
            given = [way for way in WAYS if getattr(receiver, way) is not None]
            if len(given) != 1:
                said = f"this one has {' and '.join(given)}" if given else "this one has none"
                message = f"a receiver has exactly one of {', '.join(WAYS)}; {said}"
                yield Problem((severity, index), "E210", message)
                continue
            address = getattr(receiver, given[0])
            # Mail takes no notice of the case.
            same = (given[0], address.casefold() if given[0] == "email" else address)
            if same in seen:
                told = f"'{address}'" if isinstance(address, str) else f"this {given[0]} channel"
                yield Problem((severity, index), "E107", f"{told} is listed twice; remove one of the two")
            seen.add(same)


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
