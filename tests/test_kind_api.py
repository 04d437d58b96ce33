"""API: routes and who may call them, functions, services behind one VPC link, logs, CORS, alarms."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from compiler.assembly import Assembly
from compiler.kinds.api.routes import KEY, invocation, part
from tests.specs import compiled, findings, problems, resources

FUNCTIONS = """\
functions:
  reader: {runtime: python3.13, timeout: 5s, inline: "def handler(event, context): return {}"}
  writer: {runtime: python3.13, inline: "def handler(event, context): return {}"}
"""
SERVICES = """\
network: {}
services:
  console: {image: {repository: shop/console, tag: "1"}, http: {port: 8080, path: /console}}
  admin: {image: {repository: shop/admin, tag: "1"}, http: {port: 8080, path: /admin}}
"""


def api(settings: str, rest: str = FUNCTIONS, environment: str = "dev") -> Assembly:
    return compiled(f"{rest}apis: {{public: {{{settings}}}}}", environment)


def routed(routes: str, type_: str, rest: str = FUNCTIONS) -> dict[str, dict[str, Any]]:
    """The properties of the API's resources of one type, by logical id."""
    assembly = api(f"routes: {{{routes}}}", rest)
    found = resources(assembly, f"AWS::{type_}")
    return {name: item["Properties"] for name, item in found.items() if name.startswith("Public")}


def messages(settings: str, rest: str = FUNCTIONS) -> list[str]:
    found = problems(f"{rest}apis: {{public: {{{settings}}}}}")
    return [problem.split(" ", 1)[1] for problem in found]


def late(settings: str, rest: str = FUNCTIONS) -> list[str]:
    """What is said of functions that may run for longer than anybody waits."""
    found = findings(f"{rest}apis: {{public: {{{settings}}}}}")
    return [line.partition("): ")[2] for line in found if " C011 error (dev, production): " in line]


def test_callers_must_sign_unless_the_route_says_otherwise() -> None:
    routes = routed(
        '"GET /a": reader, "GET /b": {to: reader}, "GET /c": {to: reader, auth: none}', "ApiGatewayV2::Route"
    )
    assert {route["RouteKey"]: route["AuthorizationType"] for route in routes.values()} == {
        "GET /a": "AWS_IAM",
        "GET /b": "AWS_IAM",
        "GET /c": "NONE",
    }


def test_a_function_answers_in_29_seconds_or_in_what_the_route_says() -> None:
    found = routed(
        '"GET /a": reader, "PUT /a": reader, "POST /a": {to: reader, timeout: 5s}',
        "ApiGatewayV2::Integration",
    )
    assert {name: item["TimeoutInMillis"] for name, item in found.items()} == {
        "PublicToReader29s": 29000,
        "PublicToReader5s": 5000,
    }
    assert found["PublicToReader29s"]["IntegrationType"] == "AWS_PROXY"
    assert found["PublicToReader29s"]["PayloadFormatVersion"] == "2.0"
    assert found["PublicToReader29s"]["IntegrationUri"] == {"Ref": "ReaderArn"}


def test_each_route_leads_to_its_integration() -> None:
    found = routed('"GET /a": reader, "POST /a": writer', "ApiGatewayV2::Route")
    assert found["PublicGetARoute"]["Target"] == {"Fn::Sub": "integrations/${PublicToReader29s}"}
    assert found["PublicPostARoute"]["Target"] == {"Fn::Sub": "integrations/${PublicToWriter29s}"}


def test_a_function_may_be_called_for_its_own_routes_only() -> None:
    (permission,) = routed('"GET /devices/{id}/commands": reader', "Lambda::Permission").values()
    assert permission == {
        "FunctionName": {"Ref": "ReaderName"},
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {
            "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
            "${PublicApi}/*/GET/devices/*/commands"
        },
    }


