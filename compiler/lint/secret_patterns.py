"""What secrets look like, and what they are called, as data."""

from __future__ import annotations

import re

# Source: IAM user guide, "IAM identifiers", unique id prefixes; GitHub docs, "Secret scanning patterns";
# Slack API docs, "Token types"; RFC 7468, section 2; RFC 7519, section 3.
FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{40,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a signed token (JWT)": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "a password in a URL": r"\b[a-z][a-z0-9+.-]*://[^/\s:@$]+:[^/\s:@${]+@",
    "a password in code": r"(?i)\b(?:password|secret|api_?key)['\"]?\s*[:=]\s*['\"][^'\"\s${}<>]{8,}['\"]",
}
_NAMES = re.compile(
    r"(?:^|[a-z0-9_-])(?:password|passwd|passphrase|secret|secret_?string|secret_?key|secret_?access_?key"
    r"|auth_?token|access_?token|api_?token|bearer_?token|token|api_?key|private_?key|credentials?)$",
    re.IGNORECASE,
)
# Settings that only end like secrets: names of fields and of units, not their values.
_SETTINGS = {"nexttoken", "requesttoken", "clienttoken", "idtoken", "generatesecret"}
_HARMLESS = re.compile(
    # A dynamic reference, an expression of references only, an ARN, a word that switches something, a unit of
    # time, or nothing.
    r"\{\{resolve:.*\}\}|(?:\$\{[^}]*\})+|arn:.*|\$\{[^}]*Arn\}.*|true|false|none|null|required|optional|enabled"
    r"|disabled|seconds|minutes|hours|days|\**",
    re.IGNORECASE | re.DOTALL,
)


def names_a_secret(name: str) -> bool:
    """Whether something of this name holds a secret, as `DB_PASSWORD` or `MasterUserPassword` does."""
    return bool(_NAMES.search(name)) and name.lower() not in _SETTINGS


def harmless(text: str) -> bool:
    """Whether a text is no secret whatever it is called."""
    return bool(_HARMLESS.fullmatch(text.strip()))
