"""What runs out, and who takes of it -> text for people, data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.capacity import Balance, balances, facts
from compiler.draw import ACCOUNT, Fact
from compiler.model import Platform
from compiler.views.style import Style
from compiler.words import figure

NARROW = 0.8  # of a pool; from there on it is worth a colour


def text(platform: Platform, style: Style) -> str:
    """The pools of each component, the fullest first, with who takes what; then the account's."""
    head = (
        f"{platform.name} {platform.environment.name}: what there is, what is taken of it when all is busiest"
    )
    lines = [style.paint(head, "bold")]
    said, found = facts(platform), _by_owner(platform)
    for owner in sorted({*found, *said}, key=lambda name: (name == ACCOUNT, name)):
        lines += ["", style.paint(_title(owner, platform), "bold")]
        for balance in found.get(owner, ()):
            lines += _pool(balance, balance is found[owner][0], style)
        lines += [f"  {_fact(fact, style)}" for fact in said.get(owner, ())]
    return "\n".join(lines) + "\n"


def data(platform: Platform) -> dict[str, Any]:
    """The same, with the source of each figure."""
    return {
        "platform": platform.name,
        "environment": platform.environment.name,
        "region": platform.environment.region,
        "pools": [
            _entry(balance, number == 0)
            for _, owned in sorted(_by_owner(platform).items())
            for number, balance in enumerate(owned)
        ],
        "facts": {
            name: [{"label": fact.label, "text": fact.text} for fact in found]
            for name, found in sorted(facts(platform).items())
        },
    }


def _by_owner(platform: Platform) -> dict[str, list[Balance]]:
    """The pools of which anything is taken, the fullest first: it is the one that binds."""
    found: dict[str, list[Balance]] = {}
    for balance in balances(platform):
        if balance.total:
            found.setdefault(balance.pool.key.owner, []).append(balance)
    for owned in found.values():
        owned.sort(key=lambda balance: -balance.share)
    return found


def _title(owner: str, platform: Platform) -> str:
    if owner == ACCOUNT:
        return f"the account in {platform.environment.region}, with its default quotas"
    kind = platform.components[owner].kind
    return owner if kind == owner else f"{owner} ({kind.replace('_', ' ')})"


def _pool(balance: Balance, binds: bool, style: Style) -> Iterator[str]:
    pool = balance.pool
    used = f"{figure(balance.total)} of {figure(pool.most)} {pool.key.name}, {_percent(balance)}"
    mark = _mark(balance, binds, style)
    yield f"  {style.paint(used, _colour(balance))}{mark} {style.paint(f'= {pool.how}', 'dim')}"
    for each in balance.taken:
        yield f"    {each.component} {figure(each.draw.amount)}: {each.draw.how}"


def _mark(balance: Balance, binds: bool, style: Style) -> str:
    if balance.is_short:
        return style.paint(" TOO FEW", "red")
    return style.paint(" binds", "bold") if binds else ""


def _colour(balance: Balance) -> str:
    if balance.is_short:
        return "red"
    return "yellow" if balance.share >= NARROW else "green"


def _percent(balance: Balance) -> str:
    share = 100 * balance.share
    return "less than 1 %" if 0 < share < 1 else f"{share:,.0f} %"


def _fact(fact: Fact, style: Style) -> str:
    return f"{style.paint(f'{fact.label}:', 'blue')} {fact.text}"


def _entry(balance: Balance, binds: bool) -> dict[str, Any]:
    pool = balance.pool
    return {
        "owner": pool.key.owner or None,
        "name": pool.key.name,
        "most": pool.most,
        "how": pool.how,
        "source": pool.source,
        "used": balance.total,
        "is_short": balance.is_short,
        "binds": binds,
        "taken": [
            {"component": each.component, "amount": each.draw.amount, "how": each.draw.how}
            for each in balance.taken
        ],
    }
