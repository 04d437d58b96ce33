"""A network that does what networks do: a proxy on loopback that strikes calls by name and ordinal."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.loopback import Answer, Request, between

SLOW_SECONDS = 1.0  # longer than any client of these tests waits
_PAGE = b"<html><head><title>Sign in</title></head><body><p>Welcome to the hotel</p></body></html>"
_REST = {"HEAD": "HeadObject", "PUT": "PutObject", "GET": "GetObject"}


def _refuse(code: str, text: str, status: int) -> Callable[[Request, str], None]:
    def strike(request: Request, operation: str) -> None:
        request.send(_error(operation, code, text, status))

    return strike


def _throttled(request: Request, operation: str) -> None:
    busy = ("SlowDown", "Please reduce your request rate.", 503)
    usual = ("Throttling", "Rate exceeded", 400)
    request.send(_error(operation, *(busy if operation in _REST.values() else usual)))


def _error(operation: str, code: str, text: str, status: int) -> Answer:
    if operation in _REST.values():
        body = f"<Error><Code>{code}</Code><Message>{text}</Message></Error>"
    elif operation == "Invoke":
        body = f'{{"message": "{text}"}}'
    else:
        inner = f"<Type>Sender</Type><Code>{code}</Code><Message>{text}</Message>"
        body = f"<ErrorResponse><Error>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
    headers = (("x-amzn-ErrorType", code), ("Content-Type", "text/xml"))
    return Answer(status, body.encode(), headers)


def _dropped(request: Request, operation: str) -> None:
    request.hang_up()


def _lost(request: Request, operation: str) -> None:
    request.pass_on()
    request.hang_up()


def _half(request: Request, operation: str) -> None:
    answer = request.pass_on()
    whole = len(answer.body) or 1  # an answer without a body promises one here, which then does not come
    request.send(Answer(answer.status, answer.body[: whole // 2], answer.headers), whole)
    request.hang_up()


def _slow(request: Request, operation: str) -> None:
    request.pass_on()
    threading.Event().wait(SLOW_SECONDS)
    request.hang_up()


FAULTS: Mapping[str, Callable[[Request, str], None]] = {
    "throttled": _throttled,
    "500 with a reason": _refuse("InternalFailure", "An internal error occurred", 500),
    "502 with a page": lambda request, _: request.send(Answer(502, _PAGE, (("Content-Type", "text/html"),))),
    "503 without a body": lambda request, _: request.send(Answer(503)),
    "dropped before it was read": _dropped,
    "answer lost": _lost,
    "half an answer": _half,
    "too slow": _slow,
    "expired credentials": _refuse("ExpiredToken", "The security token is expired", 400),
    "a captive network's page": lambda request, _: request.send(Answer(200, _PAGE)),
}


@dataclass(frozen=True)
class Strike:
    """A fault at one operation's calls, from the `first` on, `times` in a row; None is for ever."""

    operation: str
    fault: str
    first: int = 1
    times: int | None = None

    def hits(self, operation: str, ordinal: int) -> bool:
        """Whether this call is one of them."""
        end = float("inf") if self.times is None else self.first + self.times
        return operation == self.operation and self.first <= ordinal < end


@dataclass
class Weather:
    """What strikes, and how often each operation was asked for; may be changed while the proxy runs."""

    strikes: tuple[Strike, ...] = ()
    calls: Counter[str] = field(default_factory=Counter)
    struck: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, *strikes: Strike) -> None:
        """From now on these strike, and counting begins anew."""
        with self._lock:
            self.strikes, self.struck = strikes, 0
            self.calls.clear()

    def serve(self, request: Request) -> None:
        """Strikes a request or passes it on."""
        operation = name_of(request)
        with self._lock:
            self.calls[operation] += 1
            ordinal = self.calls[operation]
            struck = next((s.fault for s in self.strikes if s.hits(operation, ordinal)), None)
            self.struck += struck is not None
        if struck:
            FAULTS[struck](request, operation)
        else:
            request.send(request.pass_on())


def name_of(request: Request) -> str:
    """What AWS calls the operation, where the protocol does not name it too."""
    method, _, path = request.operation.partition(" ")
    if path.endswith("/invocations"):
        return "Invoke"
    return _REST[method] if path else method


@contextmanager
def hostile(endpoint_url: str, weather: Weather) -> Iterator[str]:
    """The address of the proxy."""
    with between(endpoint_url, weather.serve) as url:
        yield url
