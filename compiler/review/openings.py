"""Security-group rules -> what they let in or out, comparable by range and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from compiler.review.expressions import expression

_ANY_PROTOCOL = {"-1", "all"}
_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_PEERS = (
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "DestinationSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
    "DestinationPrefixListId",
)
_WIDE_V4, _WIDE_V6 = 8, 16  # shorter prefixes than these are as good as the whole internet


@dataclass(frozen=True)
class Opening:
    """A protocol and a range of ports between the group and a peer; ports that a function gives stay text."""

    protocol: str
    first: int | str
    last: int | str
    peer: str

    @property
    def network(self) -> IPv4Network | IPv6Network | None:
        try:
            return ip_network(self.peer, strict=False)
        except ValueError:
            return None

    @property
    def is_wide(self) -> bool:
        """Whether the peer is the internet, or a part of it that is no one's own network."""
        network = self.network
        return network is not None and network.prefixlen < (_WIDE_V4 if network.version == 4 else _WIDE_V6)

    def covers(self, other: Opening) -> bool:
        """Whether all that the other lets through, this does."""
        return self._covers_ports(other) and self._covers_peer(other)

    def _covers_ports(self, other: Opening) -> bool:
        if self.protocol in _ANY_PROTOCOL:
            return True
        if self.protocol != other.protocol:
            return False
        if all(isinstance(port, int) for port in (self.first, self.last, other.first, other.last)):
            return int(self.first) <= int(other.first) and int(other.last) <= int(self.last)
        return (self.first, self.last) == (other.first, other.last)

    def _covers_peer(self, other: Opening) -> bool:
        mine, theirs = self.network, other.network
        if isinstance(mine, IPv4Network) and isinstance(theirs, IPv4Network):
            return theirs.subnet_of(mine)
        if isinstance(mine, IPv6Network) and isinstance(theirs, IPv6Network):
            return theirs.subnet_of(mine)
        return self.peer == other.peer

    def __str__(self) -> str:
        if self.protocol in _ANY_PROTOCOL:
            return f"every port, {self.peer}"
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol} {ports}, {self.peer}"


def openings(rules: Any) -> tuple[Opening, ...]:
    """The openings of one rule or a list of them; those under `Fn::If` all count."""
    return tuple(opening for rule in _flat(rules) for opening in _of(rule))


def added(before: Iterable[Opening], after: Iterable[Opening]) -> tuple[Opening, ...]:
    """What is open after and was not before."""
    old = tuple(before)
    return tuple(opening for opening in after if not any(each.covers(opening) for each in old))


def _flat(rules: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(rules, (list, tuple)):
        for rule in rules:
            yield from _flat(rule)
    elif isinstance(rules, Mapping) and "Fn::If" in rules:
        yield from _flat(rules["Fn::If"][1:])
    elif isinstance(rules, Mapping):
        yield rules


def _of(rule: Mapping[str, Any]) -> Iterator[Opening]:
    protocol = expression(rule.get("IpProtocol", "-1")).lower()
    protocol = _NUMBERS.get(protocol, protocol)
    first, last = _port(rule.get("FromPort"), 0), _port(rule.get("ToPort"), 65535)
    for peer in (rule[name] for name in _PEERS if name in rule):
        yield Opening(protocol, first, last, expression(peer))


def _port(value: Any, default: int) -> int | str:
    if value is None or value in (-1, "-1"):
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        return expression(value)
