"""What is there already and is taken over: which change sets may do it, and whether it is ours to take.

Ours is what bears the tags of the platform and the environment: stacks give them to all that they make, and
what a stack kept when it was deleted still has them. Anything else is taken only when it is named, and needs
approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from compiler.deploy.account import Read, UnseenError
from compiler.deploy.door import Aws
from compiler.deploy.errors import RefusedError
from compiler.deploy.guard import ENVIRONMENT_TAG, PLATFORM_TAG
from compiler.deploy.prepared import Draft
from compiler.deploy.records import ChangeSet
from compiler.deploy.takeover import OURS, Imports
from compiler.review.changes import Change, Reason, StackChanges
from compiler.review.schemas import exclusive

RULE = "R146"
TAGGED = Read("resourcegroupstaggingapi", "GetResources", "ResourceTagMappingList")
_LATER = "what differs from the template stays as it is until the next change of it"


def judged(found: StackChanges, made: ChangeSet, draft: Draft, aws: Aws) -> StackChanges:
    """What a change set says; refused is what would be taken over and is not ours."""
    taken = {change.logical_id for change in found.changes if change.action == "import"}
    if not taken:
        return found
    own, names = _own(draft.tags, aws), _names(made, draft)
    changes = (
        _judged(change, found.stack, draft.imports, _is_own(change.type, names[change.logical_id], own))
        if change.logical_id in taken
        else change
        for change in found.changes
    )
    return replace(found, changes=tuple(changes))


def foreseen(found: StackChanges, imports: Imports) -> StackChanges:
    """A prediction: what is named is taken to be there, so that it is approved before it is taken over."""
    changes = (
        replace(change, action="import", risk="identity", reasons=(_named(),))
        if change.action == "add" and imports.names(found.stack, change.logical_id)
        else change
        for change in found.changes
    )
    return replace(found, changes=tuple(changes))


def check(stacks: Iterable[StackChanges], imports: Imports) -> None:
    """RefusedError when something is named that this plan would not take over."""
    taken = {
        name
        for stack in stacks
        for change in stack.changes
        if change.action in ("import", "refused")
        for name in (change.logical_id, f"{stack.stack}/{change.logical_id}")
    }
    if lost := sorted(imports.named - taken):
        raise RefusedError(
            f"this plan takes over no {', '.join(lost)}, which --import names",
            "only what has a name of its own, is there already and would be added can be taken over; leave "
            "the name out, or look for it with `formwork plan`",
        )


def _judged(change: Change, stack: str, imports: Imports, own: bool) -> Change:
    if imports.names(stack, change.logical_id):
        return replace(change, risk="identity", reasons=(_named(),))
    if imports.ours and own:
        text = f"is there already, with the tags of this environment, and is taken over; {_LATER}"
        return replace(change, risk="routine", reasons=(Reason(RULE, text),))
    way = f"bears the tags of this environment; take it over with `--import {OURS}`"
    if not own:
        way = f"does not bear the tags of this environment; take it over with `--import {change.logical_id}`"
    text = f"is there already and {way}, or give the component another name"
    return replace(change, action="refused", risk="identity", reasons=(Reason(RULE, text),))


def _named() -> Reason:
    return Reason(RULE, f"is there already, whoever made it, and is taken over as --import says; {_LATER}")


def _own(tags: Mapping[str, str], aws: Aws) -> tuple[str, ...]:
    """The ARNs of what bears both tags; nothing when that may not be asked."""
    wanted = [{"Key": key, "Values": [tags.get(key, "")]} for key in (PLATFORM_TAG, ENVIRONMENT_TAG)]
    try:
        found = aws.account().ask(TAGGED, TagFilters=wanted)
    except UnseenError:
        return ()
    return tuple(str(each["ResourceARN"]) for each in found)


def _names(made: ChangeSet, draft: Draft) -> dict[str, set[str]]:
    """By logical id, how AWS knows what a change set is about: by its name, URL or ARN."""
    found: dict[str, set[str]] = {}
    for page in made.pages:
        for change in page.get("Changes") or ():
            one = change.get("ResourceChange") or {}
            logical_id = one.get("LogicalResourceId", "")
            resource = draft.stack.template["Resources"].get(logical_id) or {}
            properties = [resource.get("Properties", {}).get(name) for name in exclusive(one["ResourceType"])]
            known = [one.get("PhysicalResourceId"), *properties]
            found[logical_id] = {name for name in known if isinstance(name, str) and name}
    return found


def _is_own(kind: str, names: Iterable[str], own: tuple[str, ...]) -> bool:
    """Whether one of the ARNs is that of a resource."""
    tails = {name.rsplit("/", 1)[-1] if "://" in name else name for name in names}
    return any(_leads_to(arn, kind.split("::")[1].lower(), tail) for arn in own for tail in tails)


def _leads_to(arn: str, service: str, name: str) -> bool:
    whole = arn.removesuffix(":*")
    same_service = arn.split(":")[2].replace("-", "") in service
    return arn == name or (same_service and re.search(rf"[:/]{re.escape(name)}$", whole) is not None)
