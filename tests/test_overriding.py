"""Patches to single resources: applied as written, with their reason, or refused with what to do."""

import pytest

from tests.specs import compiled, problems, resources

QUEUE = """\
queues:
  orders:
    overrides:
      - resource: {resource}
        patch: [{patch}]
        reason: "the legacy consumer takes no more"
"""
SIZE = "{op: add, path: /Properties/MaximumMessageSize, value: 65536}"


def test_a_patch_changes_its_resource_and_says_why() -> None:
    queue = resources(compiled(QUEUE.format(resource="OrdersQueue", patch=SIZE)), "AWS::SQS::Queue")[
        "OrdersQueue"
    ]
    assert queue["Properties"]["MaximumMessageSize"] == 65536
    assert queue["Metadata"] == {"FormworkOverrides": ["the legacy consumer takes no more"]}


def test_nothing_else_changes() -> None:
    plain, patched = (
        resources(compiled(spec), "AWS::SQS::Queue")
        for spec in ("queues: {orders: {}}\n", QUEUE.format(resource="OrdersQueue", patch=SIZE))
    )
    changed = patched["OrdersQueue"]
    del changed["Metadata"], changed["Properties"]["MaximumMessageSize"]
    assert patched == plain


@pytest.mark.parametrize(
    "patch",
    [
        "{op: replace, path: /Properties/MaximumMessageSize, value: 1024}",
        "{op: remove, path: /Properties/MaximumMessageSize}",
        "{op: test, path: /Properties/SqsManagedSseEnabled, value: 7}",
        "{op: add, path: /Properties/Tags/99/Key, value: x}",
        "{op: test, path: /Properties/Nope, value: 7}",
    ],
)
def test_a_patch_that_no_longer_fits_stops_the_build(patch: str) -> None:
    found = problems(QUEUE.format(resource="OrdersQueue", patch=patch))
    assert found[0].startswith("spec.yaml:11:9 E217 the patch does not fit OrdersQueue any more: ")
    assert len(found[0]) < 200


def test_a_resource_of_somebody_else_is_refused() -> None:
    found = problems(QUEUE.format(resource="OrderQueue", patch=SIZE))
    assert found[0].startswith("spec.yaml:10:9 E216 'orders' has no resource OrderQueue; it has: ")
    assert found[0].endswith("did you mean 'OrdersQueue'?")


def test_the_type_of_a_resource_cannot_be_patched() -> None:
    (found, *_) = problems(QUEUE.format(resource="OrdersQueue", patch="{op: add, path: /Type, value: X}"))
    assert "must be a JSON Pointer that begins with" in found


@pytest.mark.parametrize("section", ["Properties", "Metadata"])
def test_a_patch_that_leaves_no_mapping_stops_the_build(section: str) -> None:
    patch = f"{{op: add, path: /{section}, value: hello}}"
    found = problems(QUEUE.format(resource="OrdersQueue", patch=patch))
    assert f"E217 the patch does not fit OrdersQueue any more: {section} would be no mapping" in found[0]


def test_a_patch_of_the_reasons_themselves_keeps_the_reason() -> None:
    patch = "{op: add, path: /Metadata, value: {FormworkOverrides: 5}}"
    queues = resources(compiled(QUEUE.format(resource="OrdersQueue", patch=patch)), "AWS::SQS::Queue")
    assert queues["OrdersQueue"]["Metadata"] == {"FormworkOverrides": ["the legacy consumer takes no more"]}


def test_what_is_found_in_a_patched_resource_is_shown_at_the_patch() -> None:
    patch = "{op: add, path: /Properties/Colour, value: red}"
    (stack,) = (
        stack
        for stack in compiled(QUEUE.format(resource="OrdersQueue", patch=patch)).stacks
        if stack.layer == "data"
    )
    places = {name: str(origin.position) for name, origin in stack.origins.items()}
    assert places["OrdersQueue"] == "spec.yaml:10:9"
    assert places["OrdersDeadLetterQueue"] == "spec.yaml:8:3"
    assert stack.origins["OrdersQueue"].path == "queues.orders"
