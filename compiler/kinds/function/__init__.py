"""Lambda functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from compiler.alarm import Alarm, Quota, usage
from compiler.kind import ConsumerSpec, Kind, Problem, Verb, about
from compiler.kinds.function import checks, watching
from compiler.kinds.function.existing import ExistingFunction
from compiler.kinds.function.spec import MOST_LAYERS, FunctionLayer, FunctionSchedule, LayerArn
from compiler.kinds.function.use import FunctionUsage
from compiler.model import Component, Platform
from compiler.units import DURATION, SIZE

# Those that AWS still maintains for half a year or more.
# Source: Lambda developer guide, "Lambda runtimes", as in cfn-lint 1.58's LmbdRuntimeLifecycle.json, 2026-11.
Runtime = Literal[
    "python3.11", "python3.12", "python3.13", "python3.14", "nodejs22.x", "nodejs24.x",
    "java17", "java21", "java25", "dotnet10", "ruby3.4", "ruby4.0", "provided.al2023",
]  # fmt: skip

VariableName = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z][A-Za-z0-9_]+$",
        extra_json_schema={
            "x-form": "a variable name such as LOG_LEVEL: a letter, then at least one letter, digit or _"
        },
    ),
]


class Function(ConsumerSpec, kw_only=True):
    """A Lambda function with its own role and log group; inside the VPC only when a connection needs it."""

    existing: Annotated[
        ExistingFunction | None,
        about("The function to use instead of making one.", examples=[{"name": "price-list"}]),
    ] = None
    runtime: Annotated[
        Runtime | None,
        about("What runs the code; no function is made without it.", examples=["python3.13"]),
    ] = None
    handler: (
        Annotated[
            str,
            about(
                "What is called: `<module>.<function>`; inline source is the module `index`.",
                examples=["app.handler"],
                pattern=r"^[^\s.]+(?:\.[^\s.]+)*$",
                form="a handler such as app.handler, without spaces or empty parts",
                max_length=128,
            ),
        ]
        | None
    ) = None
    code: (
        Annotated[
            str,
            about(
                "The folder with the code, seen from the spec; it is packed as it is.",
                examples=["../src/device_api"],
                min_length=1,
            ),
        ]
        | None
    ) = None
    inline: (
        Annotated[
            str,
            about(
                "The source text itself, for a few lines of python or nodejs.",
                examples=["def handler(event, context):\n    return event\n"],
                min_length=1,
            ),
        ]
        | None
    ) = None
    description: Annotated[
        str, about("One line on what it does.", examples=["Takes telemetry in"], max_length=256)
    ] = ""
    architecture: Annotated[
        Literal["arm64", "x86_64"],
        about("The processor; arm64 costs a fifth less.", examples=["arm64"]),
    ] = "arm64"
    memory: Annotated[
        int, about("MiB of memory; processor time grows with it.", examples=[256], ge=128, le=10240)
    ] = 256
    timeout: Annotated[
        str,
        about("The longest a call may take.", examples=["30s"], minimum="1s", maximum="15m", **DURATION),
    ] = "30s"
    ephemeral_storage: Annotated[
        str,
        about(
            "The size of /tmp, in whole MiB.",
            examples=["1GiB"],
            minimum="512MiB",
            maximum="10GiB",
            **SIZE,
        ),
    ] = "512MiB"
    reserved_concurrency: (
        Annotated[
            int,
            about(
                "Calls at one time that are kept for it, and the most it gets.",
                examples=[10],
                ge=0,
                le=100_000,
            ),
        ]
        | None
    ) = None
    publish: Annotated[
        bool,
        about(
            "Whether each change becomes a version, which callers reach as `live`; until it is complete they "
            "reach the one before.",
            examples=[True],
        ),
    ] = False
    provisioned_concurrency: (
        Annotated[
            int,
            about(
                "Calls at one time that never wait for a start; billed all day. Needs `publish`.",
                examples=[5],
                ge=1,
                le=100_000,
            ),
        ]
        | None
    ) = None
    layers: Annotated[
        list[LayerArn | FunctionLayer],
        about(
            "Layers with code that functions share, in the order in which they are laid over each other.",
            examples=[[{"name": "shared-libraries", "version": 3}]],
            max_length=MOST_LAYERS,
        ),
    ] = []
    schedule: Annotated[
        str | FunctionSchedule | None,
        about(
            "When the function is called: an expression, or a mapping with more.",
            examples=["rate(5 minutes)", {"expression": "cron(0 3 * * ? *)", "timezone": "Europe/Berlin"}],
        ),
    ] = None
    environment: Annotated[
        dict[VariableName, str],
        about("Environment variables, beside those of the connections.", examples=[{"LOG_LEVEL": "info"}]),
    ] = {}
    encrypt_environment: Annotated[
        bool,
        about(
            "Whether the platform's key encrypts the environment variables; otherwise AWS's own does.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    log_level: Annotated[
        Literal["trace", "debug", "info", "warn", "error", "fatal"],
        about("The least important messages of the code that are kept.", examples=["info"]),
    ] = "info"
    tracing: Annotated[
        bool,
        about(
            "Whether X-Ray follows its calls.",
            examples=[True],
            profiles={"production": True},
        ),
    ] = False
    usage: Annotated[
        FunctionUsage | None,
        about(
            "How often the function runs in a month, for the estimate of what it costs.",
            examples=[{"requests": 30000000, "duration": "40ms"}],
        ),
    ] = None


def _check(component: Component, platform: Platform) -> Iterable[Problem]:
    assert isinstance(component.spec, Function)
    return checks.check(component.spec, component, platform)


def _alarms(component: Component, platform: Platform) -> Iterable[Alarm]:
    assert isinstance(component.spec, Function)
    return watching.alarms(component.spec, component, platform)


# Source: Lambda developer guide, "Understanding Lambda function scaling"; its metric of `AWS/Usage`.
CONCURRENCY = Quota(
    "lambda-concurrency",
    "Without concurrency functions are not called.",
    usage("Lambda", "ConcurrentExecutions"),
)

KIND = Kind(
    name="function",
    section="functions",
    spec=Function,
    layer="compute",
    summary="Lambda functions, by name.",
    verbs={
        "invoke": Verb(
            "call the function",
            environment={"FUNCTION_NAME": "call_as"},
            calls=("lambda",),
        ),
        "route": Verb("let an API send requests to the function", derived_only=True),
        "delegate": Verb("let an API ask the function who may call it", derived_only=True),
    },
    accepts=frozenset({"stream", "queue", "topic", "bucket", "event_bus"}),
    check=_check,
    alarms=_alarms,
    quotas=(CONCURRENCY,),
    availability=lambda component, platform: ("unknown_inside",) if component.adopted else ("lambda",),
)
