"""A stack and its inputs -> a described change set, ready to be reviewed and executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from compiler.assembly import Stack, dumps, sha256
from compiler.deploy import bootstrap, failing, known
from compiler.deploy.clock import Clock
from compiler.deploy.door import Aws
from compiler.deploy.errors import DeployError, RefusedError
from compiler.deploy.explain import STALE
from compiler.deploy.litter import Litter
from compiler.deploy.records import ChangeSet, ChangeSetRequest, Validation
from compiler.deploy.redacting import safe
from compiler.deploy.status import Outcome, outcome
from compiler.deploy.waiting import Waiting, together

# A killed run may have left one of the name, and an answer that is lost makes the SDK meet its own.
_TAKEN = 2


@dataclass(frozen=True)
class Order:
    """What a change set is to be made of; `bucket` is None while there is none.

    `mark` tells the change sets of one plan file from all others: it may wait for days, while other plans
    come and go.
    """

    stack: Stack
    inputs: Mapping[str, str]
    tags: Mapping[str, str]
    creates: bool
    bucket: str | None
    mark: str = ""
    express: bool = False
    revert: bool = False  # also bring back what was changed behind CloudFormation's back
    previous: tuple[str, ...] = ()  # parameters that keep the values that they have
    since: str = ""  # which state of the stack it is made against; what follows from that is no content
    imports: bool = False  # take over what has a name of its own and is there already

    @property
    def name(self) -> str:
        """The same for the same content, so that a second run finds what the first one left."""
        modes = ["express"] * self.express + ["REVERT_DRIFT"] * self.revert + ["import"] * self.imports
        content: list[object] = [self.stack.template, dict(self.inputs), dict(self.tags), *modes]
        content += [list(self.previous)] if self.previous else []
        name = f"formwork-{sha256(dumps(content).encode())[:12]}"
        return f"{name}-{self.mark}" if self.mark else name


def make(aws: Aws, litter: Litter, order: Order) -> Waiting[ChangeSet | None]:
    """The change set, once it is described; None, and nothing left of it, when nothing would change."""
    request = _request(aws, order)
    litter.expect(aws, request.stack, request.name, request.create)
    made = yield from _settled(aws, _create(aws, request))
    if made is None:
        # Its token may be known from one that was deleted since, and whose ARN is then all that is answered.
        again = replace(request, since=f"{request.since} again")
        made = yield from _settled(aws, _create(aws, again))
    if made is None:
        raise RefusedError(*STALE)
    verdict = outcome(made.status, made.reason)
    if verdict is Outcome.READY:
        hooks = aws.hooks(made) if made.hooked else ()
        return replace(made, warnings=aws.validations(made), hooks=hooks)
    if verdict is Outcome.NO_CHANGES:
        aws.delete_change_set(request.name, request.stack)
        litter.executed(request.stack, request.name)
        return None
    raise _refused(order.stack, made, aws.validations(made))


def all_of(
    orders: Mapping[str, Order], aws: Aws, litter: Litter, clock: Clock
) -> dict[str, ChangeSet | None]:
    """The change sets of several stacks, made at once; DeployError with what is wrong in all of them."""
    flows = {
        name: _tried(make(aws.in_region(order.stack.region), litter, order)) for name, order in orders.items()
    }
    made = together(flows, clock)
    refused = [each for each in made.values() if isinstance(each, InvalidError)]
    if refused:
        advice = {error.advice for error in refused}
        raise DeployError(
            "\n  ".join(error.message for error in refused),
            advice.pop() if len(advice) == 1 else "correct the spec and build again; nothing was changed",
        )
    return {name: each for name, each in made.items() if not isinstance(each, InvalidError)}


class InvalidError(DeployError):
    """CloudFormation does not accept what the change set is made of."""


def _tried(making: Waiting[ChangeSet | None]) -> Waiting[ChangeSet | InvalidError | None]:
    try:
        return (yield from making)
    except InvalidError as error:
        return error


def token(change_set: ChangeSet, mark: str) -> str:
    """The client request token that executing this change set bears: the same at every try.

    With a mark it is the name, by which a later run knows from the stack's events what has been executed.
    """
    return change_set.name if mark else f"formwork-{sha256(change_set.arn.encode())[:32]}"


def _request(aws: Aws, order: Order) -> ChangeSetRequest:
    url = _upload(aws, order) if bootstrap.is_large(order.stack) else None
    return ChangeSetRequest(
        stack=order.stack.name,
        name=order.name,
        create=order.creates,
        parameters=order.inputs,
        tags=order.tags,
        capabilities=order.stack.capabilities,
        body=None if url else order.stack.body,
        url=url,
        express=order.express,
        revert_drift=order.revert,
        previous=order.previous,
        since=order.since,
        import_existing=order.imports,
    )


def _upload(aws: Aws, order: Order) -> str:
    if order.bucket is None:
        raise DeployError(
            f"the template of stack {order.stack.name} needs the asset bucket, which stack "
            f"{bootstrap.name(order.stack.region)} does not offer",
            f"delete stack {bootstrap.name(order.stack.region)} and run again",
        )
    content = order.stack.body.encode()
    key = f"templates/{sha256(content)}.json"
    if not aws.has_object(order.bucket, key):
        aws.put_object(order.bucket, key, content)
    return aws.template_url(order.bucket, key)


def _create(aws: Aws, request: ChangeSetRequest) -> str:
    # One of this name is what a killed run left, made against a state that may be gone: never reuse it.
    arn = aws.create_change_set(request)
    for _ in range(_TAKEN):
        if arn is None:
            aws.delete_change_set(request.name, request.stack)
            arn = aws.create_change_set(request)
    if arn is None:
        raise RefusedError(
            f"change set {request.name} of stack {request.stack} is being made by someone else",
            "wait until their deployment has ended and run again",
        )
    return arn


def _settled(aws: Aws, arn: str) -> Waiting[ChangeSet | None]:
    """The change set, once it is described; None when it is gone."""
    while True:
        found = aws.change_set(arn)
        if found is None or outcome(found.status, found.reason) is not Outcome.PENDING:
            return found
        yield


def _refused(stack: Stack, made: ChangeSet, found: tuple[Validation, ...]) -> InvalidError:
    failed = [validation for validation in found if validation.mode == "FAIL"] or list(found)
    texts = sorted({finding(stack, validation) for validation in failed}) or [made.reason.rstrip(". ")]
    return InvalidError(
        f"CloudFormation refuses the change set of stack {stack.name}: {'; '.join(texts)}",
        f"{_advice(failed) or 'correct the spec and build again'}; nothing was changed",
    )


def _advice(failed: list[Validation]) -> str:
    """What to do where all of them have the same known cause."""
    found = {known.advice(f"{each.name} {each.reason}") for each in failed}
    return found.pop() if len(found) == 1 and found != {known.DEFAULT} else ""


def finding(stack: Stack, validation: Validation) -> str:
    """What early validation says of a resource, with the line of the spec."""
    about = failing.resource_of(validation.logical_id, validation.path)
    origin = stack.origins.get(about)
    place = f"{origin.place} " if origin else ""
    reason = safe(validation.reason).rstrip(". ")
    return f"{place}{about}: {reason}{f' ({validation.path})' if validation.path else ''}"
