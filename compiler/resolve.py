"""Document -> Platform: one environment's values, defaults, names and connections; or every problem."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from compiler import connect
from compiler.connection_problems import connection_problems
from compiler.defaults import Defaults
from compiler.diagnostics import Diagnostic, Fix, Position, SpecError, suggest
from compiler.document import Document
from compiler.environments import merge, settings
from compiler.judge import impossible
from compiler.kind import Kind
from compiler.misspelling import unmistakable
from compiler.model import BASE, Component, Path, Platform, Provenance, place, written
from compiler.places import place_problems
from compiler.registry import all_kinds
from compiler.renames import rename_problems
from compiler.schema import platform_schema
from compiler.validate import validate
from compiler.words import article


def resolve(document: Document, environment: str) -> Platform:
    """The platform as one environment sees it.

    Expects a document that fits the schema. Raises SpecError with all problems of the first of these that
    has any: the environment, the merged values, names, connections together with the kinds' own checks.
    """
    merged, provenance = merge(document, environment)
    _validate_merged(document, merged, provenance)
    defaults = Defaults(platform_schema(), document.data["environments"][environment]["profile"])
    values = defaults.fill(merged, _root(), ())
    components = _named(_components(values, defaults, provenance))
    platform = Platform(
        name=values["platform"],
        description=values["description"],
        environment=settings(document, environment, values["region"]),
        tags=values["tags"],
        components={name: connect.complete(component, components) for name, component in components.items()},
        values=values,
        provenance=defaults.added | provenance,
    )
    problems = (connection_problems, place_problems, rename_problems, _kind_checks, impossible)
    if found := [problem for check in problems for problem in check(platform)]:
        raise SpecError(found)
    return platform


def _named(components: Iterable[Component]) -> dict[str, Component]:
    """By name, sorted; SpecError E204 when a name is reserved or taken."""
    found = list(components)
    if problems := [*_reserved_names(found)] or [*_repeated_names(found)]:
        raise SpecError(problems)
    return {component.name: component for component in sorted(found, key=lambda component: component.name)}


def _root() -> Mapping[str, Any]:
    """The schema of a spec without its environments, which are merged by now."""
    schema = platform_schema()
    rest = {name: node for name, node in schema["properties"].items() if name != "environments"}
    return {"properties": rest}


def _validate_merged(
    document: Document, merged: Mapping[str, Any], provenance: Mapping[Path, Provenance]
) -> None:
    def position(path: Path) -> Position:
        return place(path, provenance)

    data = dict(merged) | {"environments": document.data["environments"]}
    problems = validate(data, platform_schema(), position, position)
    if problems:
        raise SpecError(_as_written(problem, provenance) for problem in problems)


def _as_written(problem: Diagnostic, provenance: Mapping[Path, Provenance]) -> Diagnostic:
    """With the fix where the document has the value, which is not where the merged spec has it."""
    path = written(problem.fix.path, provenance) if problem.fix else None
    fix = replace(problem.fix, path=path) if problem.fix and path else None
    return replace(problem, fix=fix)


def _components(
    values: dict[str, Any], defaults: Defaults, provenance: Mapping[Path, Provenance]
) -> list[Component]:
    kinds = all_kinds()
    components = [
        _component(kind, name, (kind.section, name), entry, provenance)
        for kind in kinds.values()
        if not kind.singleton
        for name, entry in values.get(kind.section, {}).items()
    ]
    # What exists because another component does: the cluster of the services, say.
    brought = {name for c in components if not c.adopted for name in kinds[c.kind].brings(c.spec)}
    for kind in kinds.values():
        if kind.singleton and (kind.section in values or kind.always or kind.name in brought):
            node = {"$ref": f"#/$defs/{kind.spec.__name__}"}
            entry = values.setdefault(kind.section, defaults.fill({}, node, (kind.section,)))
            components.append(_component(kind, kind.name, (kind.section,), entry, provenance))
    return components


def _component(
    kind: Kind, name: str, path: Path, values: Mapping[str, Any], provenance: Mapping[Path, Provenance]
) -> Component:
    spec = msgspec.convert(values, kind.spec)
    connections = connect.connections(kind, name, spec, path, provenance)
    return Component(name, kind.name, spec, path, place(path, provenance), connections)


def _reserved_names(components: Iterable[Component]) -> Iterable[Diagnostic]:
    """Singletons are called as their kind, and others find them by that name."""
    kinds = all_kinds()
    for component in components:
        taken = kinds.get(component.name)
        if taken and taken.singleton and component.kind != taken.name:
            message = (
                f"'{component.name}' is what the platform's own {taken.name} is called; choose another name"
            )
            yield Diagnostic(component.position, "E204", message)


def _repeated_names(components: Iterable[Component]) -> Iterable[Diagnostic]:
    first: dict[str, Component] = {}
    for component in sorted(components, key=lambda c: c.position):
        other = first.setdefault(component.name, component)
        if other is not component:
            yield Diagnostic(
                component.position,
                "E204",
                f"'{component.name}' already names {article(other.kind)} (line {other.position.line}); "
                "names are unique across sections",
            )


def _kind_checks(platform: Platform) -> Iterable[Diagnostic]:
    kinds = all_kinds()
    for component in platform.components.values():
        kind = kinds[component.kind]
        check = kind.check_adopted if component.adopted else kind.check
        for problem in check(component, platform):
            yield Diagnostic(
                platform.position((*component.path, *problem.path)), problem.code, problem.message
            )
        if component.adopted:
            yield from _made_and_adopted(component, platform)
        else:
            yield from _alarm_names(component, platform, kind)


def _made_and_adopted(component: Component, platform: Platform) -> Iterable[Diagnostic]:
    """Properties written beside `existing`; an environment may adopt what the others make."""
    adopted = platform.provenance[*component.path, "existing"].source
    for name in sorted(set(platform.values_at(component.path)) - {"existing"}):
        path = (*component.path, name)
        found = platform.provenance.get(path)
        # What the spec says for all environments is for those that make it.
        if found and found.position and (found.source == adopted or adopted == BASE):
            message = f"'{name}' means nothing for what exists already; remove it, or remove 'existing'"
            where = platform.written(path)
            fix = Fix("remove", where) if where else None
            yield Diagnostic(platform.position(path), "E218", message, fix=fix)


def _alarm_names(component: Component, platform: Platform, kind: Kind) -> Iterable[Diagnostic]:
    settings = getattr(component.spec, "alarms", {})
    if not settings:
        return
    known = [alarm.name for alarm in kind.alarms(component, platform)]
    for name in settings:
        if name not in known:
            offered = f"it has: {', '.join(known)}" if known else "it has none"
            message = f"'{component.name}' has no alarm '{name}'; {offered}{suggest(name, known)}"
            path = (*component.path, "alarms", name)
            where, right = platform.written(path), unmistakable(name, set(known) - set(settings))
            fix = Fix("rename", where, right) if where and right else None
            yield Diagnostic(platform.position(path), "E209", message, fix=fix)
