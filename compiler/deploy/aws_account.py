"""`account.Account` over clients that `aws.py` makes: any call that only looks, all its pages, asked once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from compiler.deploy import explain
from compiler.deploy.account import Read, UnseenError
from compiler.deploy.errors import DeployError

# How services say that something does not exist; there is no common word. Source: API references, 2026-11.
_ABSENT = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")

# By name, as in `explain`.
_UNREACHABLE = {"EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyConnectionError"}


class BotoAccount:
    """One account in one region; safe to ask from several threads."""

    def __init__(self, make: Callable[[str], Any], region: str) -> None:
        self._make = make
        self._region = region
        self._clients: dict[str, Any] = {}
        self._answers: dict[str, tuple[Any, ...]] = {}
        self._unreachable: dict[str, UnseenError] = {}
        self._lock = threading.Lock()

    def ask(self, read: Read, **options: Any) -> tuple[Any, ...]:
        key = json.dumps([read.service, read.operation, read.items, options], sort_keys=True, default=str)
        if key not in self._answers:
            self._answers[key] = self._asked(read, options)
        return self._answers[key]

    def _asked(self, read: Read, options: Mapping[str, Any]) -> tuple[Any, ...]:
        # A service that is not to be reached costs a minute to find out: once is enough.
        if known := self._unreachable.get(read.service):
            raise known
        try:
            return tuple(item for page in self._pages(read, options) for item in _items(page, read))
        except Exception as error:
            failure = explain.failure(error, _asking(read), self._region)
            if not isinstance(failure, explain.AwsError):
                raise self._without_answer(read, failure, type(error).__name__) from None
            if _is_absent(failure):
                return ()
            raise _refused(read, failure) from None

    def _without_answer(self, read: Read, failure: DeployError, error: str) -> UnseenError:
        found = _unseen(read, failure)
        if error in _UNREACHABLE:
            self._unreachable[read.service] = found
        return found

    def _pages(self, read: Read, options: Mapping[str, Any]) -> Iterator[Any]:
        client = self._client(read.service)
        methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
        method = methods[read.operation]
        if client.can_paginate(method):
            yield from client.get_paginator(method).paginate(**options)
            return
        page = getattr(client, method)(**options)
        yield page
        while read.token and (token := page.get(read.token)):
            page = getattr(client, method)(**options, **{read.token: token})
            yield page

    def _client(self, service: str) -> Any:
        with self._lock:  # a session makes one client at a time
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]


def _items(page: Mapping[str, Any], read: Read) -> list[Any]:
    found = page.get(read.items, []) if read.items else page
    return found if isinstance(found, list) else [found]


def _is_absent(failure: explain.AwsError) -> bool:
    return failure.missing or failure.code == "404" or any(word in failure.code for word in _ABSENT)


def _refused(read: Read, failure: explain.AwsError) -> UnseenError:
    if explain.denies(failure.code):
        return UnseenError(f"missing permission {read.action}", failure.code)
    return _unseen(read, failure, failure.code)


def _unseen(read: Read, failure: DeployError, code: str = "") -> UnseenError:
    found = UnseenError(_why(read, failure.message), code)
    found.trouble = failure.trouble
    return found


def _why(read: Read, message: str) -> str:
    return f"{read.action}: {message.removeprefix(f'cannot {_asking(read)}: ')}"


def _asking(read: Read) -> str:
    return f"ask {read.action}"
