"""What users may write of CORS: which web pages may call the API from a browser."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from compiler.kind import Record, about
from compiler.units import DURATION

Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:\*|[a-z][a-z0-9+.-]*://[^/\s]+)$",
        extra_json_schema={"x-form": "an origin such as https://console.example.com, without a path, or *"},
    ),
]
Method = Literal["*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
Texts = Annotated[list[str], msgspec.Meta(max_length=100)]


class ApiCors(Record, kw_only=True):
    """Which web pages may call the API from a browser."""

    allow_origins: Annotated[
        list[Origin],
        about(
            "Where those pages come from, or * for everywhere.",
            examples=[["https://console.example.com"]],
            min_length=1,
            max_length=100,
        ),
    ]
    allow_methods: Annotated[
        list[Method],
        about("The methods they may use; without it, those of the routes.", examples=[["GET", "POST"]]),
    ] = []
    allow_headers: Annotated[
        Texts,
        about(
            "The headers they may send; without it, what JSON, signed requests and the authorizers need.",
            examples=[["authorization", "content-type"]],
        ),
    ] = []
    expose_headers: Annotated[
        Texts, about("The headers of an answer they may read.", examples=[["x-request-id"]])
    ] = []
    allow_credentials: Annotated[
        bool, about("Whether browsers send cookies; then nothing may be *.", examples=[True])
    ] = False
    max_age: Annotated[
        str,
        about("How long browsers remember this.", examples=["1h"], minimum="0s", maximum="1d", **DURATION),
    ] = "1h"
