"""Who may open a connection to whom: empty security groups, and one rule for each path.

Every group lives in the network stack and starts closed in both directions; each rule is a resource of
its own in the consumer's stack. So no two groups ever refer to each other, inside a stack or across stacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from troposphere import GetAtt, ec2

from compiler import names
from compiler.model import Component, Connection
from compiler.scope import Attribute, Grant, Port, Scope

# A group without any egress rule allows everything out; one rule that matches nothing closes it.
CLOSED = ec2.SecurityGroupRule(
    CidrIp="127.0.0.1/32",
    IpProtocol="icmp",
    FromPort=252,
    ToPort=86,
    Description="Nothing leaves but what a rule of its own allows",
)


def security_group(scope: Scope, what: str, part: str = "") -> Any:
    """Adds the component's security group to the network stack; returns its id as seen from the own stack.

    `part` names the part of the component whose group it is, for a component that has more than one.
    """
    network = scope.at("network")
    closed_group(network, what, network.value("network", "vpc_id"), part)
    return scope.value(scope.component.name, f"{part.lower()}_security_group_id".removeprefix("_"))


def closed_group(scope: Scope, what: str, vpc_id: Any, part: str = "") -> Any:
    """Adds a group to the scope's own stack, closed both ways; returns its id."""
    group = ec2.SecurityGroup(
        scope.id(f"{part}SecurityGroup"),
        GroupDescription=f"{scope.component.name} ({what})",
        VpcId=vpc_id,
        SecurityGroupEgress=[CLOSED],
    )
    return GetAtt(scope.add(group), "GroupId")


def security_group_attribute(component: Component, part: str = "") -> Attribute:
    """The attribute `security_group_id` of a component that `security_group` was called for.

    That of a part is called `<part>_security_group_id`, the part in small letters.
    """
    group = GetAtt(names.logical_id(component.name, f"{part}SecurityGroup"), "GroupId")
    return Attribute(group, "AWS::EC2::SecurityGroup::Id", "network")


def open_path(
    scope: Scope, own_group: Any, target: str, port: Port, serves: Iterable[Connection] = ()
) -> list[str]:
    """Adds the two rules that let this component reach one port of another; returns their logical ids.

    `serves` are the connections that need them.
    """
    text = f"{scope.component.name} to {target}"
    return _rules(scope, f"To{names.pascal(target)}{port.port}", text, own_group, port, serves)


def open_paths(scope: Scope, own_group: Any, grants: Iterable[tuple[Connection, Any, Grant]]) -> list[str]:
    """Adds the rules for every port that the connections need, each once; returns their logical ids."""
    # Two targets behind one group, or two uses of one target, must not repeat a rule: EC2 refuses the second.
    # Groups of what exists already are known by their ids, and may be one for several.
    wanted: dict[Any, tuple[str, Port, list[Connection]]] = {}
    for connection, _, grant in grants:
        for port in grant.ports:
            owner = port.owner or connection.target
            group = port.security_group if isinstance(port.security_group, str) else owner
            found = wanted.setdefault((group, port.port, port.to_port), (owner, port, []))
            found[2].append(connection)
    opened = (open_path(scope, own_group, owner, port, uses) for owner, port, uses in wanted.values())
    return [title for titles in opened for title in titles]


def admit(scope: Scope, own_group: Any, source: str, source_group: Any, port: int) -> list[str]:
    """Adds the two rules that let another component reach one port of this one; returns their logical ids."""
    text = f"{source} to {scope.component.name}"
    return _rules(scope, f"From{names.pascal(source)}{port}", text, source_group, Port(own_group, port))


def _rules(
    scope: Scope, title: str, text: str, source_group: Any, port: Port, serves: Iterable[Connection] = ()
) -> list[str]:
    # EC2 takes no `>` in a description. Source: EC2 API reference, "IpRange".
    span = {
        "IpProtocol": "tcp",
        "FromPort": port.port,
        "ToPort": port.to_port or port.port,
        "Description": text,
    }
    out = ec2.SecurityGroupEgress(
        scope.id(f"{title}Egress"),
        GroupId=source_group,
        DestinationSecurityGroupId=port.security_group,
        **span,
    )
    into = ec2.SecurityGroupIngress(
        scope.id(f"{title}Ingress"),
        GroupId=port.security_group,
        SourceSecurityGroupId=source_group,
        **span,
    )
    return [scope.add(rule, serves=serves).title for rule in (out, into)]


def open_https(scope: Scope, own_group: Any, part: str = "") -> list[str]:
    """Lets the component call AWS: TLS to anywhere the route table leads (endpoints only, without egress).

    Returns the rule's logical id, as the others do.
    """
    rule = scope.add(
        ec2.SecurityGroupEgress(
            scope.id(f"{part}HttpsEgress"),
            GroupId=own_group,
            CidrIp="0.0.0.0/0",
            IpProtocol="tcp",
            FromPort=443,
            ToPort=443,
            Description=f"{scope.component.name} to AWS services",
        )
    )
    return [rule.title]
