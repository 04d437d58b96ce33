"""Text that others wrote -> one line without credentials, and without what a terminal or CI would obey."""

from __future__ import annotations

import re

LONGEST = 400  # characters of one line
_READ = 2000  # characters that are read; a log line may have 256 kB

# The `:` of an ARN and of an action is no assignment: in these a secret is only named.
_KEY = r"(?i)(?<![\w:/-])([\w-]{0,40}(?:%s)[\w-]{0,40}%s)(?!<)(\"[^\"]*\"?|'[^']*'?|[^\s,;&}\"']+)"
_PLAIN = r"passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key"
_NAMED = r"secret|token|credential|authorization"
# What looks like a credential. A log may hold others; it is shown to who deploys, who may read it anyway.
_SECRETS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b", "<access key>"),
        (r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*", "<token>"),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", "<private key>"),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}", r"\1 <...>"),
        (r"(://[^\s:/@]{0,200}:)[^\s@/]+(@)", r"\1<...>\2"),
        (_KEY % (_PLAIN, r"[\"']?\s*[:=]\s*"), r"\1<...>"),
        (_KEY % (_NAMED, r"(?:[\"']\s*:\s*|:\s+|[\"']?\s*=\s*)"), r"\1<...>"),
        (r"[A-Za-z0-9+/_-]{100,}=*", "<...>"),
        # A line of its own, as those of a key file are.
        (r"^[A-Za-z0-9+/]{40,}={0,2}$", "<...>"),
    )
)


def told(text: str) -> str:
    """At most LONGEST characters, without what looks like a key, a password or an encoded blob."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:_READ]).split())
    if len(text) > _READ:  # the last word may be part of a key that is not seen whole
        line = line.rpartition(" ")[0] or "<...>"
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    # GitHub's runner obeys commands of this old form wherever they stand in a line.
    line = line.replace("##[", "# #[")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
