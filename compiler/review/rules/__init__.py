"""The rules that class a change.

R101 to R109 data-loss, R110 to R120 exposure, R121 identity, R131 to R140 and R148 interrupting, R141 to R147
routine; R151 to R158 are reasons for the action, not for the class; R107, R134, and R161 and on say what AWS
refuses.
"""

from __future__ import annotations

from compiler.review.case import Rule
from compiler.review.rules import (
    access,
    admission,
    data,
    effect,
    network,
    refusals,
    secrecy,
    streams,
    tables,
    waiting,
)

RULES: tuple[Rule, ...] = (
    *data.RULES,
    *access.RULES,
    *admission.RULES,
    *network.RULES,
    *secrecy.RULES,
    *tables.RULES,
    *effect.RULES,
    *waiting.RULES,
    *streams.RULES,
    *refusals.RULES,
)

# Reasons for the action, not for the class: why a resource is replaced although nothing of its own changed.
CARRIED = "R151"
CARRIED_ACROSS = "R152"
NO_SCHEMA = "R153"
NOT_YET_KNOWN = "R154"
ECHO = "R155"
REACHED = "R156"
# Of what was changed behind CloudFormation's back.
DRIFT = "R157"
GOVERNED = "R158"
# Of two changes together.
MOVED = "R166"
HELD_DATA = "R101"  # the rule by which what goes is known to hold data
EXPLANATIONS: dict[str, str] = {rule.id: rule.explanation for rule in RULES} | {
    CARRIED: "it refers to something in its stack that is replaced or changes",
    CARRIED_ACROSS: "it takes a value from another stack that changes there",
    NO_SCHEMA: "no schema tells whether this type is updated in place",
    NOT_YET_KNOWN: "only the deployment itself will tell",
    REACHED: "groups that let each other in make a chain from the internet",
    ECHO: "it is listed only because it uses a value of something that is updated in place",
    MOVED: "what holds data would go to another stack, and cannot be moved there",
    DRIFT: "somebody has changed it behind CloudFormation's back",
    GOVERNED: "AWS or autoscaling changes it by design, or CloudFormation cannot bring it back",
}
