"""Script for the emulator's own Python: completes ministack's CloudFormation engine, then runs ministack.

It dies when its standard input closes, which happens however its parent ends.
"""

import importlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

VERSION = "1.5.33"
MISSING_NAMES = 3
GRACE_SECONDS = 10.0  # longer than handlers.endings.WAIT_SECONDS and the writing of the state

_ENGINE = "ministack.services.cloudformation"
# Private to ministack, so nothing promises that the next version still has them.
_NEEDED = {
    f"{_ENGINE}.provisioners": (
        *("_RESOURCE_HANDLERS", "_REPLACING_PROPERTIES", "_CONDITIONALLY_REPLACING_PROPERTIES"),
        *("_STACK_TAG_PROPERTY", "_physical_name"),
    ),
    f"{_ENGINE}.stacks": (
        *("_runs_on_worker_thread", "_provision_resource", "_update_resource", "_delete_resource"),
        *("now_iso", "_add_event", "_resolve_stack_outputs", "_NAME_SEED"),
    ),
    f"{_ENGINE}.drift": ("_DRIFT_READERS",),
    f"{_ENGINE}.handlers": ("_ACTION_HANDLERS",),
    f"{_ENGINE}.changesets": (*("_evaluate_conditions", "_resolve_props_for_diff", "_stack_tags_changed"),),
    f"{_ENGINE}.engine": ("_parse_template", "_resolve_refs", "_evaluate_conditions", "_NO_VALUE"),
    f"{_ENGINE}.helpers": ("_p", "_xml", "_error", "_resolve_template"),
    _ENGINE: ("_change_sets", "_stacks", "_stack_events"),
    "ministack.services.ec2": ("_nat_gateways",),
    "ministack.services.cloudwatch_logs": ("_log_groups",),
    "ministack.services.tagging": ("_COLLECTORS", "_collect_secretsmanager"),
    "ministack.services.elasticache": ("_replication_groups", "_serverless_caches"),
    "ministack.services.rds": ("_clusters",),
    "ministack.services.s3": ("_bucket_replication",),
    "ministack.services.secretsmanager": (
        *("_resolve", "create_secret_in_process", "delete_secret_in_process"),
        *("_rotate_secret", "_is_replica", "json_response"),
    ),
    "ministack.services.apigateway": ("find_api_scope", "_apis"),
    "ministack.services.iam": ("instance_profile_arn",),
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.app": ("main", "load_state", "_load_persisted_state", "_state_map", "_get_module"),
    "hypercorn.asyncio": ("serve",),
}


def missing_names() -> list[str]:
    """The names this launcher relies on and the installed ministack lacks."""
    return [
        f"{module}.{name}" for module, names in _NEEDED.items() for name in names if not _has(module, name)
    ]


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


def install() -> None:
    """Add and amend handlers, and let faults strike before every resource operation."""
    import handlers
    from handlers import again, amendments, change_sets, endings, refactors, rotation, tagging

    provisioners = importlib.import_module(f"{_ENGINE}.provisioners")
    provisioners._RESOURCE_HANDLERS.update(handlers.ADDED)
    amendments.amend(provisioners._RESOURCE_HANDLERS)
    provisioners._REPLACING_PROPERTIES.update(handlers.REPLACING)
    _tell_what_replaces(provisioners)
    provisioners._STACK_TAG_PROPERTY.update(dict.fromkeys(handlers.TAGGED, ("Tags", "list")))
    change_sets.amend(importlib.import_module(f"{_ENGINE}.handlers")._ACTION_HANDLERS)
    refactors.amend(importlib.import_module(f"{_ENGINE}.handlers")._ACTION_HANDLERS)
    _keep_off_the_loop({*handlers.ADDED, "AWS::RDS::DBCluster"})  # making a database takes a second
    _inject_faults()
    _read_secrets_by_arn()
    _find_apis_of_every_account()
    rotation.install()
    tagging.install()
    again.install()
    endings.install(end_functions)


