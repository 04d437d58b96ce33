"""Parts of a plan -> the phrases that its views have in common."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.review.changes import ChangePlan, MigrationPlan, StackChanges
from compiler.review.groups import Entry

REFUSED: str = "refused"  # the action of a change that AWS does not do, so that deploying it would fail


def headline(plan: ChangePlan) -> str:
    """How many changes there are, and of which classes."""
    count = sum(len(stack.changes) for stack in plan.stacks)
    if not plan.has_changes:
        return "no changes"
    moved = f", {number(len(plan.moves), 'resource')} moved" if plan.moves else ""
    if not count:
        return f"no resource changes{moved}"
    parts = [f"{n} {risk}" for risk, n in plan.summary().items() if n]
    refused = f", {len(plan.refused)} of them refused" if plan.refused else ""
    return f"{number(count, 'change')} ({', '.join(parts)}){refused}{moved}"


def migration_words(plan: MigrationPlan) -> str:
    """What the migrations of one database would do; empty when that is nothing."""
    if plan.obstacle:
        return f"would be refused: {plan.obstacle}"
    if plan.pending is None:
        why = f"; what is pending cannot be told: {plan.unknown}" if plan.unknown else ""
        return f"run after {plan.stack}{why}"
    parts = [f"will run after {plan.stack}: {', '.join(plan.pending)}"] if plan.pending else []
    words = {"made": "users made", "changed": "users changed", "shut_out": "users shut out"}
    parts += [f"{words[what]}: {', '.join(names)}" for what, names in plan.users.items()]
    return "; ".join(parts)


def stack_name(stack: StackChanges) -> str:
    """A stack with what is special about it: `shop-dev-data (new)`."""
    verbs = {"create": "new", "delete": "to be deleted"}
    remarks = [stack.region] if stack.region else []
    remarks += [verbs[stack.action]] if stack.action in verbs else []
    remarks += ["at the end"] if stack.phase == "contract" else []
    remarks += ["predicted"] if stack.predicted else []
    return f"{stack.stack} ({', '.join(remarks)})" if remarks else stack.stack


def counted_types(added: Iterable[Entry]) -> str:
    """The types of resources in words of the reader: `2 Role, Function`."""
    names = [entry.change.type.rsplit("::", 1)[-1] for entry in added]
    counts = {name: names.count(name) for name in names}
    return ", ".join(f"{n} {name}" if n > 1 else name for name, n in sorted(counts.items()))


def number(count: int, noun: str) -> str:
    """`1 change`, `2 changes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
