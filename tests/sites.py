"""Sites for tests of the preflight: a spec, compiled, before an account of answers made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from compiler import preflight
from compiler.assembly import Assembly
from compiler.deploy.aws_account import BotoAccount
from compiler.deploy.records import Identity, LiveResource
from compiler.preflight.check import all_checks
from compiler.preflight.finding import Finding
from compiler.preflight.site import Site
from tests.aws_answers import ACCOUNT, Answers
from tests.specs import compiled

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_site(spec: str | Assembly, answers: Answers, environment: str = "dev") -> Site:
    """A site where nothing is deployed yet."""
    assembly = compiled(spec, environment) if isinstance(spec, str) else spec
    return Site(
        assembly=assembly,
        region=assembly.region,
        caller=Identity(ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/me"),
        account=BotoAccount(answers.client, answers.region),
        stacks=tuple(stack for stack in assembly.stacks if not stack.region),
        live={},
        owned=(),
        deployed={},
        now=NOW,
    )


def deployed(site: Site, physical: Mapping[str, str] | None = None) -> Site:
    """The same, with everything deployed as the templates want it; physical ids by logical id."""
    ids = physical or {}
    owned = [
        LiveResource(made.logical_id, ids.get(made.logical_id, made.logical_id), made.type, "CREATE_COMPLETE")
        for made in site.resources
    ]
    before = {made.key: made.properties for made in site.resources}
    return replace(site, owned=tuple(owned), deployed=before)


def found(site: Site, *ids: str) -> list[Finding]:
    """What the checks of these ids find."""
    return list(preflight.run([site], [check for check in all_checks() if check.id in ids]).findings)


def told(site: Site, *ids: str) -> list[str]:
    """The same, a line each."""
    return [f"{finding.severity} {finding.message}" for finding in found(site, *ids)]
