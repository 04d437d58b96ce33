"""API: what is changed on the way, the limits of single routes, and what no HTTP API can do."""

from __future__ import annotations

import pytest

from compiler.kinds.api.impossible import OF_APIS, OF_ROUTES
from compiler.kinds.api.mapping import ApiRequest, ApiResponse
from compiler.kinds.api.routes import part
from compiler.kinds.api.spec import Api, ApiRoute
from tests.specs import resources
from tests.test_kind_api import api, messages, routed

CHANGES = """\
request: {set_headers: {x-a: "1"}, append_headers: {x-b: $request.path.id}, remove_headers: [x-c],
set_query: {q: a}, append_query: {r: b}, remove_query: [s], path: "/v2/${request.path.id}"},
response: {"200": {set_headers: {x-d: $context.requestId}, remove_headers: [server]}, "404": {status: 410}}"""


def test_requests_and_answers_are_changed_on_their_way() -> None:
    found = routed(f'"GET /{{id}}": {{to: reader, {CHANGES}}}, "PUT /a": reader', "ApiGatewayV2::Integration")
    own = found.pop(f"Public{part('GET /{id}')}Integration")
    assert own["RequestParameters"] == {
        "overwrite:header.x-a": "1",
        "append:header.x-b": "$request.path.id",
        "remove:header.x-c": "''",
        "overwrite:querystring.q": "a",
        "append:querystring.r": "b",
        "remove:querystring.s": "''",
        "overwrite:path": "/v2/${request.path.id}",
    }
    assert own["ResponseParameters"] == {
        "200": {
            "ResponseParameters": [
                {"Destination": "overwrite:header.x-d", "Source": "$context.requestId"},
                {"Destination": "remove:header.server", "Source": "''"},
            ]
        },
        "404": {"ResponseParameters": [{"Destination": "overwrite:statuscode", "Source": "410"}]},
    }
    (shared,) = found.values()
    assert not {"RequestParameters", "ResponseParameters"} & set(shared)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "request: {set_headers: {Authorization: x}}",
            "A005 API Gateway keeps the header 'Authorization' to itself; use one of another name",
        ),
        (
            "request: {remove_headers: [x-amz-date]}",
            "A005 API Gateway keeps the header 'x-amz-date' to itself; use one of another name",
        ),
        (
            'response: {"200": {set_headers: {access-control-max-age: "1"}}}',
            "A005 API Gateway keeps the header 'access-control-max-age' to itself; use one of another name",
        ),
        (
            "request: {set_headers: {x-a: b}, remove_headers: [X-A]}",
            "E210 'X-A' is changed twice; set, append or remove it",
        ),
        (
            "request: {set_query: {device: $request.path.idd}}",
            "E210 the path of this route has no parameter 'idd'; did you mean 'id'?",
        ),
        (
            'request: {path: "/a/${request.path.id"}',
            "E210 '/a/${request.path.id' opens a brace that it does not close; write ${...}",
        ),
        (
            'response: {"200": {set_headers: {x-a: $request.header.b}}}',
            "E210 '$request.header.b' selects 'request.header.b', which means nothing here; write a text, or "
            "$response.header.NAME, $response.body.JSONPATH or $context.NAME",
        ),
    ],
)
def test_a_change_that_api_gateway_refuses_is_refused(change: str, message: str) -> None:
    assert messages(f'routes: {{"GET /{{id}}": {{to: reader, {change}}}}}') == [message]


def test_names_of_query_parameters_differ_in_case() -> None:
    change = "request: {set_query: {page: a}, remove_query: [Page]}"
    assert messages(f"routes: {{$default: {{to: reader, {change}}}}}") == []


def test_a_route_may_have_a_limit_of_its_own() -> None:
    settings = '"GET /a": reader, "POST /a": {to: reader, throttle: {rate: 10, burst: 5}}'
    (stage,) = resources(api(f"routes: {{{settings}}}"), "AWS::ApiGatewayV2::Stage").values()
    assert stage["Properties"]["RouteSettings"] == {
        "POST /a": {"DetailedMetricsEnabled": True, "ThrottlingRateLimit": 10.0, "ThrottlingBurstLimit": 5}
    }
    assert stage["DependsOn"] == ["PublicPostARoute"]


@pytest.mark.parametrize("key", sorted(OF_APIS))
def test_what_no_http_api_can_do_is_said_with_what_to_do_instead(key: str) -> None:
    assert messages(f"routes: {{$default: reader}}, {key}: true") == [
        f"E101 '{key}' is not possible in apis.public: {OF_APIS[key]}"
    ]


@pytest.mark.parametrize("key", sorted(OF_ROUTES))
def test_so_is_what_no_route_can_do(key: str) -> None:
    assert messages(f"routes: {{$default: {{to: reader, {key}: true}}}}") == [
        f"E101 '{key}' is not possible in apis.public.routes.\"$default\": {OF_ROUTES[key]}"
    ]


def test_nothing_that_is_possible_is_called_impossible() -> None:
    for record in (Api, ApiRoute, ApiRequest, ApiResponse):
        assert not set(record.impossible) & set(record.__struct_fields__)
