"""The states that `formwork deploy` may find an environment in, each really brought about."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from compiler.assembly import Assembly
from compiler.deploy import destroy, execute, plan, protection
from compiler.deploy.errors import DeployError
from tests.fakes import a_stack, an_assembly
from tests.fault_accounts import Account, Emulated, InMemory
from tests.fault_door import BLOWS, Struck
from tests.fault_way import KILLED, Way

DATA, HOLDER = "shop-data", "Orders"
_NO = "not now"
_STAYS = "it is held"


def shop(number: int) -> Assembly:
    """A production environment of two stacks with a wire; a queue holds data, and beside it fails a topic."""
    foundation = a_stack(
        "shop-foundation", {"Key": {"DisplayName": f"key {number}"}}, {"Key": {"Ref": "Key"}}
    )
    data = a_stack(
        DATA,
        {"Label": {"DisplayName": f"label {number}"}, HOLDER: {}},
        {"Orders": {"Ref": HOLDER}},
        {"Key": "shop-foundation.Key"},
        stateful=(HOLDER,),
    )
    resources: dict[str, Any] = json.loads(data.body)["Resources"]
    resources["Label"]["DependsOn"] = [HOLDER]
    resources[HOLDER] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"VisibilityTimeout": 30 + number},
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
    }
    template = {**data.template, "Resources": resources}
    return an_assembly(foundation, replace(data, template=template), profile="production")


FIRST, BETWEEN, WANTED = shop(1), shop(2), shop(3)
UPDATE_FAILS, CREATE_FAILS = {"Label": _NO}, {"Label": _NO}
STAYS = {HOLDER: _STAYS}


def deploy(account: Account, assembly: Assembly) -> None:
    """Nothing goes wrong."""
    with plan.make(assembly, account.door, account.clock) as prepared:
        list(execute.run(prepared))


def failing(account: Account, assembly: Assembly, **faults: Any) -> None:
    """Something goes wrong, and is then mended."""
    account.strike(faults.get("fails", {}), faults.get("stays", {}))
    try:
        deploy(account, assembly)
    except DeployError:
        account.strike({}, {})
        return
    raise AssertionError("nothing failed")


def _nothing(account: Account) -> None:
    """An empty account."""


def _review(account: Account) -> None:
    door = Struck(account.door, ("execute_change_set", DATA), BLOWS["killed before a call"])
    way = Way(FIRST, account.clock)
    way.go(door)
    assert way.did[-1].outcome == KILLED


def _works(account: Account) -> None:
    deploy(account, FIRST)


def _rolled_back(account: Account) -> None:
    deploy(account, FIRST)
    failing(account, BETWEEN, fails=UPDATE_FAILS)


def _never_worked(account: Account) -> None:
    failing(account, FIRST, fails=CREATE_FAILS)


def _creation_held(account: Account) -> None:
    failing(account, FIRST, fails=CREATE_FAILS, stays=STAYS)


def _rollback_held(account: Account) -> None:
    deploy(account, FIRST)
    failing(account, BETWEEN, fails=UPDATE_FAILS, stays=STAYS)


def _deletion_held(account: Account) -> None:
    """Somebody who meant it destroys the environment, and it fails on the way."""
    deploy(account, FIRST)
    account.strike({}, {"Label": _STAYS})
    try:
        list(destroy.run(destroy.plan(FIRST, account.door, account.clock, unprotect=True)))
    except DeployError:
        account.strike({}, {})
        return
    raise AssertionError("nothing failed")


def _said(status: str, **facts: Any) -> Callable[[Account], None]:
    """As CloudFormation would say of it, with all resources there."""

    def bring(account: Account) -> None:
        assert isinstance(account, InMemory)
        deploy(account, FIRST)
        if status in ("CREATE_FAILED", "ROLLBACK_FAILED"):  # what was never there is not yet protected
            facts["protected"] = False
            account.door.policies.pop(DATA)
        account.door.set(DATA, status=status, **facts)

    return bring


def _busy(account: Account) -> None:
    """Somebody else updates a stack; what delays it goes with the next faults."""
    assert isinstance(account, Emulated)
    deploy(account, FIRST)
    prepared = plan.make(BETWEEN, account.door, account.clock)
    made = {step.name: step.change_set for step in prepared.steps if step.change_set}
    for name in made.keys() - {DATA}:
        account.door.delete_change_set(made[name].name, name)
    account.write({"logical_id": "Label", "operation": "update", "delay": 0.4})
    account.door.execute_change_set(made[DATA].arn, "somebody-else")
    end = time.monotonic() + 10
    while next(account.door.events(DATA)).logical_id != "Label":
        assert time.monotonic() < end, "it never began"


def _protected(account: Account) -> None:
    deploy(account, FIRST)
    for stack in FIRST.stacks:
        account.door.protect(stack.name)


def _open(account: Account) -> None:
    """As a run leaves it that was killed while it replaced what was approved."""
    deploy(account, FIRST)
    account.door.set_policy(DATA, protection.policy(()))


def _drifted(account: Account) -> None:
    deploy(account, FIRST)
    queue = next(r.physical_id for r in account.door.resources(DATA) if r.logical_id == HOLDER)
    account.change_by_hand(queue)
    assert account.changed_by_hand(queue)


@dataclass(frozen=True)
class State:
    """One row: what is found, which status that is, and how it comes about."""

    name: str
    status: str  # of the stack with the data; empty for none
    bring: Callable[[Account], None]
    hand_made: bool = False


STATES = (
    State("nothing", "", _nothing),
    State("REVIEW_IN_PROGRESS, left by a killed run", "REVIEW_IN_PROGRESS", _review),
    State("CREATE_COMPLETE", "CREATE_COMPLETE", _works),
    State("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", _rolled_back),
    State("ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE", _never_worked),
    State("ROLLBACK_FAILED, nothing left in it", "ROLLBACK_FAILED", _creation_held),
    State("ROLLBACK_FAILED, data left in it", "ROLLBACK_FAILED", _said("ROLLBACK_FAILED"), True),
    State("CREATE_FAILED, data left in it", "CREATE_FAILED", _said("CREATE_FAILED"), True),
    State("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", _rollback_held),
    State("UPDATE_FAILED", "UPDATE_FAILED", _said("UPDATE_FAILED"), True),
    State("UPDATE_FAILED, express mode", "UPDATE_FAILED", _said("UPDATE_FAILED", express=True), True),
    State("DELETE_FAILED", "DELETE_FAILED", _deletion_held),
    State("IMPORT_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED", _said("IMPORT_ROLLBACK_FAILED"), True),
    State("UPDATE_IN_PROGRESS, somebody else's", "UPDATE_IN_PROGRESS", _busy),
    State("termination protection on all stacks", "CREATE_COMPLETE", _protected),
    State("stack policy left open", "CREATE_COMPLETE", _open),
    State("changed by hand", "CREATE_COMPLETE", _drifted),
)
