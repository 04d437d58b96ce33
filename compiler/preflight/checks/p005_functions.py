"""P005: concurrent calls of functions that are left for others, and room for code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.quotas import increase
from compiler.preflight.site import Properties, Resource, Site
from compiler.preflight.values import number

ID = "P005"
TITLE = "room for functions"
SUMMARY = (
    "Reserved concurrency takes from what the account has, and Lambda refuses to leave less than 100 calls "
    "unreserved; new accounts have fewer than that in all. Packages take from the room for code (75 GB)."
)
SOURCE = "AWS Lambda developer guide, 'Lambda quotas' and 'Configuring reserved concurrency'"
_SETTINGS = Read("lambda", "GetAccountSettings")
READS = (_SETTINGS,)
_FUNCTION = "AWS::Lambda::Function"
_UNRESERVED = 100
_CODE = "L-B99A9384"


def looks(site: Site) -> Iterator[Look]:
    """One for the calls and one for the code, when the templates have functions."""
    if functions := list(site.of(_FUNCTION)):
        yield partial(_calls, site, functions)
        if any(site.is_new(function) for function in functions):
            yield partial(_code, site, functions)


def _calls(site: Site, functions: list[Resource]) -> Iterator[Hit]:
    (settings,) = site.account.ask(_SETTINGS)
    limits = settings["AccountLimit"]
    total, free = int(limits["ConcurrentExecutions"]), int(limits["UnreservedConcurrentExecutions"])
    added = {function: _growth(site, function) for function in functions}
    reserved = sum(added.values())
    first = next((function for function, count in added.items() if count), functions[0])
    if reserved and free - reserved < _UNRESERVED:
        message = (
            f"{reserved} concurrent calls are to be reserved and {free} of the account's {total} are free, "
            f"of which {_UNRESERVED} must stay unreserved"
        )
        wanted = total + reserved + _UNRESERVED - free
        yield Hit("error", message, increase("lambda", _CODE, wanted, site.region), first)
    elif total < _UNRESERVED:
        message = f"all functions of the account together run {total} calls at once, as in a new account"
        yield Hit("warning", message, increase("lambda", _CODE, 1000, site.region), first)


def _growth(site: Site, function: Resource) -> int:
    return max(0, _reserved(function.properties) - _reserved(site.deployed.get(function.key, {})))


def _reserved(properties: Properties) -> int:
    return number(properties.get("ReservedConcurrentExecutions"))


def _code(site: Site, functions: list[Resource]) -> Iterator[Hit]:
    (settings,) = site.account.ask(_SETTINGS)
    limit, used = settings["AccountLimit"]["TotalCodeSize"], settings["AccountUsage"]["TotalCodeSize"]
    # An upper bound: of those that are deployed, some may not change.
    added = sum(len(asset.content) for asset in site.assembly.assets)
    if used + added > limit:
        message = (
            f"the code of the account's functions takes {used} bytes, and {added} more do not fit in {limit}"
        )
        yield Hit("error", message, "delete versions of functions that nobody uses", functions[0])
