"""What the roles are cut to: names, regions, types and roles of one or more environments of a platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler import names
from compiler.assembly import Assembly, Stack
from compiler.deploy import bootstrap
from compiler.draft import Draft
from compiler.exits import UserError
from compiler.review.expressions import expression

ROLE, SECRET = "AWS::IAM::Role", "AWS::SecretsManager::Secret"
# Source: CloudFormation user guide, "Get values stored in other services using dynamic references", 2026.
DYNAMIC = {
    "{{resolve:secretsmanager:": "secretsmanager:GetSecretValue",
    "{{resolve:ssm-secure:": "ssm:GetParameters",
    "{{resolve:ssm:": "ssm:GetParameters",
}


@dataclass(frozen=True)
class Ground:
    """Everything that narrows a policy; each sorted, so that the same spec gives the same template."""

    platform: str
    environment: str  # empty for all of them
    prefixes: tuple[str, ...]  # `<platform>-<environment>-`
    regions: tuple[str, ...]
    types: tuple[str, ...]  # of all resources
    passed: tuple[str, ...]  # the services that take on roles of the platform
    secrets: tuple[str, ...]  # logical ids, with which the names of secrets begin
    migrators: tuple[str, ...]  # logical ids of the functions that the deployer calls
    adopted: tuple[str, ...]  # ARNs of what exists already and is used
    looked_up: tuple[str, ...]  # the actions that dynamic references in templates take

    @property
    def called(self) -> str:
        """What the roles are called after."""
        return names.physical(self.platform, self.environment) if self.environment else self.platform


def ground(built: Sequence[tuple[Assembly, Draft]], environment: str | None) -> Ground:
    """What is known of these environments of one platform.

    UserError when they are in accounts of their own: a role is of one account.
    """
    assemblies = [assembly for assembly, _ in built]
    accounts = {assembly.account for assembly in assemblies if assembly.account}
    if len(accounts) > 1:
        listed = ", ".join(sorted(accounts))
        raise UserError(
            f"the environments are in several accounts ({listed}); make a role for each with --env"
        )
    stacks = [*(stack for each in assemblies for stack in each.stacks), *_bootstraps(assemblies)]
    bodies = [body for stack in stacks for body in stack.template["Resources"].values()]
    return Ground(
        platform=assemblies[0].platform,
        environment=environment or "",
        prefixes=tuple(sorted(f"{names.physical(a.platform, a.environment)}-" for a in assemblies)),
        regions=tuple(sorted({a.region_of(stack) for a in assemblies for stack in a.stacks})),
        types=tuple(sorted({str(body["Type"]) for body in bodies})),
        passed=tuple(sorted({service for body in bodies for service in _takers(body)})),
        secrets=tuple(sorted(_ids(stacks, SECRET))),
        migrators=tuple(sorted({found for assembly in assemblies for found in _migrators(assembly)})),
        adopted=tuple(sorted({arn for _, draft in built for arn in _adopted(draft)})),
        looked_up=tuple(sorted({action for stack in stacks for action in _looked_up(stack)})),
    )


def _bootstraps(assemblies: Iterable[Assembly]) -> Iterator[Stack]:
    for region in sorted({region for each in assemblies for region in bootstrap.needed(each)}):
        yield bootstrap.stack(region)


def _looked_up(stack: Stack) -> Iterator[str]:
    return (action for reference, action in DYNAMIC.items() if reference in stack.body)


def _ids(stacks: Iterable[Stack], resource_type: str) -> set[str]:
    return {
        logical_id
        for stack in stacks
        for logical_id, body in stack.template["Resources"].items()
        if body["Type"] == resource_type
    }


def _takers(body: Mapping[str, Any]) -> Iterator[str]:
    """The services that a role's trust policy names."""
    if body["Type"] == ROLE:
        for statement in body["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement.get("Principal")
            services = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
            yield from [services] if isinstance(services, str) else services


def _migrators(assembly: Assembly) -> Iterator[str]:
    for migrator in assembly.migrators:
        output = assembly.stack(migrator.stack).template["Outputs"][migrator.function]
        yield expression(output["Value"]).strip("${}")


def _adopted(draft: Draft) -> Iterator[str]:
    """The ARNs of existing components, as texts for Sub."""
    for component in draft.platform.components.values():
        if component.adopted:
            for offered in draft.attributes(component.name).values():
                found = getattr(offered.value, "to_dict", lambda: None)()
                text = expression(found) if found else ""
                if text.startswith("arn:"):
                    yield text.replace("${AWS::Region}", draft.platform.environment.region)
