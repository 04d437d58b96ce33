"""Case -> its risk class, with the reasons.

Decisions, in the order in which a reviewer asks:

* The class is that of the riskiest rule that holds; reasons of the class routine are given only when there
  is no other.
* Data: a stateful resource that goes is `data-loss` even when a policy keeps or snapshots it: it leaves the
  platform's care, and the reason says what becomes of it. Earlier expiry, fewer backups and lost deletion
  protection count too.
* Access: on what exists already, every grant that no statement covered before is `exposure`, by meaning and
  not by text (wildcards, `Not...`, conditions, lost denials); rewording or splitting statements is not.
  Rules of a group are alike.
* New access in an existing stack is `exposure` only when it is wide: every action of a service, any resource
  where one could be named, any principal, most of the internet. Otherwise a connection added in the spec is
  `routine`.
* All of a wholly new stack is `routine`: a first deployment is read as a whole, not as hundreds of exposures.
* A standalone rule or a permission that only moves to another port, peer or source is a new narrow one, not
  a wider one.
* A new egress rule is `routine`; what widens an existing one is `exposure`.
* What was before and is not known is taken to be less than what is after.
* Identity: a type that the tables do not know is `identity` when it goes, for every new resource has a new
  ARN.
* What AWS refuses has the class of what was wanted, and the reason for the refusal comes first.
* Removing what only grants, watches or describes (policies, alarms, old versions) is `routine`; removing
  what carries traffic is `interrupting`. Losing a recording or a denial is `exposure`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compiler.review.case import Case, Rule
from compiler.review.changes import RISKS, Action, Reason, Risk
from compiler.review.rules import RULES

_RANK = {risk: rank for rank, risk in enumerate(RISKS)}


@dataclass(frozen=True)
class Verdict:
    """What becomes of a case: its action, or `refused`; its class; and why, refusals first, then by risk."""

    action: Action
    risk: Risk
    reasons: tuple[Reason, ...]


def classify(case: Case) -> Verdict:
    """The verdict of all rules."""
    found = sorted(_findings(case), key=lambda pair: (not pair[0].refuses, _RANK[pair[0].risk], pair[0].id))
    if not found:
        return Verdict(case.action, "routine", ())
    risk = min((rule.risk for rule, _ in found), key=_RANK.__getitem__)
    told = (Reason(rule.id, text) for rule, text in found if risk == "routine" or rule.risk != "routine")
    action: Action = "refused" if found[0][0].refuses else case.action
    return Verdict(action, risk, tuple(dict.fromkeys(told)))


def _findings(case: Case) -> Iterator[tuple[Rule, str]]:
    for rule in RULES:
        for text in rule.find(case):
            yield rule, text
