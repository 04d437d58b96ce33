"""A server on loopback between boto3 and an AWS endpoint; what it does with a request is up to the test."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# Hop by hop, or written by the server itself.
_OWN_HEADERS = ("content-length", "transfer-encoding", "connection", "date", "server")


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Request:
    """What came in; `operation` is its name, or method and path where none is named."""

    operation: str
    body: bytes
    handler: BaseHTTPRequestHandler = field(repr=False)
    host: str = ""

    def pass_on(self) -> Answer:
        """What the endpoint says."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            handler = self.handler
            connection.request(handler.command, handler.path, self.body, dict(handler.headers))
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OWN_HEADERS]
            return Answer(answer.status, answer.read(), tuple(kept))
        finally:
            connection.close()

    def send(self, answer: Answer, length: int | None = None) -> None:
        """To the client; with a `length`, that much is promised, whatever is sent."""
        self.handler.send_response(answer.status)
        for name, value in answer.headers:
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(answer.body) if length is None else length))
        self.handler.end_headers()
        if self.handler.command != "HEAD":
            self.handler.wfile.write(answer.body)

    def hang_up(self) -> None:
        """Break the connection off."""
        self.handler.close_connection = True


@contextmanager
def between(endpoint_url: str, serve: Callable[[Request], None]) -> Iterator[str]:
    """The address of the server, which gives every request to `serve`."""
    host = urlsplit(endpoint_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # it waits 40 ms between head and body

        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = _operation(self.command, self.path, self.headers.get("X-Amz-Target"), body)
            try:
                serve(Request(name, body, self, host))
            except ConnectionError:  # the client gave up
                self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = take  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # A client that gave up leaves a request behind, which must not keep the test from ending.
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _operation(method: str, path: str, target: str | None, body: bytes) -> str:
    """By protocol: JSON names it in a header, query in the body, CBOR in the path, REST nowhere."""
    if target:
        return target.rpartition(".")[2]
    if "/operation/" in path:
        return path.rpartition("/operation/")[2]
    action = parse_qs(body.decode("latin-1")).get("Action") if method == "POST" else None
    return action[0] if action else f"{method} {urlsplit(path).path}"
