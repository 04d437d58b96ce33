"""What runs out, and who takes of it, as data: kinds declare it, rules and `explain capacity` read it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, NamedTuple

from compiler.model import Path, Platform

ACCOUNT = ""  # the owner of what all platforms of an account share in a region
NETWORK = "network"
Tier = Literal["private", "public", "isolated"]


class Key(NamedTuple):
    """What tells pools apart."""

    owner: str  # the component it belongs to, or ACCOUNT
    name: str  # what there is so much of, in the plural


class Pool(NamedTuple):
    """Something of which there is only so much."""

    key: Key
    most: float
    how: str  # the arithmetic that gives `most`
    source: str  # the document that says so


class Draw(NamedTuple):
    """What a component takes of a pool at its busiest; nothing when there is no such pool."""

    key: Key
    amount: float
    how: str  # the arithmetic that gives `amount`
    path: Path = ()  # inside the component: what to change for less
    taker: str = ""  # on whose behalf, where that is another component


class Fact(NamedTuple):
    """Another figure that people should know when they size a component, with its arithmetic."""

    label: str
    text: str


Figures = Iterable[Pool | Draw | Fact]


class Copies(NamedTuple):
    """How many copies of a component work at one time when it is busiest."""

    number: int
    how: str
    connections: int  # that each keeps open to a database, where the spec does not say
    bounded: bool = True  # False when only the account's quota ends it
    path: Path = ()  # inside the component: where their number is written


def addresses(tier: Tier) -> Key:
    """The addresses of one subnet of a tier: of one zone, for each zone has one."""
    return Key(NETWORK, f"addresses in each {tier} subnet")


def calls(function: str) -> Key:
    """How many calls of a function run at one time."""
    return Key(function, "calls at one time")


def zones(platform: Platform) -> int:
    """How many availability zones the platform uses; 1 without a network.

    A kind does not import another; that a network says so in these words is part of the spec.
    """
    network = platform.components.get(NETWORK)
    if network is None:
        return 1
    existing = getattr(network.spec, "existing", None)
    return len(existing.private_subnets) if existing else int(getattr(network.spec, "availability_zones", 1))


def in_each_zone(count: int, platform: Platform) -> int:
    """How many of them share a zone at least somewhere, spread as evenly as can be."""
    return math.ceil(count / zones(platform))
