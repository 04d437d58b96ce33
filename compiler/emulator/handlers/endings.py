"""The emulator's end and next start: no operation stays under way, no damaged state is taken for none."""

import asyncio
import importlib
import json
import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from handlers import databases
from postgres import PostgresError

# How the launcher ends when it cannot read its state; its parent knows the number.
DAMAGED = 4
NO_DATABASE = 5  # or when it cannot start a database that is in it
WAIT_SECONDS = 5.0
_POLL_SECONDS = 0.05
_ENGINE = "ministack.services.cloudformation"
_STACK = "AWS::CloudFormation::Stack"
_REASON = "The emulator was stopped before this operation had ended."

# Nobody carries these on after a stop. The states they become are those that a deployment gets out of:
# what failed to be created is deleted and created anew, and an update is made again from the old template.
_SETTLED = {
    "CREATE_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_COMPLETE",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}


def install(end_functions: Callable[[], None]) -> None:
    """Load state strictly and settled; end when operations have ended, or after a while."""
    app = importlib.import_module("ministack.app")
    app._load_persisted_state = lambda: _load(app)
    _wait_for_operations(end_functions)


def _load(app: Any) -> None:
    """As ministack's own, which goes on without what it cannot read."""
    for service, module in app._state_map.items():
        file = Path(os.environ["STATE_DIR"]) / f"{service}.json"
        if not file.exists():
            continue
        try:
            data = app.load_state(service)
            _check(service, data)
            if data:
                app._get_module(module).load_persisted_state(data)
        except Exception as error:
            sys.stdout.write(f"the saved state in {file} cannot be read: {error}\n")
            sys.stdout.flush()
            os._exit(DAMAGED)
    settle()
    try:
        databases.restore()
    except PostgresError as error:
        sys.stdout.write(f"{error}\n")
        sys.stdout.flush()
        os._exit(NO_DATABASE)


def _check(service: str, data: Any) -> None:
    if not isinstance(data, dict):
        raise TypeError("it is not what was written")
    if service == "cloudformation" and not hasattr(data.get("stacks"), "_data"):
        raise TypeError("it holds no stacks")


def settle() -> None:
    """End every operation that cannot go on."""
    engine = importlib.import_module(_ENGINE)
    for scope, stack in _under_way():
        if stack["StackStatus"].startswith("UPDATE_IN") or "UPDATE_ROLLBACK" in stack["StackStatus"]:
            _take_back(stack)
        stack["StackStatus"], stack["StackStatusReason"] = _SETTLED[stack["StackStatus"]], _REASON
        events = engine._stack_events._data.setdefault((*scope, stack["StackId"]), [])
        events.append(_event(stack))
    for change_set in engine._change_sets._data.values():
        if change_set.get("ExecutionStatus") == "EXECUTE_IN_PROGRESS":
            change_set["ExecutionStatus"] = "EXECUTE_FAILED"


def _under_way() -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    stacks = importlib.import_module(_ENGINE)._stacks._data
    for (account, region, _), stack in list(stacks.items()):
        if stack.get("StackStatus") in _SETTLED:
            yield (account, region), stack


def _take_back(stack: dict[str, Any]) -> None:
    """What an update replaces only when it has worked is still the old; so is what is told after it."""
    stack["_template_body"] = json.dumps(stack["_template"])
    stack["Parameters"] = [
        {"ParameterKey": name, "ParameterValue": value["Value"], "NoEcho": value["NoEcho"]}
        for name, value in stack["_resolved_params"].items()
    ]


def _event(stack: dict[str, Any]) -> dict[str, str]:
    return {
        "StackId": stack["StackId"],
        "StackName": stack["StackName"],
        "EventId": str(uuid.uuid4()),
        "LogicalResourceId": stack["StackName"],
        "PhysicalResourceId": stack["StackId"],
        "ResourceType": _STACK,
        "ResourceStatus": stack["StackStatus"],
        "ResourceStatusReason": _REASON,
        "Timestamp": importlib.import_module(f"{_ENGINE}.stacks").now_iso(),
    }


def _wait_for_operations(end_functions: Callable[[], None]) -> None:
    """State is written after the server has ended, and an operation needs the server."""
    hypercorn = importlib.import_module("hypercorn.asyncio")
    serve = hypercorn.serve

    async def served(app: Any, config: Any) -> None:
        await serve(app, config, shutdown_trigger=_told_to_end)
        if any(_under_way()):
            # The state is written, and the threads of what still runs would be waited for.
            end_functions()
            os._exit(0)

    hypercorn.serve = served


async def _told_to_end() -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
    deadline = loop.time() + WAIT_SECONDS
    while any(_under_way()) and loop.time() < deadline:
        await asyncio.sleep(_POLL_SECONDS)
