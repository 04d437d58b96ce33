"""The comments of a pull request (GitHub) or merge request (GitLab), over HTTP.

Sources: GitHub REST API, "Issue comments", 2022-11-28; GitLab API, "Notes", v4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from compiler.exits import FAILED, UserError

_SECONDS = 30
_PAGE = 100
_PAGES = 50  # 5,000 comments: more are no conversation
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PULL = re.compile(r"refs/pull/([0-9]+)/")


class ForgeError(UserError):
    """The comment could not be written."""

    exit_code = FAILED


def forge(environment: Mapping[str, str]) -> Comments:
    """The forge whose CI this is, by the variables that it sets; UserError when one is missing."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return _github(environment)
    if environment.get("GITLAB_CI") == "true":
        return _gitlab(environment)
    raise UserError("this is neither GitHub Actions nor GitLab CI, so there is nothing to comment on")


class Comments:
    """A list of comments at one address, of which each has an address of its own."""

    def __init__(self, listed: str, single: str, change: str, headers: Mapping[str, str]) -> None:
        self._listed = _checked(listed)
        self._single = single
        self._change = change  # the method that gives a comment another text
        self._headers = headers

    def find(self, marker: str) -> str | None:
        """The id of the first comment that begins with a marker; None when there is none."""
        for page in range(1, _PAGES + 1):
            found = _texts(self._call("GET", f"{self._listed}?per_page={_PAGE}&page={page}"), self._listed)
            for name, body in found:
                if body.startswith(marker):
                    return name
            if len(found) < _PAGE:
                break
        return None

    def create(self, body: str) -> None:
        """Adds a comment."""
        self._call("POST", self._listed, body)

    def update(self, comment: str, body: str) -> None:
        """Gives a comment another text."""
        self._call(self._change, f"{self._single}/{comment}", body)

    def _call(self, method: str, url: str, body: str | None = None) -> Any:
        data = None if body is None else json.dumps({"body": body}).encode()
        headers = {**self._headers, "Content-Type": "application/json", "User-Agent": "formwork"}
        try:
            with build_opener(_Stay).open(
                Request(url, data, headers, method=method), timeout=_SECONDS
            ) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise ForgeError(
                f"cannot comment: {error.code} {error.reason} from {url}; {_advice(error.code)}"
            ) from error
        except (OSError, HTTPException, ValueError) as error:
            raise ForgeError(
                f"cannot comment: no answer from {url} ({str(error).lower()}); try again"
            ) from error


def _texts(answer: Any, url: str) -> list[tuple[str, str]]:
    """The id and text of each comment; ForgeError when something else has answered, such as a proxy."""
    try:
        return [(str(comment["id"]), str(comment["body"] or "")) for comment in answer]
    except (TypeError, KeyError) as error:
        raise ForgeError(f"cannot comment: {url} answers with no list of comments; see docs/ci.md") from error


class _Stay(HTTPRedirectHandler):
    """Follows nothing: the token is for this address alone."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _github(environment: Mapping[str, str]) -> Comments:
    pull = _PULL.match(environment.get("GITHUB_REF", ""))
    number = environment.get("FORMWORK_PULL_REQUEST") or (pull[1] if pull else "")
    if not number.isdecimal():
        raise UserError("this run is of no pull request; run it on `pull_request`")
    api = environment.get("GITHUB_API_URL", "https://api.github.com")
    repository = f"{api}/repos/{quote(_needed(environment, 'GITHUB_REPOSITORY'))}/issues"
    headers = {
        "Authorization": f"Bearer {_needed(environment, 'GITHUB_TOKEN')}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Comments(f"{repository}/{number}/comments", f"{repository}/comments", "PATCH", headers)


def _gitlab(environment: Mapping[str, str]) -> Comments:
    number = environment.get("CI_MERGE_REQUEST_IID", "")
    if not number.isdecimal():
        raise UserError("this pipeline is of no merge request; give the job a rule for `merge_request_event`")
    project = quote(_needed(environment, "CI_PROJECT_ID"), safe="")
    notes = f"{_needed(environment, 'CI_API_V4_URL')}/projects/{project}/merge_requests/{number}/notes"
    return Comments(notes, notes, "PUT", {"PRIVATE-TOKEN": _needed(environment, "FORMWORK_GITLAB_TOKEN")})


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value or not value.isprintable():
        raise UserError(f"the variable {name} is not set, or holds more than one line; see docs/ci.md")
    return value


def _checked(url: str) -> str:
    """UserError when the token would travel in the clear."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UserError(f"{url} is no address: {str(error).lower()}; see docs/ci.md") from error
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise UserError(
            f"{parts.scheme}://{parts.netloc} is no address for a token; it must begin with https://"
        )
    return url


def _advice(code: int) -> str:
    if code in (401, 403, 404):
        return (
            "the token may not: GitHub wants `pull-requests: write`, GitLab the scope `api`; see docs/ci.md"
        )
    return "try again"
