"""`github:ORG/REPO` or `gitlab:GROUP/PROJECT` -> whose tokens may take the deploy role on, exactly."""

from __future__ import annotations

import re
from typing import NamedTuple

from compiler.exits import UserError

DEFAULT_BRANCH = "main"
_REF = re.compile(r"[A-Za-z0-9._/+#@-]+")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._/ -]+")
_EXAMPLES = "github:ORG/REPO, github:ORG/REPO:environment:NAME or gitlab:GROUP/PROJECT:ref:BRANCH"


class Issuer(NamedTuple):
    """Who signs the tokens of a CI, and what they say to AWS."""

    host: str
    audience: str
    path: re.Pattern[str]
    subject: str  # what comes before the rest of the subject


# Source: GitHub documentation, "Configuring OpenID Connect in Amazon Web Services" and "OpenID Connect
# reference"; GitLab documentation, "Configure OpenID Connect in AWS" and "ID token authentication", 2026.
ISSUERS = {
    "github": Issuer(
        "token.actions.githubusercontent.com",
        "sts.amazonaws.com",
        re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+"),
        "repo:",
    ),
    "gitlab": Issuer(
        "gitlab.com",
        "https://gitlab.com",
        re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)+"),
        "project_path:",
    ),
}


class Trust(NamedTuple):
    """One subject of one issuer."""

    issuer: Issuer
    subject: str

    @property
    def conditions(self) -> dict[str, str]:
        """What `StringEquals` compares: the token is for AWS, and from this place only."""
        return {f"{self.issuer.host}:aud": self.issuer.audience, f"{self.issuer.host}:sub": self.subject}


def trust(text: str) -> Trust:
    """Whom `--trust` means; UserError for an unknown CI, a wildcard or anything that is no such place.

    Without a part at the end it is the branch `main`.
    """
    kind, _, rest = text.partition(":")
    path, _, part = rest.partition(":")
    issuer = ISSUERS.get(kind)
    if issuer is None:
        raise UserError(f"--trust '{text}' names no CI that is known: {' and '.join(ISSUERS)}; {_EXAMPLES}")
    if not issuer.path.fullmatch(path):
        raise UserError(f"--trust '{text}' names no one repository; wildcards trust others too; {_EXAMPLES}")
    return Trust(issuer, f"{issuer.subject}{path}:{_part(kind, part or f'ref:{DEFAULT_BRANCH}', text)}")


def _part(kind: str, part: str, text: str) -> str:
    word, _, value = part.partition(":")
    if word == "environment" and kind == "github" and _ENVIRONMENT.fullmatch(value):
        return f"environment:{value}"
    if word == "ref" and _REF.fullmatch(value):
        return _github_ref(value) if kind == "github" else _gitlab_ref(value)
    allowed = "ref:BRANCH, ref:refs/tags/TAG" + (" or environment:NAME" if kind == "github" else "")
    raise UserError(f"--trust '{text}' ends in '{part}'; allowed is {allowed}, without wildcards")


def _github_ref(ref: str) -> str:
    return f"ref:{ref}" if ref.startswith("refs/") else f"ref:refs/heads/{ref}"


def _gitlab_ref(ref: str) -> str:
    """GitLab says the type beside the name. Source: GitLab documentation, "ID token authentication"."""
    if ref.startswith("refs/tags/"):
        return f"ref_type:tag:ref:{ref.removeprefix('refs/tags/')}"
    return f"ref_type:branch:ref:{ref.removeprefix('refs/heads/')}"
