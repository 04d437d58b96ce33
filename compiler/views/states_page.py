"""The table of statuses -> docs/states.md."""

from __future__ import annotations

from compiler.deploy.states import SOURCE, TABLE, UNKNOWN, Row

HEAD = """\
# The states of stacks, and the ways out

Made by `python -m compiler.commands.recover --out docs/states.md` from the table that `deploy`, `recover`,
`destroy` and `status` go by (`compiler/deploy/states.py`); do not edit.

A stack that is not in a state to be deployed to is stuck. `formwork status` says so, in the words of the
table below and with the command that helps; `formwork deploy` refuses and names the same command:

```
formwork recover SPEC --env E [--stack NAME ...] [--yes] [--approve ID ...] [--mended]
```

It reads the live stacks, proposes the smallest way out for each that is stuck, shows what each step does and
what is lost or left behind, asks, does it, and says what to run next. Nothing is changed before that.

## What it does

* **A rollback that failed** is continued, at first with nothing skipped: the cause may be mended, or have
  been a passing one. Only if it fails again it is continued without what failed in that very rollback, in
  nested stacks by `<nested stack's name>.<logical id>`, and again for as long as something new fails. What
  failed twice for a lasting reason is not tried a third time; `--mended` says that it is worth it. A skipped
  resource may differ from its template afterwards; `formwork drift` shows how.
* **A creation that failed** is deleted; the next deployment makes the stack anew. What was made to its end
  and may hold data is named with what happens to it by its `DeletionPolicy`: it stays and can be adopted with
  `existing:` (docs/existing.md), a snapshot of it is kept, or it goes with all that it holds. CloudFormation
  retains nothing else here: `RetainResources` is only accepted after a deletion has failed.
* **A deletion that failed** is tried again. What still blocks is left behind in the account, the fewest
  resources, each told with its physical id.
* **An update that failed and was not rolled back** is rolled back. After express mode CloudFormation does not
  do that: only another deployment leads on.
* **What never ran** is deleted: change sets named `formwork-*` that failed or that a killed plan left, and
  the empty stacks they were to make. Those of a plan file stay (`formwork plan --discard`), and so does
  everything that somebody else made.

What may hold data is never skipped, deleted or left behind without `--approve` and its logical id, or
somebody at a terminal who types it; `--yes` does not cover it. What turns out to block only on the way is
asked for then. Stacks of other platforms are refused, and so is deleting a stack with termination protection.
Whatever ends it early, running it again goes on from there.

## What it looks like

```
$ formwork recover shop.yaml --env dev --approve OtherQueue
shop dev: the way out

shop-dev-data (eu-west-1): UPDATE_ROLLBACK_FAILED, its update failed, and something could not be put back
  what:  WorkQueue (AWS::SQS::Queue)
  where: shop.yaml:7:3, component work
  cause: the queue was changed by hand
  do:    correct the cause and run again; what was done before stays done
  1. continue the rollback, skipping nothing
  2. if that fails again, continue it, skipping OtherQueue
     OtherQueue (AWS::SQS::Queue, shop.yaml:8:3): Rate exceeded; it stays as it is; if that is not as in its \
template, `formwork drift` shows how
     may hold data, so it needs --approve shop-dev-data/OtherQueue

Do this in dev? Type 'yes' to go on: yes
shop-dev-data: continuing the rollback, it is in UPDATE_ROLLBACK_FAILED
shop-dev-data: UPDATE_FAILED OtherQueue of other (AWS::SQS::Queue): Rate exceeded
shop-dev-data: failed, UPDATE_ROLLBACK_FAILED
  what:  OtherQueue (AWS::SQS::Queue)
  where: shop.yaml:8:3, component other
  cause: Rate exceeded
  do:    AWS was asked too often: run again
shop-dev-data: continuing the rollback, skipping OtherQueue; it is in UPDATE_ROLLBACK_FAILED
shop-dev-data: done, UPDATE_ROLLBACK_COMPLETE in 41s
recovered: shop-dev-data in 1m 22s
perhaps not as in their template, see `formwork drift`: shop-dev-data/OtherQueue
next: `formwork deploy shop.yaml --env dev`
```

`--format json` gives the plan as a line `recovery-planned`, and then the events, a line each.

## Busy stacks

`deploy`, `plan`, `destroy` and `recover` follow what runs on the environment's stacks already, whoever began
it, and then read everything anew; `plan` shows that on standard error. They wait up to two hours, or as long
as `--wait` says; what runs goes on all the same. With `--no-wait` they refuse a busy stack at once.

## Protected stacks

`destroy` refuses stacks with termination protection. With `--unprotect` its plan says that the protection is
turned off, and it is, for each stack just before that is deleted; `--yes` alone never does that.

Databases, load balancers and tables have a protection of their own, which AWS would refuse to delete halfway.
Where it is on, and the template does not retain them, `destroy` refuses before it begins: write
`deletion_protection: false`, deploy that, and destroy then.

## Every status

"""


def document() -> str:
    """The text of docs/states.md."""
    head = ["status", "means", "`deploy`", "`recover`", "`destroy`"]
    lines = [_line(head), _line(["---"] * len(head)), *map(_row, (*TABLE, UNKNOWN))]
    return HEAD + "\n".join(lines) + f"\n\nSource: {SOURCE}.\n"


def _row(row: Row) -> str:
    status = f"`{row.status}`" if row.status else "any other"
    return _line([status, row.means, row.deploy, row.recover, row.destroy])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
