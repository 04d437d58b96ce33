"""A URL -> what answers there, asked once, over HTTP."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

_SECONDS = 10.0
_MOST = 65_536  # bytes of an answer that are looked at
_LOOPBACK = (".127.0.0.1", ".localhost")  # names below these are this machine. Source: RFC 6761, section 6.3


@dataclass(frozen=True)
class Answer:
    """What came back; `problem` says why nothing did."""

    status: int = 0
    text: str = ""
    problem: str = ""


Ask = Callable[[str], Answer]


def ask(url: str) -> Answer:
    """GET, no redirects followed; never raises."""
    try:
        return _asked(url)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(problem=_why(error))


def _asked(url: str) -> Answer:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Host": parts.netloc, "User-Agent": "formwork"})
        response = connection.getresponse()
        return Answer(response.status, response.read(_MOST).decode("utf-8", "replace"))
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    there = "127.0.0.1" if host.endswith(_LOOPBACK) else host
    if scheme == "http":
        return http.client.HTTPConnection(there, port, timeout=_SECONDS)
    return http.client.HTTPSConnection(there, port, timeout=_SECONDS, context=ssl.create_default_context())


def _why(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split()).rstrip(".").lower()
