"""What Lambda itself needs of a function's role, and the functions that Formwork ships."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from awacs import ec2, kms, logs
from awacs.aws import Condition, Deny, Null, Statement
from troposphere import GetAtt, Ref, awslambda
from troposphere.logs import LogGroup

from compiler import shipped
from compiler.blocks import iam
from compiler.blocks.gaps import LoggingConfig
from compiler.blocks.logs import log_group
from compiler.model import Path
from compiler.scope import Scope

# Source: managed policy AWSLambdaVPCAccessExecutionRole. These actions know no resources.
ATTACH = (
    ec2.CreateNetworkInterface,
    ec2.DescribeNetworkInterfaces,
    ec2.DescribeSubnets,
    ec2.DeleteNetworkInterface,
    ec2.AssignPrivateIpAddresses,
    ec2.UnassignPrivateIpAddresses,
)


def write_logs(group: LogGroup) -> Statement:
    """Lets the function write into its own log group."""
    (statement,) = iam.because(
        "writes the lines of its log",
        iam.allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(group, "Arn")),
    )
    return statement


def attach() -> Iterator[Statement]:
    """Lambda attaches the function to the VPC with the function's role; its code must not do so.

    Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": calls that
    the code makes carry `lambda:SourceFunctionArn`, those of the service do not.
    """
    yield from iam.because("Lambda attaches it to the VPC with its own role", iam.allow(ATTACH, "*"))
    by_code = Condition(Null({"lambda:SourceFunctionArn": False}))
    actions = sorted(ATTACH, key=lambda action: action.JSONrepr())
    denied = Statement(Effect=Deny, Action=actions, Resource=["*"], Condition=by_code)
    yield from iam.because("what Lambda needs to attach it, its own code must not do", denied)


@dataclass(frozen=True)
class Shipped:
    """A function of `compiler/shipped/`, and what it takes to run it for one component."""

    name: str  # the folder
    part: str  # what its resources are called after the component's name
    summary: str
    timeout: int  # seconds
    statements: Sequence[Statement]
    environment: Mapping[str, Any]
    libraries: Iterable[str] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)  # packed beside its code
    network: Mapping[str, Any] | None = None  # its place in the VPC: `VpcConfig`, and what comes first


MEMORY = 256  # MiB


def add_shipped(wanted: Shipped, scope: Scope, *, path: Path = ()) -> awslambda.Function:
    """Adds the function, its environment encrypted, with a log group and a role of its own."""
    group, key = log_group(scope, f"{wanted.part}LogGroup"), scope.key("data")
    package = scope.ship(wanted.name, wanted.libraries, wanted.files)
    encrypted = {"KmsKeyArn": key} if key is not None else {}
    return scope.add(
        awslambda.Function(
            scope.id(f"{wanted.part}Function"),
            Description=wanted.summary,
            Code=awslambda.Code(S3Bucket=package.bucket, S3Key=package.key),
            Runtime=shipped.RUNTIME,
            Handler=f"{wanted.name}.app.handler",
            Role=GetAtt(_role(wanted, scope, group), "Arn"),
            Architectures=["arm64"],
            MemorySize=MEMORY,
            Timeout=wanted.timeout,
            LoggingConfig=LoggingConfig(LogGroup=Ref(group), LogFormat="JSON", ApplicationLogLevel="INFO"),
            Environment=awslambda.Environment(Variables=dict(wanted.environment)),
            **encrypted,
            **(wanted.network or {}),
        ),
        path=path,
    )


def _role(wanted: Shipped, scope: Scope, group: LogGroup) -> Any:
    needed = [write_logs(group), *(attach() if wanted.network else ())]
    needed += iam.because(
        "its environment is encrypted", *iam.use_key(scope.key("data"), [kms.Decrypt], "lambda")
    )
    work = iam.because(wanted.summary[:1].lower() + wanted.summary[1:], *wanted.statements)
    return iam.role(
        scope,
        f"{wanted.part}Role",
        "lambda.amazonaws.com",
        [*needed, *work],
        description=f"What the {wanted.name} of {scope.component.name} may do",
    )
