"""Checks and quotas -> docs/preflight.md: what is looked at, and the policy that lets somebody look."""

from __future__ import annotations

import json
from collections.abc import Sequence

from compiler.preflight import permissions
from compiler.preflight.check import Check, all_checks
from compiler.preflight.quotas import Quota, all_quotas

HEAD = """\
# Preflight

Made by `python -m compiler.commands.preflight --out docs/preflight.md` from `compiler/preflight/`; do not
edit.

`formwork preflight SPEC --env E` asks an account what a deployment would run into that no spec can know:
quotas, roles that are missing, engines that the region does not offer, images that nobody pushed, names that
are taken. It changes nothing: every call is a `Describe`, `Get`, `Head` or `List`, and a call of another name
cannot even be written down (`compiler/deploy/account.py`).

* What the environment's own stacks hold already counts once, and its names are no conflict.
* Every region of the environment is looked at. `--profile`, `--region`, `--endpoint-url` and `--local` are
  those of `plan`; the emulator of `--local` knows no quotas, and offers other engines than AWS.
* What may not be looked at is told, one line with the permission that is missing, and fails nothing.
* `--format json` says the same with the place in the spec, severity, message and advice apart.

Exit codes: 0 when no error was found; 1 when one was, or the spec has errors; 2 for a wrong argument; 3 when
there are no credentials, or the environment's own stacks cannot be read; 4 in the wrong account or region.

Severities: **error**, the deployment would fail or not do its work; **warning**, it may, or something will
soon; **unseen** (`unknown` in JSON), it could not be looked at; **info**, to know.
"""


def document() -> str:
    """The text of docs/preflight.md."""
    checks = all_checks()
    parts = [
        HEAD,
        "## Checks\n",
        *map(_section, checks),
        "## Quotas\n",
        _table(all_quotas()),
        _policy(checks),
    ]
    return "\n".join(parts)


def _section(check: Check) -> str:
    calls = ", ".join(f"`{action}`" for action in sorted({read.action for read in check.reads}))
    asks = f"- **Asks:** {calls}\n" if calls else ""
    title = f"{check.title[0].upper()}{check.title[1:]}"
    return f"### {check.id} {title}\n\n{check.summary}\n\n{asks}- **Source:** {check.source}\n"


def _table(quotas: Sequence[Quota]) -> str:
    rows = ["| quota | code | default | confidence | source |", "| --- | --- | --- | --- | --- |"]
    rows += [
        f"| {quota.what} | `{quota.service}` `{quota.code}` | {quota.default:,.0f} | {quota.confidence} "
        f"| {quota.source} |"
        for quota in quotas
    ]
    note = (
        "Codes are published in no one place. *listed*: several public listings of what Service Quotas "
        "answers agree; *seen once*: one does. The checks P003 to P007 bring their own, or ask the service."
    )
    return "\n".join([note, "", *rows, ""])


def _policy(checks: Sequence[Check]) -> str:
    statement = {"Sid": "Preflight", "Effect": "Allow", "Action": permissions(checks), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
    return (
        "## Policy\n\nWhat whoever runs it needs, and nothing that changes anything. Most of these calls "
        f"list, and know no resource to be narrowed to.\n\n```json\n{policy}\n```\n"
    )
