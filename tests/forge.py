"""A forge on loopback: a list of comments, as GitHub and GitLab serve them, and what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Asked(NamedTuple):
    method: str
    path: str
    token: str


class Forge(ThreadingHTTPServer):
    """Answers every list, creation and change of comments; with `status`, refuses all but lists."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.status = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    @property
    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]


class _Handler(BaseHTTPRequestHandler):
    server: Forge

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        self._answer(self.server.comments[100 * (page - 1) : 100 * page])

    def do_POST(self) -> None:
        if not self._refused():
            self.server.comments.append({"id": 1000 + len(self.server.comments), "body": self._body()})
            self._answer(self.server.comments[-1])

    def do_PATCH(self) -> None:
        if not self._refused():
            number = int(self.path.rsplit("/", 1)[-1])
            comment = next(each for each in self.server.comments if each["id"] == number)
            comment["body"] = self._body()
            self._answer(comment)

    def do_PUT(self) -> None:
        self.do_PATCH()

    def log_message(self, *_: Any) -> None:
        """Nothing: tests read what is asked."""

    def _body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def _refused(self) -> bool:
        if self.server.status:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer({"message": "no"})
        return bool(self.server.status)

    def _answer(self, content: Any) -> None:
        token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
        self.server.asked.append(Asked(self.command, urlsplit(self.path).path, token))
        data = json.dumps(content).encode()
        self.send_response(200 if self.command == "GET" else self.server.status or 201)
        if self.server.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serving() -> Iterator[Forge]:
    """A forge that runs while the block does."""
    forge = Forge()
    thread = threading.Thread(target=forge.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        forge.shutdown()
        forge.server_close()
        thread.join()
