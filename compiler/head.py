"""What people write about the platform itself and its environments, in no section of a kind."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from compiler.kind import REGION, Record, about
from compiler.model import Profile
from compiler.units import DURATION

# These limits keep every stack name inside AWS's own; a physical name with a part behind the component's can
# still be too long, which building says (E213).
COMPONENT_NAME = {
    "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "maxLength": 32,
    "x-form": "a name in kebab-case: lower-case letters, digits and single hyphens, starting with a letter",
}

Region = Annotated[
    str,
    msgspec.Meta(pattern=REGION["pattern"], extra_json_schema={"x-form": REGION["form"]}),
]
# Source: Tagging AWS resources user guide, "Tag naming limits and requirements", 2026.
TagName = Annotated[
    str,
    msgspec.Meta(
        pattern="^(?!aws:)[A-Za-z0-9 _.:/=+@-]{1,128}$",
        extra_json_schema={"x-form": "1 to 128 letters, digits, spaces or _.:/=+@-, not beginning with aws:"},
    ),
]
Tags = Annotated[dict[TagName, Annotated[str, msgspec.Meta(max_length=256)]], msgspec.Meta(max_length=40)]


class Waiver(Record):
    """Leave to break a rule for a while; expired and unused ones are errors."""

    rule: Annotated[
        str,
        about(
            "The rule, by the code of its message.",
            examples=["N013"],
            pattern="^[A-Z][0-9]{3,4}$",
            form="the code of a rule, such as N013",
        ),
    ]
    reason: Annotated[
        str,
        about(
            "Why, for whoever reads the review.",
            examples=["the test account has no elastic IP addresses left"],
            min_length=10,
        ),
    ]
    expires: Annotated[
        str,
        about(
            "The last day on which it holds.",
            examples=["2027-03-01"],
            pattern="^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
            form="a date such as 2027-03-01",
        ),
    ]
    component: (
        Annotated[
            str,
            about("The only component that it is for; without it, all of the platform.", examples=["ingest"]),
        ]
        | None
    ) = None


class Budget(Record):
    """What an environment may cost; compared with the expected costs of `formwork cost`."""

    monthly_usd: Annotated[float, about("The most in a month, in USD before taxes.", examples=[900], gt=0)]
    on_excess: Annotated[
        Literal["warn", "fail"],
        about("Whether exceeding it stops the build or is only told.", examples=["warn"]),
    ] = "fail"


Names = Literal["all"] | Annotated[list[str], msgspec.Meta(min_length=1)]


class Check(Record):
    """What must be so after a deployment: an answer over HTTP, services whose tasks run, or silent alarms."""

    http: Annotated[
        str | None,
        about(
            "Who is asked: a component with an endpoint, or a URL that begins with https://.",
            examples=["devices", "https://shop.example.com"],
        ),
    ] = None
    path: Annotated[
        str,
        about(
            "What is asked for, with GET.",
            examples=["/health"],
            pattern="^/[^ ]*$",
            form="a path that begins with a slash",
        ),
    ] = "/"
    status: Annotated[
        int, about("The status of the answer that is wanted.", examples=[200], ge=100, le=599)
    ] = 200
    contains: Annotated[str, about("Text that the answer must hold.", examples=['"ok"'])] = ""
    services: Annotated[
        Names | None, about("Services whose tasks must all run, or `all`.", examples=["all", ["ingest"]])
    ] = None
    alarms: Annotated[
        Names | None,
        about("Components none of whose alarms may ring, or `all`.", examples=["all", ["telemetry"]]),
    ] = None
    within: Annotated[
        str, about("How long it may take to come true.", examples=["5m"], maximum="2h", **DURATION)
    ] = "5m"
    watch: Annotated[
        str,
        about("How long it must then stay true.", examples=["10m"], maximum="2h", **DURATION),
    ] = "0s"


Target = Annotated[float, msgspec.Meta(gt=0, lt=100, extra_json_schema={"x-form": "a percentage below 100"})]


class Environment(Record):
    """One deployment of the platform; any section may be repeated here to change it for this environment."""

    profile: Annotated[
        Profile,
        about("The set of defaults this environment starts from.", examples=["production"]),
    ]
    account: (
        Annotated[
            str,
            about(
                "The AWS account it belongs to; deploying anywhere else is refused.",
                examples=["111122223333"],
                pattern="^[0-9]{12}$",
                form="an account id of 12 digits, in quotes",
            ),
        ]
        | None
    ) = None
    waivers: Annotated[
        list[Waiver],
        about(
            "Rules that this environment may break, each for a reason and until a day.",
            examples=[[{"rule": "N013", "reason": "one gateway will do until May", "expires": "2027-03-01"}]],
        ),
    ] = []
    budget: Annotated[
        Budget | None,
        about("What the environment may cost.", examples=[{"monthly_usd": 900}]),
    ] = None
    availability_target: (
        Annotated[
            Target | dict[str, Target],
            about(
                "The percentage of a month in which requests must be answered: of all request paths, or by "
                "the component that begins one. Compared with what AWS promises for what is on the path.",
                examples=[99.9, {"devices": 99.9}],
            ),
        ]
        | None
    ) = None
    checks: Annotated[
        dict[str, Check],
        about(
            "What must be so after a deployment, by name; else what holds no data goes back to the last "
            "deployment that passed.",
            examples=[{"answers": {"http": "devices", "path": "/health"}}],
        ),
    ] = {}
    execution_role: (
        Annotated[
            str,
            about(
                "The IAM role that CloudFormation acts with there, instead of the caller's own permissions; "
                "`formwork deploy-role` makes one. `--role-arn` takes its place.",
                examples=["arn:aws:iam::111122223333:role/iot-platform-execution"],
                pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$",
                form="the ARN of a role such as arn:aws:iam::123456789012:role/name",
            ),
        ]
        | None
    ) = None
    region: Annotated[Region, about("Replaces the platform's region.", examples=["us-west-2"])] | None = None
    tags: Annotated[Tags, about("Tags added for this environment.", examples=[{"stage": "test"}])] = {}


class Head(Record):
    """A platform: components that belong together, and the environments they are deployed to."""

    schema_version: Annotated[Literal[1], about("The version of the spec language.", examples=[1])]
    platform: Annotated[
        str,
        about(
            "The platform's name, the first part of every stack name.",
            examples=["iot-platform"],
            pattern=COMPONENT_NAME["pattern"],
            form=COMPONENT_NAME["x-form"],
            max_length=20,
        ),
    ]
    region: Annotated[Region, about("The AWS region to deploy to.", examples=["us-east-1"])]
    environments: Annotated[
        dict[str, Environment],
        about(
            "Where the platform is deployed, by name.", examples=[{"dev": {"profile": "dev"}}], min_length=1
        ),
    ]
    description: Annotated[str, about("One line on what it is for.", examples=["Telemetry of machines"])] = ""
    tags: Annotated[Tags, about("Tags on everything.", examples=[{"owner": "platform-team"}])] = {}