@pytest.mark.parametrize(
    ("key", "arn"),
    [
        ("GET /a", "*/GET/a"),
        ("ANY /", "*/*/"),
        ("ANY /files/{path+}", "*/*/files/*"),
        ("$default", "*"),
    ],
)
def test_the_arn_of_an_invocation_has_a_star_for_every_parameter(key: str, arn: str) -> None:
    assert invocation(key) == arn


def test_services_are_reached_through_one_link_and_one_pair_of_rules() -> None:
    assembly = api(
        'routes: {"ANY /console/{p+}": {to: console, timeout: 10s}, "ANY /admin/{p+}": admin}', SERVICES
    )
    (link,) = resources(assembly, "AWS::ApiGatewayV2::VpcLink").values()
    assert link["Properties"]["SecurityGroupIds"] == [{"Ref": "PublicSecurityGroupId"}]
    assert link["Properties"]["SubnetIds"] == {"Ref": "NetworkPrivateSubnetIds"}
    integration = resources(assembly, "AWS::ApiGatewayV2::Integration")["PublicToConsole10s"]["Properties"]
    assert integration["IntegrationType"] == "HTTP_PROXY"
    assert integration["ConnectionType"] == "VPC_LINK"
    assert integration["ConnectionId"] == {"Ref": "PublicVpcLink"}
    assert integration["IntegrationUri"] == {"Ref": "LoadBalancerListenerArn"}
    edge = assembly.stack("shop-dev-edge").template["Resources"]
    rules = {name for name, item in edge.items() if "SecurityGroup" in item["Type"]}
    assert rules == {"PublicToLoadBalancer80Egress", "PublicToLoadBalancer80Ingress"}
    assert "PublicSecurityGroup" in assembly.stack("shop-dev-network").template["Resources"]


def test_without_services_there_is_no_network() -> None:
    assembly = api("routes: {$default: reader}")
    assert resources(assembly, "AWS::ApiGatewayV2::VpcLink") == {}
    assert resources(assembly, "AWS::EC2::SecurityGroup") == {}


def test_its_address_is_shown() -> None:
    outputs = api("routes: {$default: reader}").stack("shop-dev-edge").template["Outputs"]
    assert outputs["PublicEndpoint"]["Value"] == {"Fn::GetAtt": ["PublicApi", "ApiEndpoint"]}


def test_access_is_logged_in_json_to_a_group_that_admits_the_delivery() -> None:
    assembly = api("routes: {$default: reader}", environment="production")
    stage = resources(assembly, "AWS::ApiGatewayV2::Stage")["PublicStage"]["Properties"]
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert json.loads(stage["AccessLogSettings"]["Format"])["status"] == "$context.status"
    group = resources(assembly, "AWS::Logs::LogGroup")["PublicAccessLogs"]["Properties"]
    assert group["LogGroupName"] == "/aws/vendedlogs/shop-production-public"
    assert group["KmsKeyId"] == {"Ref": "EncryptionLogsKeyArn"}
    (statement,) = group["ResourcePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_requests_are_throttled_by_default_and_as_the_spec_says() -> None:
    def throttle(settings: str) -> tuple[float, int]:
        (stage,) = resources(api(settings), "AWS::ApiGatewayV2::Stage").values()
        limits = stage["Properties"]["DefaultRouteSettings"]
        assert limits["DetailedMetricsEnabled"] is True
        return limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]

    assert throttle("routes: {$default: reader}") == (1000, 500)
    assert throttle("routes: {$default: reader}, throttle: {rate: 0.5, burst: 2}") == (0.5, 2)


def test_browsers_may_use_the_methods_of_the_routes() -> None:
    def cors(settings: str, routes: str) -> dict[str, Any]:
        (found,) = resources(
            api(f"routes: {{{routes}}}, cors: {{{settings}}}"), "AWS::ApiGatewayV2::Api"
        ).values()
        configuration: dict[str, Any] = found["Properties"]["CorsConfiguration"]
        return configuration

    own = cors('allow_origins: ["https://a.example"], max_age: 5m', '"PUT /a": reader, "GET /a": reader')
    assert own["AllowMethods"] == ["GET", "PUT"]
    assert own["AllowCredentials"] is False
    assert own["MaxAge"] == 300
    assert "authorization" in own["AllowHeaders"]
    assert len(cors('allow_origins: ["*"]', '"ANY /a": reader')["AllowMethods"]) == 7
    assert cors('allow_origins: ["*"], allow_methods: [GET]', '"ANY /a": reader')["AllowMethods"] == ["GET"]


