"""What is killed: each command on a small platform that has all that can be left half done."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from compiler.assembly import Assembly, Asset, Stack, sha256
from compiler.commands.plan import keep
from compiler.commands.plan_files import read_plan
from compiler.deploy import bootstrap, destroy, discard, execute, plan, resume
from compiler.deploy.wishes import Wishes
from tests.fakes import a_stack, an_assembly
from tests.killing import AWAY, Place, Scenario

CODE = b"some code"
ASSET = Asset(f"{sha256(CODE)}.zip", CODE, "work")


def _stack(called: str, resources: dict[str, Any], *rest: Any, large: bool = False, **facts: Any) -> Stack:
    made = a_stack(called, {name: {} for name in resources}, *rest, **facts)
    template = {**made.template, "Resources": resources}
    if large:
        template["Metadata"] = {"Padding": "x" * bootstrap.INLINE_LIMIT}
    return replace(made, template=template)


def _topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def _parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def _dawdling(value: str, slow: bool) -> dict[str, Any]:
    return {"Slow": _topic(DisplayName=value)} if slow else {}


def shop(
    topic: str = "keys-1", setting: str = "one", compute: bool = True, slow: bool = False, **facts: Any
) -> Assembly:
    """Four stacks with wires, one of them large, one with an asset, one in another region."""
    foundation = _stack(
        "shop-foundation",
        {"Key": _topic(TopicName=topic), "Setting": _parameter(setting), **_dawdling(setting, slow)},
        {"KeyArn": {"Ref": "Key"}, "SettingValue": {"Fn::GetAtt": ["Setting", "Value"]}},
        stateful=("Key",),
    )
    data = _stack(
        "shop-data",
        {
            "Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
            "Name": _parameter({"Ref": "KeyArn"}),
            "Label": _topic(DisplayName={"Fn::Sub": f"{setting} and ${{SettingValue}}"}),
        },
        {"OrdersArn": {"Fn::GetAtt": ["Orders", "Arn"]}},
        {"KeyArn": "shop-foundation.KeyArn", "SettingValue": "shop-foundation.SettingValue"},
        large=True,
    )
    work = _stack(
        "shop-compute",
        {
            "Work": _parameter({"Fn::Sub": "${Assets}/" + ASSET.key}),
            **_dawdling("work", slow),
            "Orders": _parameter({"Ref": "OrdersArn"}),
        },
        {},
        {"Assets": f"bootstrap.{bootstrap.BUCKET_OUTPUT}", "OrdersArn": "shop-data.OrdersArn"},
    )
    replica = _stack(
        "shop-replica",
        {"Copy": _parameter({"Ref": "KeyArn"})},
        {},
        {"KeyArn": "shop-foundation.KeyArn"},
        region=AWAY,
    )
    stacks = (foundation, data, *((work,) if compute else ()), replica)
    return an_assembly(*stacks, assets=(ASSET,) if compute else (), **facts)


PRODUCTION = {"profile": "production"}


def nothing(place: Place) -> None:
    """An empty account."""


def deploy(assembly: Assembly) -> Any:
    """`formwork deploy`: planned and run."""

    def command(place: Place) -> None:
        with plan.make(assembly, place.door, place.clock, wishes=Wishes(alone=True)) as prepared:
            list(execute.run(prepared))

    return command


def destroyed(assembly: Assembly) -> Any:
    """`formwork destroy`."""

    def command(place: Place) -> None:
        list(destroy.run(destroy.plan(assembly, place.door, place.clock)))

    return command


def kept(assembly: Assembly) -> Any:
    """`formwork plan --out`: the change sets stay, and a file says so."""

    def command(place: Place) -> None:
        options = Namespace(
            out=_file(place),
            expires=None,
            role_arn=None,
            express=False,
            revert_drift=False,
            imports=[],
            spec=f"{place.folder}/shop.yaml",
        )
        keep(options, assembly, place.door, place.clock)

    return command


def run_kept(place: Place) -> None:
    """`formwork deploy --plan`."""
    reviewed = read_plan(_file(place))
    list(execute.run(resume.resume(reviewed, place.door, datetime.now(UTC), place.clock)))


def discarded(place: Place) -> None:
    """`formwork plan --discard`."""
    discard.discard(read_plan(_file(place), to_run=False), place.door, place.clock)


def looked(assembly: Assembly) -> Any:
    """`formwork plan`: nothing stays."""

    def command(place: Place) -> None:
        with plan.make(assembly, place.door, place.clock):
            pass

    return command


def killed(assembly: Assembly) -> Any:
    """A deployment of which nothing but the change sets was made."""

    def command(place: Place) -> None:
        plan.make(assembly, place.door, place.clock).keep()

    return command


def after(*commands: Any) -> Any:
    """One after the other."""

    def command(place: Place) -> None:
        for each in commands:
            each(place)

    return command


def _file(place: Place) -> str:
    return f"{place.folder}/plan.json"


FIRST = shop(**PRODUCTION)
LATER = shop("keys-2", "two", **PRODUCTION)
SMALLER = shop(compute=False, **PRODUCTION)
SLOW, SLOWER = shop(slow=True), shop("keys-2", "two", compute=False, slow=True)
SCENARIOS = (
    Scenario("first deploy", nothing, deploy(FIRST), every=True),
    Scenario("update", deploy(FIRST), deploy(LATER)),
    Scenario("removal", deploy(FIRST), deploy(SMALLER)),
    Scenario("destroy", deploy(shop()), destroyed(shop()), "nothing to destroy"),
    Scenario("slow update", deploy(SLOW), deploy(SLOWER), slow=True),
    Scenario("slow destroy", deploy(SLOW), destroyed(SLOW), "nothing to destroy", slow=True),
    Scenario("plan", deploy(FIRST), looked(LATER)),
    Scenario("plan --out", deploy(FIRST), kept(LATER)),
    Scenario("plan --out over another", after(deploy(FIRST), kept(SMALLER)), kept(LATER)),
    Scenario("deploy --plan", after(deploy(FIRST), kept(LATER)), run_kept),
    Scenario("first deploy --plan", kept(FIRST), run_kept),
    Scenario("plan --discard", kept(FIRST), discarded),
    Scenario("deploy after a killed one", after(deploy(FIRST), killed(LATER)), deploy(FIRST)),
    Scenario("first deploy after a killed one", killed(FIRST), deploy(SMALLER)),
)
