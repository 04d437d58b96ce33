"""What PostgreSQL keeps of a password, made here, so that the password itself is in no statement and no log.

RDS writes statements such as ALTER ROLE to the log (`log_statement: ddl`), whatever they hold.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode

ITERATIONS = 4096  # Source: PostgreSQL 17, "scram_iterations", the default.
SALT_BYTES = 16


def verifier(password: str, salt: bytes) -> str:
    """`SCRAM-SHA-256$4096:<salt>$<stored key>:<server key>`, for a password of ASCII characters.

    Source: RFC 5803 and PostgreSQL 17, "pg_authid". ValueError for other characters, which would have to be
    normalized first.
    """
    if not password.isascii():
        raise ValueError("a password of ASCII characters is needed")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
