"""Text that others wrote -> one line without credentials, and without what a terminal or CI would obey."""

from __future__ import annotations

import re

LONGEST = 400  # characters of one line
_READ = 2000  # characters that are read; a log line may have 256 kB
_REASON = 8000  # of why something failed
_COMMAND = re.compile(r"##(?=\w*\[)")

# The `:` of an ARN and of an action is no assignment: in these a secret is only named.
_KEY = r"(?i)(?<![\w:/-])([\w-]{0,40}(?:%s)[\w-]{0,40}%s)(?!<)"
_KEY += r"(\\+\"[^\"\\]*(?:\\+\")?|\"[^\"]*\"?|'[^']*'?|[^\s,;&}\"']+)"
_PLAIN = r"passw(?:or)?d|passphrase|pwd|[_-]pass(?![a-z])|(?:api|access|account|private)[_-]?key"
_NAMED = r"secret|token|credential|authorization|cookie|signature"
_QUOTE = r"\\{0,7}[\"']"  # escaped as often as JSON is inside of JSON
# What looks like a credential. A log may hold others; it is shown to who deploys, who may read it anyway.
_SECRETS = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b", "<access key>"),
        (r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*", "<token>"),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", "<private key>"),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}", r"\1 <...>"),
        (r"(://[^\s:/@]{0,200}:)\S+(@)", r"\1<...>\2"),
        (r"\b(gh[a-z]_|github_pat_|glpat-|xox[a-z]-|[rs]k_(?:live|test)_)[\w-]{10,}", "<token>"),
        (_KEY % (_PLAIN, rf"(?:{_QUOTE})?\s*(?:=>|[:=])\s*"), r"\1<...>"),
        (_KEY % (_NAMED, rf"(?:{_QUOTE}\s*:\s*|:\s+|(?:{_QUOTE})?\s*=>?\s*)"), r"\1<...>"),
        (r"(?i)((?<!\S)--?(?:password|passwd|token|secret)\s+)[^\s<-]\S*", r"\1<...>"),
        # As secret access keys are: letters of both kinds and digits, which a commit's hash has not.
        (
            r"(?<![\w/+=-])(?=\S{0,39}[A-Z])(?=\S{0,39}[a-z])(?=\S{0,39}\d)[A-Za-z0-9/+]{40}(?![\w/+=-])",
            "<secret key>",
        ),
        (r"[A-Za-z0-9+/_-]{100,}=*", "<...>"),
        # A line of its own, as those of a key file are.
        (r"^[A-Za-z0-9+/]{40,}={0,2}$", "<...>"),
    )
)


def told(text: str) -> str:
    """At most LONGEST characters, without what looks like a key, a password or an encoded blob."""
    line = safe(text, _READ)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def safe(text: str, most: int = _REASON) -> str:
    """The same for what explains a failure, which is only cut after `most` characters."""
    line = plain(text[:most])
    if len(text) > most:  # the last word may be part of a key that is not seen whole
        line = line.rpartition(" ")[0] or "<...>"
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line


def plain(text: str) -> str:
    """One line that no terminal and no runner obeys, with everything that can be read in it."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    # Runners of GitHub, Azure and TeamCity obey commands of this form wherever they stand in a line.
    return _COMMAND.sub("# #", line)
