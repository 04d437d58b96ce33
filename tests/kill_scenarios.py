"""What is killed: each command on a small platform that has all that can be left half done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compiler.assembly import Assembly, Asset, Stack, sha256
from compiler.deploy import bootstrap, destroy, execute, plan
from tests.fakes import a_stack, an_assembly
from tests.killing import AWAY, Place, Scenario

CODE = b"some code"
ASSET = Asset(f"{sha256(CODE)}.zip", CODE, "work")


def _stack(name: str, resources: dict[str, Any], *rest: Any, large: bool = False, **facts: Any) -> Stack:
    made = a_stack(name, dict.fromkeys(resources, {}), *rest, **facts)
    template = {**made.template, "Resources": resources}
    if large:
        template["Metadata"] = {"Padding": "x" * bootstrap.INLINE_LIMIT}
    return replace(made, template=template)


def _topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def _parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def shop(topic: str = "keys-1", setting: str = "one", compute: bool = True, **facts: Any) -> Assembly:
    """Four stacks with wires, one of them large, one with an asset, one in another region."""
    foundation = _stack(
        "shop-foundation",
        {"Key": _topic(TopicName=topic), "Setting": _parameter(setting)},
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
        with plan.make(assembly, place.door, place.clock, alone=True) as prepared:
            list(execute.run(prepared))

    return command


def destroyed(assembly: Assembly) -> Any:
    """`formwork destroy`."""

    def command(place: Place) -> None:
        list(destroy.run(destroy.plan(assembly, place.door, place.clock)))

    return command


FIRST = shop(**PRODUCTION)
SCENARIOS = (
    Scenario("first deploy", nothing, deploy(FIRST)),
    Scenario("update", deploy(FIRST), deploy(shop("keys-2", "two", **PRODUCTION))),
    Scenario("removal", deploy(FIRST), deploy(shop(compute=False, **PRODUCTION))),
    Scenario("destroy", deploy(shop()), destroyed(shop()), "nothing to destroy"),
)
