"""Every resource type the launcher adds: type -> handler, and the properties whose change replaces it."""

from handlers import compute, data, network, others, proxies
from handlers.calls import Handler

_MODULES = (network, data, proxies, compute, others)

ADDED: dict[str, Handler] = {name: entry for module in _MODULES for name, entry in module.HANDLERS.items()}
REPLACING: dict[str, tuple[str, ...]] = {
    name: properties for module in _MODULES for name, properties in module.REPLACING.items()
}
TAGGED = tuple(name for module in _MODULES for name in getattr(module, "TAGGED", ()))