def test_without_cors_no_other_page_may_call_it() -> None:
    (found,) = resources(api("routes: {$default: reader}"), "AWS::ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in found["Properties"]


def test_credentials_and_stars_exclude_each_other() -> None:
    cors = 'cors: {allow_origins: ["*"], allow_methods: ["*"], allow_credentials: true}'
    assert messages(f"routes: {{$default: reader}}, {cors}") == [
        "A004 browsers refuse `allow_origins: *` together with `allow_credentials`; list what is allowed",
        "A004 browsers refuse `allow_methods: *` together with `allow_credentials`; list what is allowed",
    ]


@pytest.mark.parametrize(
    "key",
    ["$default", "GET /", "POST /telemetry", "ANY /{proxy+}", "GET /a/{id}/b-c/{rest+}", "PATCH /v1.0/a_b~c"],
)
def test_route_keys_that_are_fine(key: str) -> None:
    assert re.search(KEY, key)


@pytest.mark.parametrize(
    "key",
    ["/telemetry", "get /a", "GET a", "GET  /a", "GET /a/", "FETCH /a", "GET /{a+}/b", "GET /a b", "GET"],
)
def test_route_keys_that_are_not(key: str) -> None:
    (message,) = messages(f'routes: {{"{key}": reader}}')
    assert message.startswith("E105 ")
    assert 'a method and a path such as "GET /devices/{id}"' in message


def test_two_routes_for_the_same_requests_are_refused() -> None:
    assert messages('routes: {"GET /a/{x}": reader, "GET /a/{y}": writer}') == [
        "E210 'GET /a/{y}' and 'GET /a/{x}' match the same requests; remove one of them"
    ]


def test_a_parameter_cannot_stand_twice_in_a_path() -> None:
    assert messages('routes: {"GET /a/{x}/{x}": reader}') == [
        "E210 the path has two parameters named 'x'; rename one"
    ]


def test_a_target_that_does_not_exist_is_said_at_its_route() -> None:
    assert messages('routes: {"GET /a": raeder}') == [
        "E201 no component is named 'raeder'; did you mean 'reader'?"
    ]


def test_a_service_that_takes_no_requests_cannot_answer() -> None:
    rest = 'network: {}\nservices: {job: {image: {repository: shop/job, tag: "1"}}}\n'
    (message,) = messages("routes: {$default: job}", rest)
    assert "takes no requests" in message


@pytest.mark.parametrize(("timeout", "millis"), [("1500ms", 1500), ("30s", 30000)])
def test_a_service_answers_within_milliseconds(timeout: str, millis: int) -> None:
    route = f'"ANY /{{p+}}": {{to: console, timeout: {timeout}}}'
    (found,) = routed(route, "ApiGatewayV2::Integration", SERVICES).values()
    assert found["TimeoutInMillis"] == millis


@pytest.mark.parametrize(
    ("timeout", "tail"), [("31s", "no API waits longer; answer at once"), ("49ms", "not 49ms")]
)
def test_a_route_waits_from_50_milliseconds_to_30_seconds(timeout: str, tail: str) -> None:
    (message,) = messages(f"routes: {{$default: {{to: reader, timeout: {timeout}}}}}")
    assert message.startswith("E106 ")
    assert "must be from 50ms to 30s" in message
    assert tail in message
    assert ("no API" in message) == (timeout == "31s")


def test_a_function_ends_before_its_caller_gives_up() -> None:
    route = 'routes: {"GET /a": {to: reader, timeout: 4500ms}, "GET /b": {to: reader, timeout: 4s}}'
    assert late(route) == [
        "'reader' may run for 5s, but its caller waits 4s; give 'reader' a `timeout` of 4s or less, "
        "and leave longer work to a function behind a queue"
    ]


def test_the_defaults_of_a_function_and_a_route_agree() -> None:
    assert late("routes: {$default: writer}") == []
    (message,) = late("routes: {$default: {to: writer, timeout: 29s}}")
    assert "'writer' may run for 30s" in message


def test_routes_have_ids_of_their_own_however_alike_they_look() -> None:
    keys = ["GET /a/b", "GET /a-b", "GET /a/{b}", "GET /{a}/b", "GET /A/b", "GET /ab", "GET /a1", "GET /a/1"]
    assert len({part(key) for key in keys}) == len(keys)
    assert part("POST /telemetry") == "PostTelemetry"
    assert part("$default") == "Default"


def test_errors_and_slowness_ring() -> None:
    found = resources(api("routes: {$default: reader}"), "AWS::CloudWatch::Alarm")
    own = {name: alarm["Properties"] for name, alarm in found.items() if name.startswith("Public")}
    assert {name: alarm["Threshold"] for name, alarm in own.items()} == {
        "PublicServerErrorsAlarm": 1,
        "PublicClientErrorsAlarm": 10,
        "PublicLatencyAlarm": 2000,
        "PublicIntegrationLatencyAlarm": 1500,
    }
    assert own["PublicLatencyAlarm"]["Dimensions"] == [
        {"Name": "ApiId", "Value": {"Ref": "PublicId"}},
        {"Name": "Stage", "Value": "$default"},
    ]


CERTIFICATE = "certificate: 12345678-1234-1234-1234-123456789012"


def test_a_load_balancer_with_a_certificate_is_verified_by_name() -> None:
    rest = SERVICES + f"load_balancer: {{{CERTIFICATE}, domain: shop.example.com}}\n"
    (integration,) = routed('"ANY /{proxy+}": console', "ApiGatewayV2::Integration", rest).values()
    assert integration["TlsConfig"] == {"ServerNameToVerify": "shop.example.com"}


def test_a_certificate_without_its_name_is_refused() -> None:
    rest = SERVICES + f"load_balancer: {{{CERTIFICATE}}}\n"
    assert messages('routes: {"ANY /{proxy+}": console}', rest) == [
        "E210 'console' is behind a load balancer with a certificate; "
        "say which name to verify with `load_balancer: {domain: ...}`"
    ]


@pytest.mark.parametrize(("key", "most"), [("rate", 1_000_000), ("burst", 500_000)])
def test_the_throttle_has_limits(key: str, most: int) -> None:
    assert messages(f'routes: {{"GET /": reader}}, throttle: {{{key}: {most}}}') == []
    (found,) = messages(f'routes: {{"GET /": reader}}, throttle: {{{key}: {most + 1}}}')
    assert f"E106 apis.public.throttle.{key} must be " in found


def test_an_api_has_300_routes_at_most() -> None:
    def many(number: int) -> str:
        return "routes: {" + ", ".join(f'"GET /r{index}": reader' for index in range(number)) + "}"

    (message,) = messages(many(301))
    assert "E107 apis.public.routes must have from 1 to 300 entries, not 301; AWS allows" in message


def test_many_routes_to_a_function_share_a_permission_for_its_policy_is_short() -> None:
    few, many = (", ".join(f'"GET /r{number}": reader' for number in range(count)) for count in (20, 21))
    assert len(routed(few, "Lambda::Permission")) == 20
    found = routed(f'{many}, "GET /w": writer', "Lambda::Permission")
    assert set(found) == {"PublicToReaderPermission", "PublicGetWPermission"}
    source = found["PublicToReaderPermission"]["SourceArn"]["Fn::Sub"]
    assert source.endswith(":${PublicApi}/*")
