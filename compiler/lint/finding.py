"""One thing a linter found: where in the spec, where in the template, in which environments."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.diagnostics import Position, Severity


@dataclass(frozen=True, order=True)
class Finding:
    """Sorts by place in the spec. The same finding in several environments is one finding."""

    position: Position
    code: str
    message: str
    severity: Severity
    stack: str = ""  # the layer: a stack's name differs between the environments
    logical_id: str = ""
    path: str = ""  # in the template, such as Resources/DataKey/Properties/KeyPolicy
    url: str = ""
    environments: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" ({', '.join(self.environments)})" if self.environments else ""
        return f"{self.position} {self.code} {self.message}{where}"
