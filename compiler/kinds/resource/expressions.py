"""References to components inside raw CloudFormation -> expressions that hold in the resource's stack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compiler import names, protection
from compiler.diagnostics import Diagnostic, SpecError, suggest
from compiler.kind import LAYERS
from compiler.model import Component, Path
from compiler.places import home_layer, place
from compiler.scope import Attribute, Scope

_IN_SUB = re.compile(r"\$\{([a-z][a-z0-9-]*|[A-Z][A-Za-z0-9]*)\.([A-Za-z0-9_.]+)\}")


@dataclass(frozen=True)
class Resolving:
    """Resolves for one raw resource; SpecError E219 where a component does not offer what is asked."""

    scope: Scope

    def resolved(self, value: Any, path: Path) -> Any:
        """`value` with every reference to a component replaced; `path` leads to it inside the component."""
        if isinstance(value, list):
            return [self.resolved(item, (*path, number)) for number, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in ("Ref", "Fn::GetAtt"):
                return self._reference(name, argument, path)
            if name == "Fn::Sub":
                return self._sub(argument, path)
        return {key: self.resolved(item, (*path, key)) for key, item in value.items()}

    def _reference(self, name: str, argument: Any, path: Path) -> Any:
        listed = argument.split(".", 1) if isinstance(argument, str) else argument
        target, *rest = listed if isinstance(listed, list) and listed else [None]
        component = self._elsewhere(target)
        if component is None:
            return {name: argument}
        attribute = ".".join(map(str, rest)) if name == "Fn::GetAtt" else "Ref"
        return self._value(component, attribute, (*path, name))

    def _sub(self, argument: Any, path: Path) -> Any:
        text, given = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
        if not (isinstance(text, str) and isinstance(given, Mapping)):
            return {"Fn::Sub": argument}  # cfn-lint says what is wrong with it
        variables = {name: self.resolved(value, (*path, "Fn::Sub", 1, name)) for name, value in given.items()}

        def replaced(found: re.Match[str]) -> str:
            component = self._elsewhere(found[1])
            if component is None:
                return found[0]
            variable = _free(names.parameter(found[1], found[2]), text, given)
            variables[variable] = self._value(component, found[2], (*path, "Fn::Sub"))
            return f"${{{variable}}}"

        text = _IN_SUB.sub(replaced, text)
        return {"Fn::Sub": [text, variables] if variables else text}

    def _elsewhere(self, name: Any) -> Component | None:
        """The component of this name; None when it is a logical id of this resource's own stack."""
        found = self.scope.platform.components.get(name) if isinstance(name, str) else None
        if found is None or found.kind != self.scope.component.kind:
            return found
        here = place(self.scope.component, self.scope.layer)
        return None if place(found, home_layer(found)) == here else found

    def _value(self, target: Component, attribute: str, path: Path) -> Any:
        offered: Mapping[str, Attribute] = protection.offered(target, self.scope.platform)
        if attribute not in offered:
            raise self._error(self._lacks(target, attribute, offered), path)
        layer = offered[attribute].layer or home_layer(target)
        if not target.adopted and LAYERS.index(layer) > LAYERS.index(self.scope.layer):
            message = f"'{target.name}' is of the {layer} layer, which comes later; write 'layer: {layer}'"
            raise self._error(message, path)
        return _plain(self.scope.value(target.name, attribute))

    def _lacks(self, target: Component, attribute: str, offered: Mapping[str, Attribute]) -> str:
        has = ", ".join(sorted(offered))
        if target.kind == self.scope.component.kind:
            advice = f"list it in the `attributes` of '{target.name}', which is in another stack"
            return f"'{target.name}' offers no '{attribute}', but: {has}; {advice}"
        if attribute == "Ref":
            return f"'{target.name}' is a component, without a `Ref`; write Fn::GetAtt with one of: {has}"
        return f"'{target.name}' has no attribute '{attribute}'; it has: {has}{suggest(attribute, offered)}"

    def _error(self, message: str, path: Path) -> SpecError:
        scope = self.scope
        position = scope.platform.position((*scope.component.path, *path))
        return SpecError([Diagnostic(position, "E219", message)])


def _free(variable: str, text: str, given: Mapping[str, Any]) -> str:
    """The name, lengthened where the text means something of its own by it."""
    while variable in given or f"${{{variable}}}" in text:
        variable += "OfComponent"
    return variable


def _plain(value: Any) -> Any:
    """An expression as CloudFormation writes it; a list of subnets is a list of them."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value
