"""What can be wrong with a network that exists already, as the spec names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler.kind import Problem
from compiler.model import Platform

if TYPE_CHECKING:
    from compiler.kinds.network import ExistingNetwork

TIERS = ("private_subnets", "isolated_subnets", "public_subnets")


def problems(existing: ExistingNetwork, platform: Platform) -> Iterable[Problem]:
    """A subnet named twice, and a public load balancer where no public subnet is named."""
    for tier in TIERS:
        listed = getattr(existing, tier) or ()
        for index, subnet in enumerate(listed):
            if subnet in listed[:index]:
                message = f"'{subnet}' is listed twice; each subnet of a tier is in a zone of its own"
                yield Problem(("existing", tier, index), "E107", message)
    balancer = platform.components.get("load_balancer")
    # A kind does not import another; that a public one says so in this word is part of the spec.
    public = balancer and not balancer.adopted and getattr(balancer.spec, "scheme", "") == "internet_facing"
    if public and existing.public_subnets is None:
        message = "an internet_facing load balancer is in public subnets; name them with 'public_subnets'"
        yield Problem(("existing",), "E102", message)
