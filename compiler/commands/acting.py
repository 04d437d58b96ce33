"""What all commands that change an account do around it: the right place, the lock, the audit record."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from compiler import units
from compiler.assembly import Assembly, dumps, sha256
from compiler.commands.approving import Approval
from compiler.deploy.errors import DeployError, RefusedError
from compiler.exits import UserError

if TYPE_CHECKING:
    from compiler.deploy.audit import Book, Record, StackOutcome
    from compiler.deploy.clock import Clock
    from compiler.deploy.door import Aws
    from compiler.deploy.events import Event
    from compiler.deploy.lease import Lease
    from compiler.deploy.records import Identity

AUDIT = Path(".formwork") / "audit.jsonl"


def acting_options(parser: argparse.ArgumentParser) -> None:
    """--wait-for-lock and --audit."""
    lock_option(parser)
    parser.add_argument(
        "--audit", metavar="FILE", type=Path, default=AUDIT, help=f"add the audit records to it ({AUDIT})"
    )


def lock_option(parser: argparse.ArgumentParser) -> None:
    """--wait-for-lock."""
    parser.add_argument(
        "--wait-for-lock", metavar="TIME", help="wait so long for another run to end, such as 30m"
    )


class Act:
    """One run of a command that acts: it holds the lock, and keeps the record."""

    def __init__(self, assembly: Assembly, aws: Aws, caller: Identity, lease: Lease, clock: Clock) -> None:
        self.lease = lease
        self.clock = clock
        self._assembly = assembly
        self._aws = aws
        self._caller = caller
        self._book: Book | None = None
        self._begun: Record | None = None
        self._start = 0.0
        self._stacks: dict[str, StackOutcome] = {}

    def still(self) -> None:
        """RefusedError when, since this began, the credentials changed to others or the lock was lost."""
        from compiler.deploy import guard

        now = guard.check_place(self._assembly, self._aws)
        if now.account != self._caller.account:
            raise RefusedError(
                f"these credentials are of account {now.account} now, and the plan was made in "
                f"{self._caller.account}",
                "nothing was changed; choose the right credentials with --profile and run again",
            )
        self.lease.check(fresh=True)

    def begin(
        self,
        options: argparse.Namespace,
        approvals: Sequence[Approval] = (),
        change_sets: Sequence[str] = (),
    ) -> None:
        """From here on the account is changed: last looks, and the record that says so.

        RefusedError in production when the record can be written nowhere.
        """
        from compiler.deploy.audit import Approved, Book, Record

        self.still()
        assembly = self._assembly
        record = Record(
            time=datetime.now(UTC),
            run=self.lease.run,
            phase="begun",
            who=self._caller.arn,
            account=self._caller.account,
            region=self._aws.region,
            platform=assembly.platform,
            environment=assembly.environment,
            profile=assembly.profile,
            command=options.command,
            plan=_hash(assembly, change_sets),
            change_sets=tuple(change_sets),
            approvals=tuple(Approved(each.change, each.by, each.reason) for each in approvals),
            role_arn=self._aws.role_arn,
        )
        self._book, self._start = Book(self._aws, options.audit), self.clock.now()
        lacking = self._write(record)
        if len(lacking) > 1 and assembly.profile == "production":
            raise RefusedError("; ".join(lacking), "nothing was changed; see to one of the two and run again")
        self._begun = record

    def noted(self, events: Iterator[Event]) -> Iterator[Event]:
        """The same events; how each stack ended goes into the record."""
        from compiler.deploy import audit
        from compiler.deploy import events as told

        for event in events:
            match event:
                case told.StackFinished(stack, doing, status, seconds):
                    self._stacks[stack] = audit.StackOutcome(doing, status, round(seconds, 1))
                case told.StackFailed(stack, failure, seconds):
                    self._stacks[stack] = audit.StackOutcome("", failure.status, round(seconds, 1))
                case told.MigrationFinished(component=component, seconds=seconds):
                    name = f"migrations of {component}"
                    self._stacks[name] = audit.StackOutcome("migrate", "done", round(seconds, 1))
                case told.MigrationFailed(component=component, seconds=seconds):
                    name = f"migrations of {component}"
                    self._stacks[name] = audit.StackOutcome("migrate", "failed", round(seconds, 1))
            yield event

    def end(self, error: BaseException | None) -> None:
        """The record of how it ended; nothing when it never began."""
        if self._begun is None:
            return
        self._write(
            replace(
                self._begun,
                time=datetime.now(UTC),
                phase="ended",
                stacks=self._stacks,
                seconds=round(self.clock.now() - self._start, 1),
                result=_result(error),
                error=str(error)[:2000] if isinstance(error, DeployError) else "",
            )
        )

    def _write(self, record: Record) -> tuple[str, ...]:
        assert self._book
        self._book.bucket = self.lease.bucket
        lacking = self._book.write(record)
        for text in lacking:
            print(f"formwork: {text}", file=sys.stderr)
        return lacking


@contextmanager
def acting(options: argparse.Namespace, assembly: Assembly, aws: Aws) -> Iterator[Act]:
    """In the right account and region, and with the environment's lock where there is a bucket for it.

    RefusedError otherwise, with who holds the lock. It is given back at the end, and the record closed.
    """
    from compiler.deploy import bootstrap, process
    from compiler.deploy.clock import SystemClock
    from compiler.deploy.lease import Holder, KeepingClock, Lease, key

    wait = _wait(options)
    caller = _entered(options, assembly, aws)
    own = Holder(secrets.token_hex(8), caller.arn, options.command, datetime.now(UTC), process.this())
    lease = Lease(aws, SystemClock(), key(assembly), own, wait, _tell)
    act = Act(assembly, aws, caller, lease, KeepingClock(SystemClock(), lease))
    try:
        if bucket := bootstrap.bucket(aws.stack(bootstrap.STACK)):
            lease.take(bucket)
        yield act
    except BaseException as error:
        act.end(error)
        raise
    else:
        act.end(None)
    finally:
        lease.release()


def may_settle(options: argparse.Namespace, assembly: Assembly, aws: Aws) -> bool:
    """Whether nobody else is at work, so that what a killed run left may be put right without the lock."""
    from compiler.deploy import bootstrap, lease

    _entered(options, assembly, aws)
    bucket = bootstrap.bucket(aws.stack(bootstrap.STACK))
    return bucket is None or lease.holder(aws, bucket, lease.key(assembly)) is None


def _entered(options: argparse.Namespace, assembly: Assembly, aws: Aws) -> Identity:
    """Who is calling, in the right place and with a role that is there; nothing is amiss in an emulator."""
    from compiler.deploy import execution_role, guard

    caller = guard.check_place(assembly, aws)
    if aws.role_arn and not options.local:
        execution_role.check(aws.role_arn, aws.account())
    if assembly.profile == "production" and not assembly.account and not options.local:
        _tell(
            f"warning: environment '{assembly.environment}' names no account, so credentials of any will "
            f'do; these are of {caller.account}: if that is right, write `account: "{caller.account}"` there'
        )
    return caller


def _wait(options: argparse.Namespace) -> float:
    if options.wait_for_lock is None:
        return 0.0
    try:
        return float(units.seconds(options.wait_for_lock))
    except (ValueError, OverflowError):
        raise UserError(
            f"--wait-for-lock '{options.wait_for_lock}' is no time to wait; give one such as 90s or 30m"
        ) from None


def _tell(text: str) -> None:
    print(f"formwork: {text}", file=sys.stderr, flush=True)


def _hash(assembly: Assembly, change_sets: Sequence[str]) -> str:
    from compiler.deploy.reviewed import assembly_sha256

    return sha256(dumps([assembly_sha256(assembly), sorted(change_sets)]).encode())


def _result(error: BaseException | None) -> str:
    if error is None:
        return "succeeded"
    if isinstance(error, RefusedError):
        return "refused"
    return "failed" if isinstance(error, Exception) else "interrupted"
