"""`formwork deploy-role SPEC --trust ...`: a template of the roles with which CI deploys the platform."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compiler import pipeline
from compiler.assembly import dumps
from compiler.commands.code import sources
from compiler.commands.files import write_file
from compiler.commands.options import environment_option, spec_argument
from compiler.document import read
from compiler.exits import FINE, UserError

if TYPE_CHECKING:
    from compiler.permissions.ground import Ground

FORMATS = ("yaml", "json")
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_POLICY = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[\w+=,.@/-]+")


def arguments(parser: argparse.ArgumentParser) -> None:
    """SPEC, --env, --trust, what the roles may do beside what the spec tells, --out, --format."""
    spec_argument(parser)
    environment_option(parser)
    parser.add_argument(
        "--trust",
        metavar="WHOM",
        action="append",
        required=True,
        help="github:ORG/REPO[:ref:REF|:environment:NAME] or gitlab:GROUP/PROJECT[:ref:REF]; may be repeated",
    )
    parser.add_argument(
        "--existing-provider", action="store_true", help="the account has the OIDC provider already"
    )
    parser.add_argument("--permissions-boundary", metavar="ARN", help="a policy that bounds both roles")
    parser.add_argument(
        "--allow",
        metavar="ACTION",
        action="append",
        default=[],
        help="a further action for CloudFormation, for types that no provider schema tells of",
    )
    parser.add_argument(
        "--drift", action="store_true", help="CI also runs `formwork drift`: let it look at every resource"
    )
    parser.add_argument("--out", metavar="FILE", help="write it to FILE, as JSON when that ends in .json")
    parser.add_argument("--format", choices=FORMATS, help="how to print (default: yaml)")


def run(options: argparse.Namespace) -> int:
    """Prints or writes the template; says how to deploy it."""
    from compiler.permissions.ground import ground  # late, as the template: troposphere costs 70 ms
    from compiler.permissions.template import Wishes, template
    from compiler.permissions.trust import trust

    trusts = tuple(dict.fromkeys(trust(each) for each in options.trust))
    _check(options)
    document, packages = read(options.spec), sources(options.spec)
    names = (options.env,) if options.env else pipeline.environments(document)
    built = [pipeline.compile_with_draft(document, name, packages) for name in names]
    found = ground(built, options.env)
    wishes = Wishes(
        trusts,
        options.existing_provider,
        options.permissions_boundary,
        tuple(sorted(set(options.allow))),
        options.drift,
    )
    made = template(found, wishes)
    text = _text(made, options)
    if options.out:
        write_file(options.out, text.encode())
        print(_told(made, found, options.out))
    else:
        sys.stdout.write(text)
    return FINE


def _check(options: argparse.Namespace) -> None:
    for action in options.allow:
        if not _ACTION.fullmatch(action):
            raise UserError(f"--allow '{action}' is no action; write it as service:Action, without wildcards")
    boundary = options.permissions_boundary
    if boundary is not None and not _POLICY.fullmatch(boundary):
        raise UserError(
            f"--permissions-boundary '{boundary}' is not the ARN of a policy; "
            "give it as arn:aws:iam::123456789012:policy/name"
        )


def _text(made: Mapping[str, Any], options: argparse.Namespace) -> str:
    named = "json" if str(options.out or "").endswith(".json") else "yaml"
    if (options.format or named) == "json":
        return dumps(made)
    import yaml

    found: str = yaml.safe_dump(made, sort_keys=True, width=110, allow_unicode=True)
    return found


def _told(made: Mapping[str, Any], found: Ground, out: str) -> str:
    policies = sum(body["Type"] == "AWS::IAM::ManagedPolicy" for body in made["Resources"].values())
    return (
        f"{out}: two roles for {found.called}; {policies} policies for {len(found.types)} resource types\n"
        f"deploy it once, as an administrator:\n"
        f"  aws cloudformation deploy --stack-name formwork-roles-{found.called} --template-file {out} "
        f"--capabilities CAPABILITY_NAMED_IAM\n"
        f"then CI takes on DeployRoleArn, and runs `formwork deploy --role-arn` with ExecutionRoleArn"
    )
