"""Which stack a component lives in, and in what order stacks come."""

from compiler.assembly import Assembly
from tests.specs import compiled, problems

FUNCTION = "runtime: python3.13, inline: 'def handler(event, context): pass'"


def holders(assembly: Assembly) -> dict[str, str]:
    """Logical id -> the last part of its stack's name."""
    return {
        logical_id: stack.label or stack.layer
        for stack in assembly.stacks
        for logical_id in stack.template["Resources"]
    }


def test_a_component_with_a_stack_takes_its_alarms_along_and_nothing_else() -> None:
    plain = holders(compiled("queues: {orders: {}, invoices: {}}\n"))
    moved = holders(compiled("queues: {orders: {stack: shop}, invoices: {}}\n"))
    assert moved["OrdersQueue"] == "shop"
    assert {moved[name] for name in moved if name.startswith("Orders") and name.endswith("Alarm")} == {
        "shop-alarms"
    }
    others = [name for name in plain if not name.startswith("Orders")]
    assert {name: moved[name] for name in others} == {name: plain[name] for name in others}


def test_a_stack_of_its_own_is_named_in_the_stacks_name_and_its_file() -> None:
    assembly = compiled("queues: {orders: {stack: shop}}\n")
    stack = next(stack for stack in assembly.stacks if stack.label == "shop")
    assert (stack.name, stack.file, stack.layer) == ("shop-dev-shop", "shop.template.json", "data")


def test_values_travel_between_stacks_of_one_layer() -> None:
    assembly = compiled(
        "queues: {orders: {}}\n"
        f"functions: {{early: {{stack: a, {FUNCTION}, connections: {{late: invoke}}}},"
        f" late: {{stack: z, {FUNCTION}, connections: {{orders: receive}}}}}}\n"
    )
    order = [stack.label for stack in assembly.stacks if stack.label in ("a", "z")]
    assert order == ["z", "a"]
    (user,) = (stack for stack in assembly.stacks if stack.label == "a")
    assert user.parameters["LateArn"].stack == "shop-dev-z"


def test_stacks_that_need_each_other_are_refused() -> None:
    circle = (
        f"functions: {{one: {{stack: a, {FUNCTION}, connections: {{two: invoke}}}},"
        f" two: {{stack: z, {FUNCTION}, connections: {{three: invoke}}}},"
        f" three: {{stack: a, {FUNCTION}}}}}\n"
    )
    assert set(problems(circle)) == {
        "spec.yaml:1:1 E303 the stacks a, z need values of each other; put their components into one 'stack'"
    }


def test_a_stack_cannot_be_called_as_a_layer_nor_hold_two_layers() -> None:
    queues = "queues: {orders: {stack: data}, invoices: {stack: x}}\n"
    found = problems(queues + f"functions: {{f: {{{FUNCTION}, stack: x}}}}\n")
    assert any("E215 no stack can be called 'data'" in line for line in found)
    assert any("E215 the stack 'x' holds 'f' of the compute layer" in line for line in found)
