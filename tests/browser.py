"""Headless Chromium for tests of pages, driven over a pipe: no port, no network, no driver to install."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
needed = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")

_FLAGS = (
    "--headless",
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Chromium reads from descriptor 3 and writes to 4, whatever the numbers are here.
_EXEC = "import os, sys; a = sys.argv; os.dup2(int(a[1]), 3); os.dup2(int(a[2]), 4); os.execv(a[3], a[3:])"
_PATIENCE = 60.0  # seconds for one answer: the machine may be busy


class Browser:
    """The DevTools protocol: commands and what happened meanwhile.

    Source: Chrome DevTools Protocol, and `content/browser/devtools/devtools_pipe_handler.cc`.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands, self._answers = commands, answers
        self._unread = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of one command; AssertionError when Chromium refuses it."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        message |= {"sessionId": session} if session else {}
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def until(self, happened: Callable[[dict[str, Any]], bool]) -> None:
        """Waits for an event that has not been seen yet."""
        while not any(map(happened, self.events)):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(self._answers, 1 << 20) if ready else b""
            assert chunk, "chromium does not answer"
            self._unread += chunk
        first, _, self._unread = self._unread.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


class Page:
    """One open page; scripts of its own cannot run."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "DOM", "Accessibility"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of one command about this page."""
        return self.browser.call(method, self.session, **parameters)

    def open(self, url: str) -> None:
        """Loads a page, and waits until it is there."""
        self.browser.events.clear()
        self.call("Page.navigate", url=url)
        self.browser.until(lambda event: event["method"] == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """What an expression of ours comes to in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def events(self, method: str) -> list[dict[str, Any]]:
        """What happened of one kind since the page was opened."""
        return [event["params"] for event in self.browser.events if event["method"] == method]

    def show(self, width: int, height: int, scheme: str = "light", media: str = "screen") -> None:
        """The size of the window in pixels, and what the reader prefers."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        wanted = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=wanted)

    def press(self, key: str, code: int, text: str = "", shift: bool = False) -> None:
        """One key, down and up."""
        facts = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **facts)
        self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def screenshot(self) -> bytes:
        """What the window shows, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])


@contextmanager
def opened() -> Iterator[Page]:
    """A page of a browser that lives as long as the block, with a profile of its own."""
    assert CHROMIUM
    with tempfile.TemporaryDirectory(prefix="formwork-chromium-", ignore_cleanup_errors=True) as profile:
        to_read, commands = _pipe()
        answers, to_write = _pipe()
        arguments = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        with (Path(profile) / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", _EXEC, str(to_read), str(to_write), *arguments],
                pass_fds=(to_read, to_write),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        os.close(to_read)
        os.close(to_write)
        try:
            yield Page(Browser(commands, answers))
        finally:
            os.close(commands)  # which ends it
            _end(process)
            os.close(answers)


def _pipe() -> tuple[int, int]:
    """Both ends, with numbers that are out of the way of 3 and 4."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its own session: only what it started
        process.wait()
