"""What CloudFormation may do to deploy a platform: the handlers' actions, on what is the platform's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from compiler.deploy.bootstrap import STACK
from compiler.exits import InvalidError
from compiler.permissions.authorization import forms
from compiler.permissions.ground import Ground
from compiler.permissions.handlers import LINKED, LINKED_ROLE, PASS_ROLE, actions
from compiler.permissions.naming import NAMES, Named, patterns

# What lies in something that exists already, and is the platform's: services of a cluster, rules of a bus.
WITHIN = ((":cluster/", ":service/"), (":event-bus/", ":rule/"))
# The bucket for packages is the account's, not the platform's; CloudFormation makes it and reads from it.
ASSETS = f"{STACK}-"
# How far statements reach; their ids say so.
ALL, NAMED, PLACED = "NothingNarrower", "OfThePlatform", "OfTheRegion"
SERVICE_ROLES = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*"


class Allowed(NamedTuple):
    """One statement; resources are texts for Sub."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    sid: str = ""


def wanted(ground: Ground, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Every action for the platform's types, sorted, with `extra` ones that the user adds.

    InvalidError when nobody says what a type takes, and the user does not either.
    """
    found = {name: actions(name) for name in ground.types}
    missing = sorted(name for name, needed in found.items() if needed is None)
    given = {*extra, *ground.looked_up}
    if missing and not extra:
        raise InvalidError(
            f"no provider schema says what CloudFormation needs for {', '.join(missing)}; "
            "name the actions with --allow service:Action, which may be repeated"
        )
    needed = {action for each in found.values() if each for action in each} | given
    # Handlers write some actions in two ways, which IAM takes for one.
    return tuple(sorted({action.lower(): action for action in sorted(needed, reverse=True)}.values()))


def statements(ground: Ground, extra: Sequence[str] = ()) -> tuple[Allowed, ...]:
    """All that the execution role may do, sorted.

    The actions of a service share a statement, whose resources are then the platform's of all their types:
    each alone would need more policies than a role can have.
    """
    listed = wanted(ground, extra)
    return (*narrowed(set(listed) - {PASS_ROLE, LINKED_ROLE}, ground), *_special(ground, listed))


def narrowed(listed: Collection[str], ground: Ground) -> tuple[Allowed, ...]:
    """Statements that allow these actions, each on as little of the platform's as IAM lets one say."""
    services = {action.partition(":")[0].lower() for action in listed}
    actions: dict[tuple[str, str], set[str]] = defaultdict(set)
    where: dict[tuple[str, str], set[str]] = defaultdict(set)
    for action in sorted(listed):
        width = _width(action)
        key = ("" if width == ALL else action.partition(":")[0].lower(), width)
        actions[key].add(action)
        where[key].update(resources(action, ground, services))
    return tuple(
        Allowed(tuple(sorted(actions[key], key=str.lower)), tuple(sorted(where[key])), sid=_sid(*key))
        for key in sorted(actions)
    )


def _sid(service: str, width: str) -> str:
    return f"{''.join(word.title() for word in service.split('-'))}{width}"


def _width(action: str) -> str:
    """How narrow an action can be: to the platform's names, to region and account, or not at all."""
    offered = forms(action)
    if not offered:
        return ALL
    return NAMED if any(key in NAMES or key == SECRETS for key in offered) else PLACED


def _special(ground: Ground, listed: Iterable[str]) -> Iterator[Allowed]:
    if PASS_ROLE in listed and ground.passed:
        to = {"StringEquals": {"iam:PassedToService": ground.passed}}
        yield Allowed((PASS_ROLE,), roles(ground), to, "PassRolesOfThePlatform")
    linked = sorted({service for name in ground.types for service in LINKED.get(name, ())})
    if LINKED_ROLE in listed and linked:
        by = {"StringEquals": {"iam:AWSServiceName": tuple(linked)}}
        yield Allowed((LINKED_ROLE,), (SERVICE_ROLES,), by, "RolesOfServices")


def roles(ground: Ground) -> tuple[str, ...]:
    """The ARNs of the roles that the platform's stacks make."""
    form = "arn:${Partition}:iam::${Account}:role/.*"
    return tuple(sorted(set(_filled(patterns(form, NAMES["iam", "role"], ground.prefixes), ground))))


def resources(action: str, ground: Ground, services: set[str]) -> Iterator[str]:
    """What an action is narrowed to; `*` alone where IAM offers nothing narrower."""
    offered = forms(action)
    if not offered:
        yield "*"
        return
    own = {key: found for key, found in offered.items() if key in NAMES or key == SECRETS}
    for key, found in (own or offered).items():
        for form in found:
            if own or form.split(":")[2] in services:
                yield from _filled(_narrowed(key, form, ground, bool(own)), ground)
    yield from _existing(action, {form.split(":")[2] for found in offered.values() for form in found}, ground)


SECRETS = ("secretsmanager", "secret")


def _narrowed(key: tuple[str, str], form: str, ground: Ground, own: bool) -> Iterator[str]:
    """The forms that carry the platform's names; without names, all of the service in region and account."""
    if not own:
        yield f"{':'.join(form.split(':')[:5])}:*"
    elif key == SECRETS:
        yield from patterns(form, Named(others=tuple(_secrets(ground))), ground.prefixes)
    else:
        own_prefixes = (*ground.prefixes, ASSETS) if key[0] == "s3" else ground.prefixes
        yield from patterns(form, NAMES[key], own_prefixes)


def _secrets(ground: Ground) -> Iterator[str]:
    """CloudFormation begins the name of a secret with its logical id; RDS makes some of its own."""
    yield from (f"{logical_id}-" for logical_id in ground.secrets)
    yield "rds!"


def _filled(arns: Iterable[str], ground: Ground) -> Iterator[str]:
    """With the environment's regions, and what the account decides left to CloudFormation."""
    for arn in arns:
        text = arn.replace("${Partition}", "${AWS::Partition}").replace("${Account}", "${AWS::AccountId}")
        yield from (text.replace("${Region}", region) for region in ground.regions)


def _existing(action: str, services: set[str], ground: Ground) -> Iterator[str]:
    """What exists already may be used, never deleted; what the platform makes within it may be both."""
    for arn in ground.adopted:
        if arn.replace("${AWS::Partition}", "").split(":")[2] not in services:
            continue
        for outer, inner in WITHIN:
            if outer in arn:
                yield f"{arn.replace(outer, inner)}/*"
        if not action.partition(":")[2].startswith("Delete"):
            yield from (arn, f"{arn}/*") if not arn.endswith("*") else (arn,)
