"""Templates -> what cfn-lint says about them; the only importer of cfnlint.

Gives what the command `cfn-lint --regions REGION` prints, on every machine the same: configuration files of
the user or the project, the environment and newer schemas in a cache folder change nothing.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from compiler.diagnostics import Severity
from compiler.lint.workers import shared_out

CACHE = "XDG_CACHE_HOME"
COMPLETE_REGION = "us-east-1"  # cfn-lint itself falls back to it


class Template(NamedTuple):
    """A template's text, and the region it is for."""

    body: str
    region: str


class Match(NamedTuple):
    """One match of a cfn-lint rule, without line numbers: those of the template help nobody."""

    code: str
    message: str
    severity: Severity
    path: tuple[str, ...]
    url: str


def check(templates: Iterable[Template]) -> Mapping[Template, tuple[Match, ...]]:
    """The matches of each template; equal templates are linted once."""
    # The longest first, else the last one may keep one process busy while the other idles.
    distinct = sorted(set(templates), key=lambda template: (-len(template.body), template))
    for region in {template.region for template in distinct}:
        _runner(region)
    return dict(zip(distinct, shared_out(_check, distinct), strict=True))


def described(rule_id: str) -> str | None:
    """What cfn-lint says about one of its rules, for people; None when it has no such rule."""
    rule = _rules().get(rule_id)
    if rule is None:
        return None
    shown = f"{rule.id} ({rule.severity}, cfn-lint): {rule.shortdesc}\n  what    {rule.description}\n"
    return shown + f"  source  {rule.source_url}"


def rule_ids() -> tuple[str, ...]:
    """The ids of all rules of cfn-lint, sorted."""
    return tuple(sorted(_rules()))


def knows_region(region: str) -> bool:
    """Whether cfn-lint has schemas for a region; others are linted as the one that has every type."""
    with _nowhere_to_cache():
        from cfnlint.helpers import REGIONS

    return region in REGIONS


@cache
def tag_property(resource_type: str, region: str) -> str | None:
    """The property that takes a type's tags; None when it takes none, or when the type is unknown."""
    manager, region = _schemas(), _linted_as(region)
    if resource_type not in manager.get_resource_types(region):
        return None
    tagging = manager.get_resource_schema(region, resource_type).schema.get("tagging", {})
    # The default of the schema's own definition. Source: CloudFormation CLI user guide, "tagging".
    found = str(tagging.get("tagProperty", "/properties/Tags"))
    return found.removeprefix("/properties/") if tagging.get("taggable") else None


def _check(template: Template) -> tuple[Match, ...]:
    with _nowhere_to_cache():
        from cfnlint.decode import decode_str

    decoded, faults = decode_str(template.body)
    found = faults or _runner(template.region).validate_template(decoded)
    return tuple(sorted({_match(match) for match in found}))


def _match(match: Any) -> Match:
    return Match(
        code=str(match.rule.id),
        message=str(match.message),
        severity="error" if match.rule.severity == "error" else "warning",
        path=tuple(str(part) for part in getattr(match, "path", None) or ()),
        url=str(match.rule.source_url),
    )


@cache
def _runner(region: str) -> Any:
    """cfn-lint's own runner with its default rules, as its command makes it."""
    with _nowhere_to_cache():
        from cfnlint.config import ConfigMixIn
        from cfnlint.runner import Runner

    _schemas()
    # An empty configuration file stands in for those that it would look for.
    runner = Runner(ConfigMixIn([], config_file=os.devnull, regions=[_linted_as(region)]))
    # All this lives until the process ends. Set apart, no collection searches it, no forked process copies
    # its pages for that, and the exit of the process, which searches all that lives, is 0.4 s sooner.
    gc.freeze()
    return runner


def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = _runner(COMPLETE_REGION).rules
    return rules


def _linted_as(region: str) -> str:
    return region if knows_region(region) else COMPLETE_REGION


@cache
def _schemas() -> Any:
    """The schemas that came with cfn-lint, which left alone prefers newer ones of a cache folder."""
    with _nowhere_to_cache():
        import cfnlint
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER as MANAGER

    bundled = Path(cfnlint.__file__).parent / "data" / "schemas"
    MANAGER.__init__(bundled / "providers", bundled / "resources")  # all of cfn-lint holds this very object
    return MANAGER


@contextmanager
def _nowhere_to_cache() -> Iterator[None]:
    """For imports of cfn-lint: it looks into its cache folder at once, and fails when it may not."""
    before = os.environ.get(CACHE)
    os.environ[CACHE] = os.devnull
    try:
        yield
    finally:
        os.environ.pop(CACHE)
        if before is not None:
            os.environ[CACHE] = before
