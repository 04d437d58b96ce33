"""The only maker of logical ids, parameter names, environment variables and physical names."""

from __future__ import annotations

import re


def pascal(name: str) -> str:
    """`device-api` or `primary_endpoint` -> `DeviceApi`, `PrimaryEndpoint`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def logical_id(component: str, part: str) -> str:
    """The logical id of one part of a component. Changing it replaces resources: a breaking change."""
    return pascal(component) + part


def recovery_id(component: str, part: str) -> str:
    """The same of a part in the second region: another id, so that nobody who names one means the other."""
    return logical_id(component, f"Recovery{part}")


def parameter(component: str, attribute: str) -> str:
    """The template parameter, and the output, by which an attribute travels between stacks."""
    return f"{pascal(component)}{pascal(attribute)}"


def physical(platform: str, environment: str, *parts: str) -> str:
    """`<platform>-<environment>[-part]...`, the physical name of a stack, a resource, a key's alias."""
    return "-".join((platform, environment, *parts))


def prefix(component: str) -> str:
    """`device-state` -> `DEVICE_STATE`, the prefix of environment variables."""
    return re.sub(r"[^A-Za-z0-9]+", "_", component).upper()


def snake(component: str) -> str:
    """`device-api` -> `device_api`, as a database user is called."""
    return prefix(component).lower()


def own(attribute: str, consumer: str) -> str:
    """`password_arn`, `device-api` -> `password_arn_of_device_api`, a target's attribute for one consumer."""
    return f"{attribute}_of_{snake(consumer)}"


def variable(prefix: str, suffix: str) -> str:
    """The name of one injected environment variable."""
    return f"{prefix}_{suffix}" if suffix else prefix


def with_other(name: str, component: str, other: str) -> str:
    """A logical id or parameter with another component's name wherever it has this one's."""
    return re.sub(rf"(?<![A-Z]){pascal(component)}(?=[A-Z0-9]|$)", pascal(other), name)
