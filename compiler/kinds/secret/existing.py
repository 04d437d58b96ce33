"""How the spec names a secret that exists already."""

from __future__ import annotations

from typing import Annotated

from compiler.kind import Existing, about


class ExistingSecret(Existing, kw_only=True):
    """A secret of the platform's account and region."""

    name: Annotated[
        str,
        about(
            "The secret's name as its ARN ends: with the six characters that Secrets Manager adds.",
            examples=["shop/signing-key-a1B2c3"],
            pattern="^[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$",
            form="the end of a secret's ARN, such as shop/signing-key-a1B2c3",
        ),
    ]
