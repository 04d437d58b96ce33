"""P011: the roles that services make for themselves when they are first used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from compiler.deploy.account import Read
from compiler.preflight.check import Hit, Look
from compiler.preflight.service_linked import ROLES, Linked
from compiler.preflight.site import Resource, Site

ID = "P011"
TITLE = "service-linked roles"
SUMMARY = (
    "Roles that services make for themselves at their first use in an account. Whoever deploys needs "
    "`iam:CreateServiceLinkedRole` for those that are missing; with `--no-service-linked-roles`, which says "
    "that the deploy role may not make any, a missing one is an error."
)
SOURCE = "IAM user guide, 'AWS services that work with IAM'; the service-linked roles page of each service"
_ROLE = Read("iam", "GetRole", "Role")
READS = (_ROLE,)
IS_GLOBAL = True


def looks(site: Site) -> Iterator[Look]:
    """One for each role that the templates need."""
    for linked in ROLES:
        if users := [resource for resource in site.of(*linked.types) if linked.needs(resource.properties)]:
            yield partial(_look, site, linked, users[0])


def _look(site: Site, linked: Linked, user: Resource) -> Iterator[Hit]:
    if site.account.ask(_ROLE, RoleName=linked.role):
        return
    if site.may_create_roles:
        needs = f"iam:CreateServiceLinkedRole for {linked.service}"
        yield Hit("info", f"{linked.role} will be made by its first use; that needs {needs}", "", user)
    else:
        message = f"{linked.role} is missing, and the deploy role may not make it"
        command = f"aws iam create-service-linked-role --aws-service-name {linked.service}"
        yield Hit("error", message, f"let an administrator run: {command}", user)
