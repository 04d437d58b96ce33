"""What can be wrong with a backup plan that the schema does not see."""

from __future__ import annotations

from collections.abc import Iterable

from compiler import protection
from compiler.diagnostics import suggest
from compiler.kind import Problem
from compiler.kinds.backup.spec import BackupLock, BackupPlan, days
from compiler.model import Component, Path, Platform
from compiler.registry import all_kinds
from compiler.words import article

# Days. Source: AWS Backup API reference, "Lifecycle", and developer guide, "Point-in-time recovery", 2026.
SHORTEST_COLD, LONGEST_CONTINUOUS = 90, 35


def check(component: Component, platform: Platform) -> Iterable[Problem]:
    """Times, the lock, the copy and the components, where AWS would refuse them or leave them out."""
    spec = component.spec
    assert isinstance(spec, BackupPlan)
    yield from _named(spec, platform)
    yield from _cold(component, spec, platform)
    yield from _continuous(spec)
    yield from _copy(component, spec, platform)
    if spec.lock:
        yield from _lock(component, spec.lock, platform)


def _named(spec: BackupPlan, platform: Platform) -> Iterable[Problem]:
    able = [c.name for c in platform.components.values() if all_kinds()[c.kind].backup]
    if spec.components == protection.EVERYTHING:
        if not protection.taken({"components": spec.components}, platform):
            message = "there is nothing that AWS Backup can take; remove the plan, or turn on `versioning`"
            yield Problem((), "E210", message)
        return
    if not spec.components:
        message = "this names nothing to back up; write names of components, or 'all'"
        yield Problem(("components",), "E210", message)
    for index, name in enumerate(spec.components):
        code, message = _unfit(name, platform, able)
        if name in spec.components[:index]:
            code, message = "E107", f"'{name}' is listed twice; remove one of the two"
        if message:
            yield Problem(("components", index), code, message)


def _unfit(name: str, platform: Platform, able: list[str]) -> tuple[str, str]:
    """The code and the text of what keeps a component out of a plan; both empty when nothing does."""
    found = platform.components.get(name)
    if found is None:
        return "E201", f"no component is named '{name}'{suggest(name, able)}"
    backup = all_kinds()[found.kind].backup
    if backup is None:
        listed = f"; it can take: {', '.join(able)}" if able else ""
        return "E210", f"AWS Backup cannot take '{name}', {article(found.kind)}{listed}"
    if found.adopted:
        return "E210", f"'{name}' exists already, and whoever made it backs it up; remove it here"
    reason = backup.unfit(found.spec)
    return ("E210", f"'{name}' cannot be backed up so: {reason}") if reason else ("", "")


def _cold(component: Component, spec: BackupPlan, platform: Platform) -> Iterable[Problem]:
    if not spec.cold_after:
        return
    least = days(spec.cold_after) + SHORTEST_COLD
    if days(spec.retention) < least:
        message = f"backups stay cold for {SHORTEST_COLD}d at least; keep them {least}d or more"
        yield Problem(("retention",), "E210", f"{message}, not {spec.retention}")
    if spec.continuous:
        yield Problem(("cold_after",), "E210", "continuous backups cannot be cold; remove one of the two")
    plan = {"components": spec.components}
    warm = [c.name for c in protection.taken(plan, platform) if not _can_be_cold(c)]
    if warm:
        message = (
            f"no cold storage for {', '.join(warm)}; name in `components` what has it, such as filesystems"
        )
        yield Problem(("cold_after",), "E210", message)


def _can_be_cold(component: Component) -> bool:
    backup = all_kinds()[component.kind].backup
    return bool(backup and backup.cold)


def _continuous(spec: BackupPlan) -> Iterable[Problem]:
    if spec.continuous and days(spec.retention) > LONGEST_CONTINUOUS:
        message = f"continuous backups reach back {LONGEST_CONTINUOUS}d at most, not {spec.retention}"
        yield Problem(("retention",), "E210", message)


def _copy(component: Component, spec: BackupPlan, platform: Platform) -> Iterable[Problem]:
    if not spec.copy_to:
        if spec.copy_retention:
            message = "there is no copy to keep; write `copy_to`, or remove 'copy_retention'"
            yield Problem(("copy_retention",), "E210", message)
        return
    if spec.copy_to == platform.environment.region:
        message = f"'{spec.copy_to}' is the platform's own region; a copy there would be lost with it"
        yield Problem(("copy_to",), "E210", message)
    elif reason := protection.out_of_reach(spec.copy_to, platform):
        yield Problem(("copy_to",), "E210", f"{reason}; write a region of its own partition")
    elif spec.copy_to != (second := protection.second_region(platform)):
        message = f"a platform has one second region, which is '{second}' already, not '{spec.copy_to}'"
        yield Problem(("copy_to",), "E210", message)


def _lock(component: Component, lock: BackupLock, platform: Platform) -> Iterable[Problem]:
    spec = component.spec
    assert isinstance(spec, BackupPlan)
    yield from _within(("retention",), spec.retention, lock)
    if spec.copy_retention:
        yield from _within(("copy_retention",), spec.copy_retention, lock)
    if lock.max and days(lock.max) < days(lock.min):
        yield Problem(("lock", "max"), "E210", f"'max: {lock.max}' is less than 'min: {lock.min}'")
    if lock.mode == "compliance" and not lock.i_understand:
        message = (
            f"after {lock.grace} nobody can ever remove this lock, nor delete backups early; confirm it with "
            "`i_understand: nobody_can_delete`, or write `mode: governance`"
        )
        yield Problem(("lock", "mode"), "E210", message)
    if lock.mode == "governance" and lock.i_understand:
        message = "'i_understand' means nothing here: the mode is governance; remove 'i_understand'"
        yield Problem(("lock", "i_understand"), "E210", message)
    if lock.mode == "governance" and _is_written((*component.path, "lock", "grace"), platform):
        message = (
            "'grace' means nothing here: a lock of mode governance can always be removed; remove 'grace'"
        )
        yield Problem(("lock", "grace"), "E210", message)


def _is_written(path: Path, platform: Platform) -> bool:
    return path in platform.provenance and platform.provenance[path].position is not None


def _within(path: Path, kept: str, lock: BackupLock) -> Iterable[Problem]:
    """AWS Backup makes no backup that the lock of its vault forbids to keep so long, or so short."""
    if days(kept) < days(lock.min):
        yield Problem(path, "E210", f"{kept} is less than the lock's 'min: {lock.min}'")
    if lock.max and days(kept) > days(lock.max):
        yield Problem(path, "E210", f"{kept} is more than the lock's 'max: {lock.max}'")
