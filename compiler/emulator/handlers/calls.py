"""What the added handlers share: a client for the emulator's own API, and the shape of its handler table.

botocore is loaded by name: it is the emulator's, in another environment, not the tool's door to AWS.
"""

import functools
import importlib
import os
import uuid
from collections.abc import Callable
from typing import Any

Handler = dict[str, Any]
Properties = dict[str, Any]
Result = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Result]
Update = Callable[[str, Properties, Properties], Result]
Delete = Callable[[str, Properties], None]

# The service says these when the thing is already gone, which is what a delete wants.
_GONE = ("NotFound", "DoesNotExist", "ResourceNotFoundException")


def handler(create: Create, update: Update, delete: Delete) -> Handler:
    """An entry of the emulator's handler table; `update` gets (physical id, old, new properties)."""

    def updated(physical_id: str, old: Properties, new: Properties, _stack: str) -> Result:
        return update(physical_id, old, new)

    return {"create": create, "update": updated, "delete": tolerant(delete)}


def recorded(identify: Create, attributes: Callable[[str, Properties], dict[str, Any]]) -> Handler:
    """A handler for a type whose service the emulator lacks: the stack itself is the only record of it."""

    def create(logical_id: str, properties: Properties, stack: str) -> Result:
        physical_id, _ = identify(logical_id, properties, stack)
        return physical_id, attributes(physical_id, properties)

    def update(physical_id: str, _old: Properties, new: Properties) -> Result:
        return physical_id, attributes(physical_id, new)

    return handler(create, update, lambda _physical_id, _properties: None)


def client(service: str) -> Any:
    """A botocore client for `service` of this very emulator, in the running stack's account and region."""
    from ministack.core.responses import get_account_id, get_region

    return _client(service, get_account_id(), get_region())


@functools.lru_cache(maxsize=256)
def _client(service: str, account: str, region: str) -> Any:
    config = importlib.import_module("botocore.config").Config
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=config(retries={"total_max_attempts": 1}, read_timeout=30, parameter_validation=False),
    )


@functools.lru_cache(maxsize=1)
def _session() -> Any:
    return importlib.import_module("botocore.session").Session()


def physical_name(stack: str, logical_id: str, **limits: Any) -> str:
    """The name the emulator would generate: stable for a logical id, new after a replacement."""
    from ministack.services.cloudformation import provisioners

    return str(provisioners._physical_name(stack, logical_id, **limits))


def new_id(prefix: str) -> str:
    """A fresh id in the style of EC2, such as `vpclink-0a1b2c3d`."""
    return f"{prefix}-{uuid.uuid4().hex[:17]}"


def picked(properties: Properties, *names: str) -> dict[str, Any]:
    """The named properties that the template sets."""
    return {name: properties[name] for name in names if name in properties}


def tolerant(delete: Delete) -> Delete:
    """`delete`, content when there is nothing left to delete."""

    def deleted(physical_id: str, properties: Properties) -> None:
        try:
            delete(physical_id, properties)
        except importlib.import_module("botocore.exceptions").ClientError as error:
            if not any(word in error.response["Error"]["Code"] for word in _GONE):
                raise

    return deleted
