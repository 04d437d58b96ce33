"""Text that others wrote -> one line without credentials, and without what a terminal or CI would obey."""

from __future__ import annotations

import re

LONGEST = 400  # characters of one line

# What looks like a credential. A log may hold others; it is shown to who deploys, who may read it anyway.
_SECRETS = (
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b"), "<access key>"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), "<token>"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*"), "<private key>"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 <...>"),
    (re.compile(r"(?i)(://[^\s:/@]*:)[^\s@/]+(@)"), r"\1<...>\2"),
    (
        re.compile(
            r"(?i)([\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|credential|authorization)"
            r"[\w-]*[\"']?\s*[:=]\s*)(?!<)(\"[^\"]*\"|'[^']*'|[^\s,;&}\"']+)"
        ),
        r"\1<...>",
    ),
    (re.compile(r"[A-Za-z0-9+/_-]{100,}=*"), "<...>"),
)


def told(text: str) -> str:
    """At most LONGEST characters, without what looks like a key, a password or an encoded blob."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    # GitHub's runner obeys commands of this old form wherever they stand in a line.
    line = line.replace("##[", "# #[")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
