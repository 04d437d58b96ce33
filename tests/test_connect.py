"""Connections: everything that can be wrong with them, said at their line."""

from tests.specs import compiled, problems, resolved

STREAM = "streams: {clicks: {}}\n"


def function(connections: str, name: str = "reader") -> str:
    properties = "runtime: python3.13, handler: app.handler, code: src"
    return f"functions:\n  {name}: {{{properties}, connections: {{{connections}}}}}\n"


def test_a_missing_target_is_named_with_the_nearest_one() -> None:
    assert problems(STREAM + function("click: produce")) == [
        "spec.yaml:9:80 E201 no component is named 'click'; did you mean 'clicks'?"
    ]


def test_a_verb_that_the_target_lacks_is_answered_with_those_it_has() -> None:
    assert problems(STREAM + function("clicks: send")) == [
        "spec.yaml:9:80 E202 'reader' cannot use 'clicks' with 'send'; a stream offers: consume, produce"
    ]


def test_an_option_of_another_verb_is_refused() -> None:
    assert problems(STREAM + function("clicks: {access: produce, batch_size: 10}")) == [
        "spec.yaml:9:80 E203 'batch_size' means nothing for 'produce' on the stream 'clicks'; "
        "allowed: access, env, optional"
    ]


def test_two_connections_that_set_one_variable_collide() -> None:
    streams = "streams: {a: {}, b: {}}\n"
    assert problems(streams + function("a: {access: produce, env: X}, b: {access: produce, env: X}")) == [
        "spec.yaml:9:110 E206 'b' and 'a' both set X_STREAM_ARN, X_STREAM_NAME in 'reader'; "
        "give one connection another prefix with 'env'",
    ]


def test_two_components_with_one_name_are_both_shown() -> None:
    assert problems("streams: {work: {}}\nqueues: {work: {}}\n") == [
        "spec.yaml:8:10 E204 'work' already names a stream (line 7); names are unique across sections"
    ]


def test_a_circle_is_shown_with_its_path() -> None:
    spec = """
        functions:
          a: {runtime: python3.13, handler: app.handler, code: src, connections: {b: invoke}}
          b: {runtime: python3.13, handler: app.handler, code: src, connections: {c: invoke}}
          c: {runtime: python3.13, handler: app.handler, code: src, connections: {a: invoke}}
    """
    assert problems(spec) == [
        "spec.yaml:8:75 E205 components depend on each other in a circle: a -> b -> c -> a; "
        "remove one of these connections"
    ]


def test_a_path_into_the_network_needs_a_network() -> None:
    body = "databases: {registry: {}}\n" + function("registry: read")
    assert any(
        "E207 'reader' (function) needs a network; add a 'network:' section" in p for p in problems(body)
    )


def test_options_that_are_left_out_have_their_defaults() -> None:
    platform = resolved(STREAM + function("clicks: consume"))
    (connection,) = platform.components["reader"].connections
    assert connection.options == {"batch_size": 100, "parallelization": 1, "enhanced_fan_out": False}


def test_the_prefix_of_variables_can_be_chosen() -> None:
    assembly = compiled(STREAM + function("clicks: {access: produce, env: EVENTS}"))
    (compute,) = (stack for stack in assembly.stacks if stack.layer == "compute")
    assert "EVENTS_STREAM_NAME" in compute.body
    assert "CLICKS_STREAM_NAME" not in compute.body


def test_a_value_out_of_the_verbs_own_range_is_refused() -> None:
    queue = "queues: {clicks: {}}\n"
    found = problems(queue + function("clicks: {access: receive, maximum_concurrency: 1}"))
    assert [problem.split()[1] for problem in found] == ["E106"]


def test_what_only_an_api_may_use_is_not_offered_in_connections() -> None:
    spec = """
        functions:
          a: {runtime: python3.13, handler: app.handler, code: src, connections: {b: route}}
          b: {runtime: python3.13, handler: app.handler, code: src}
    """
    assert problems(spec) == [
        "spec.yaml:8:75 E202 'a' cannot use 'b' with 'route'; a function offers: invoke"
    ]


def test_a_chain_of_any_length_is_followed() -> None:
    code = "runtime: python3.13, inline: 'def handler(event, context): pass'"
    links = "".join(f"  f{n}: {{{code}, connections: {{f{n + 1}: invoke}}}}\n" for n in range(1500))
    platform = resolved(f"functions:\n{links}  f1500: {{{code}}}\n")
    assert len(platform.components) > 1500


def test_the_platforms_own_names_are_reserved() -> None:
    assert problems("queues: {network: {}, logs: {}}\n") == [
        "spec.yaml:7:10 E204 'network' is what the platform's own network is called; choose another name",
        "spec.yaml:7:23 E204 'logs' is what the platform's own logs is called; choose another name",
    ]


def test_a_route_to_what_answers_no_requests_says_what_does() -> None:
    found = problems('streams: {clicks: {}}\napis: {front: {routes: {"GET /": {to: clicks, auth: none}}}}\n')
    assert [problem.split(" ", 2)[2] for problem in found] == [
        "'front' cannot route to 'clicks', which is not one of: function, service"
    ]
