"""A proxy on loopback that notes what goes over the wire to an AWS endpoint, and passes it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.loopback import Request, between


@contextmanager
def recording(endpoint_url: str, calls: list[str]) -> Iterator[str]:
    """The address of the proxy; `calls` gets each operation, or method and path where none is named."""

    def serve(request: Request) -> None:
        calls.append(request.operation)
        request.send(request.pass_on())

    with between(endpoint_url, serve) as url:
        yield url
