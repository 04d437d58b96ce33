"""Function -> what is wrong with it that no schema can say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from compiler.blocks import schedule
from compiler.kind import Problem
from compiler.kinds.function import environment, layers
from compiler.kinds.function.spec import schedule_of
from compiler.kinds.function.started_by import triggers
from compiler.model import Component, Platform
from compiler.units import not_whole

if TYPE_CHECKING:
    from compiler.kinds.function import Function

INLINE = ("python", "nodejs")
MODULES = ("python", "nodejs", "ruby")  # whose handlers name a file and something in it
# Source: provider schema AWS::Lambda::Function, 2026-10-20.
MOUNT_PATH = r"/mnt/[a-zA-Z0-9_.-]+"
MOUNT_PATH_LENGTH = 160


def check(spec: Function, component: Component, platform: Platform) -> Iterable[Problem]:
    """Every problem of one function."""
    yield from _code(spec, component.name)
    yield from environment.problems(spec, component, platform)
    yield from _sizes(spec)
    yield from _mounts(component)
    yield from _concurrency(spec, component, platform)
    yield from _provisioned(spec)
    yield from layers.problems(spec, platform)
    yield from _schedule(spec)
    yield from _loops(component, platform)


def handler(spec: Function) -> str | None:
    """What Lambda calls, or None when the spec must say it."""
    if spec.handler or spec.inline is None:
        # A runtime of one's own has no handler, but Lambda wants a word there.
        return spec.handler or ("bootstrap" if (spec.runtime or "").startswith("provided") else None)
    return "index.handler"


def _code(spec: Function, name: str) -> Iterable[Problem]:
    runtime = spec.runtime
    if runtime is None:
        message = (
            f"functions.{name} needs the key 'runtime', or 'existing' for a function that is there already"
        )
        yield Problem((), "E102", message)
    elif spec.code is None and spec.inline is None:
        yield Problem((), "E102", "a function needs `code`, a folder, or `inline`, its source text")
    elif spec.code is not None and spec.inline is not None:
        yield Problem(("inline",), "E210", "a function has either `code` or `inline`; remove one of them")
    elif spec.inline is not None:
        yield from _inline(spec, runtime)
    elif handler(spec) is None:
        yield Problem((), "E102", "a function with `code` needs a `handler`, such as app.handler")
    elif runtime.startswith(MODULES) and "." not in (handler(spec) or ""):
        message = f"the handler of {runtime} is <module>.<function>, such as app.handler, not {spec.handler}"
        yield Problem(("handler",), "E105", message)


def _inline(spec: Function, runtime: str) -> Iterable[Problem]:
    if not runtime.startswith(INLINE):
        message = f"inline source is for python and nodejs, not {runtime}; name a folder with `code` instead"
        yield Problem(("inline",), "E210", message)
    elif not (handler(spec) or "").startswith("index."):
        message = (
            f"inline source is the module `index`, so the handler is index.<function>, not {spec.handler}"
        )
        yield Problem(("handler",), "E210", message)


def _sizes(spec: Function) -> Iterable[Problem]:
    if message := not_whole(spec.ephemeral_storage, "MiB"):
        yield Problem(("ephemeral_storage",), "E105", message)


def _mounts(component: Component) -> Iterable[Problem]:
    mounts = {c.target: c.options["mount"] for c in component.connections if "mount" in c.options}
    for target, path in mounts.items():
        if not (re.fullmatch(MOUNT_PATH, str(path)) and len(str(path)) <= MOUNT_PATH_LENGTH):
            message = f"a function mounts filesystems at /mnt/<name>, not '{path}'"
            yield Problem(("connections", target, "mount"), "E210", message)
    if len(mounts) > 1:
        message = f"a function can mount one filesystem, not {len(mounts)}: {', '.join(sorted(mounts))}"
        yield Problem(("connections",), "E210", message)


def _concurrency(spec: Function, component: Component, platform: Platform) -> Iterable[Problem]:
    """Queues that may start more calls than the function gets: Lambda refuses the rest, and messages wait.

    With 0 people stop a function, queue or not, so that is not for here.
    """
    started = {
        connection.target: connection.options.get("maximum_concurrency") or 0
        for trigger, connection in triggers(component, platform)
        if trigger == "queue"
    }
    most = sum(started.values())
    if spec.reserved_concurrency and most > spec.reserved_concurrency:
        queues = " and ".join(f"'{name}'" for name, calls in sorted(started.items()) if calls)
        message = (
            f"{spec.reserved_concurrency} calls at one time are fewer than the {most} that {queues} may "
            f"start; write {most} or more, or lower `maximum_concurrency`"
        )
        yield Problem(("reserved_concurrency",), "E210", message)


def _provisioned(spec: Function) -> Iterable[Problem]:
    """Only a version can have calls kept ready, and out of the function's own."""
    ready, reserved = spec.provisioned_concurrency, spec.reserved_concurrency
    if ready and not spec.publish:
        message = "only a published version keeps calls ready; write `publish: true`, or remove this"
        yield Problem(("provisioned_concurrency",), "E210", message)
    if ready and reserved is not None and ready > reserved:
        message = f"{ready} calls cannot be kept ready out of the {reserved} of `reserved_concurrency`"
        yield Problem(("provisioned_concurrency",), "E210", message)


def _schedule(spec: Function) -> Iterable[Problem]:
    if when := schedule_of(spec.schedule):
        yield from schedule.problems(when, isinstance(spec.schedule, str))


def _loops(component: Component, platform: Platform) -> Iterable[Problem]:
    """What answers every event of a bus with another one never ends, and is billed for it."""
    for trigger, connection in triggers(component, platform):
        options = connection.options
        if trigger == "event_bus" and options.get("send") and not options.get("pattern"):
            message = (
                f"'{connection.target}' brings every event, those sent from here too, so this would start "
                "itself for ever; write a `pattern`, or take away `send`"
            )
            yield Problem(("connections", connection.target), "E210", message)