def _tell_what_replaces(provisioners: Any) -> None:
    """Of most types ministack knows no create-only properties, and calls every update Conditional."""
    facts = json.loads(Path(__file__).with_name("create_only.json").read_text(encoding="utf-8"))
    for name, found in facts.items():
        provisioners._REPLACING_PROPERTIES.setdefault(name, tuple(found["always"]))
        provisioners._CONDITIONALLY_REPLACING_PROPERTIES.setdefault(name, tuple(found["maybe"]))


def _keep_off_the_loop(slow: set[str]) -> None:
    """Added handlers call this very server, or take long, so they must not block the loop that answers."""
    from handlers import faults

    stacks = importlib.import_module(f"{_ENGINE}.stacks")
    original = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in slow or original(name) or faults.delays()


def _inject_faults() -> None:
    from handlers import faults

    stacks = importlib.import_module(f"{_ENGINE}.stacks")
    provision, update, delete = stacks._provision_resource, stacks._update_resource, stacks._delete_resource

    def provisioned(resource_type: str, logical_id: str, *rest: Any) -> Any:
        faults.strike("create", resource_type, logical_id)
        return provision(resource_type, logical_id, *rest)

    def updated(resource_type: str, physical_id: str, old: Any, new: Any, stack: str, *rest: Any) -> Any:
        if old != new:  # the engine passes untouched resources through here too
            faults.strike("update", resource_type, rest[0] if rest else None)
        return update(resource_type, physical_id, old, new, stack, *rest)

    def deleted(resource_type: str, physical_id: str, properties: Any, *rest: Any) -> Any:
        faults.strike("delete", resource_type, rest[1] if len(rest) > 1 else None)
        return delete(resource_type, physical_id, properties, *rest)

    stacks._provision_resource = provisioned
    stacks._update_resource = updated
    stacks._delete_resource = deleted


def _read_secrets_by_arn() -> None:
    """Drift detection reads a secret by its physical id, which is now the ARN."""
    from handlers.amendments import secret_name

    readers = importlib.import_module(f"{_ENGINE}.drift")._DRIFT_READERS
    read, properties = readers["AWS::SecretsManager::Secret"]
    readers["AWS::SecretsManager::Secret"] = (
        lambda arn, props: read(secret_name(arn, props), props),
        properties,
    )


def _find_apis_of_every_account() -> None:
    """A call of a deployed HTTP API carries no credentials, so it must not be sought in one account only."""
    gateway = importlib.import_module("ministack.services.apigateway")
    find = gateway.find_api_scope

    def find_anywhere(api_id: str) -> Any:
        owners = (key[:2] for key, _ in gateway._apis.all_items() if key[2] == api_id)
        return find(api_id) or next(owners, None)

    gateway.find_api_scope = find_anywhere


def follow_parent() -> None:
    """End this process group when standard input reaches its end."""
    while os.read(0, 1024):
        pass
    # A graceful end first: it is what writes the state down.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    if _leads_its_group():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def end_functions() -> None:
    """Stop the databases, and the workers of deployed functions, which share this process's group."""
    from handlers import databases

    databases.stop_all()
    if _leads_its_group():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)


def _leads_its_group() -> bool:
    # Started by hand it may share the group of a shell, which is not ours to end.
    return os.getpgrp() == os.getpid()


def main() -> int:
    """Run the emulator until it is told to stop."""
    if lacking := missing_names():
        told = (
            f"this emulator launcher needs ministack {VERSION}; the installed one lacks {', '.join(lacking)}"
        )
        print(told, file=sys.stderr)
        return MISSING_NAMES
    install()
    threading.Thread(target=follow_parent, daemon=True).start()
    try:
        importlib.import_module("ministack.app").main()
    finally:
        end_functions()
    return 0


if __name__ == "__main__":
    sys.exit(main())
