"""API: who decides who may call, and the name under which it is called."""

from __future__ import annotations

import pytest

from tests.specs import problems, resources
from tests.test_kind_api import CERTIFICATE, FUNCTIONS, SERVICES, api, late, messages

DEVICE = "authorizers: {device: {function: writer, identity_source: $request.header.X-Token, cache: 1m}}"
PEOPLE = 'authorizers: {people: {jwt: {issuer: "https://login.example.com/", audience: [console]}}}'


def test_a_function_is_asked_who_may_call() -> None:
    assembly = api(f'{DEVICE}, routes: {{"GET /a": {{to: reader, auth: device}}}}')
    authorizer = resources(assembly, "AWS::ApiGatewayV2::Authorizer")["PublicAuthorizerDevice"]["Properties"]
    assert authorizer == {
        "ApiId": {"Ref": "PublicApi"},
        "Name": "device",
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": {
            "Fn::Sub": [
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                "${Function}/invocations",
                {"Function": {"Ref": "WriterArn"}},
            ]
        },
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": True,
        "AuthorizerResultTtlInSeconds": 60,
        "IdentitySource": ["$request.header.X-Token"],
    }
    route = resources(assembly, "AWS::ApiGatewayV2::Route")["PublicGetARoute"]["Properties"]
    assert route["AuthorizationType"] == "CUSTOM"
    assert route["AuthorizerId"] == {"Ref": "PublicAuthorizerDevice"}


def test_an_authorizer_may_call_its_function_for_itself_only() -> None:
    assembly = api(f'{DEVICE}, routes: {{"GET /a": {{to: reader, auth: device}}}}')
    permission = resources(assembly, "AWS::Lambda::Permission")["PublicPermissionDevice"]["Properties"]
    assert permission["FunctionName"] == {"Ref": "WriterName"}
    assert permission["SourceArn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
        "${PublicApi}/authorizers/${PublicAuthorizerDevice}"
    }


def test_one_function_may_answer_and_be_asked() -> None:
    assembly = api(f'{DEVICE}, routes: {{"GET /a": {{to: writer, auth: device}}}}')
    permissions = resources(assembly, "AWS::Lambda::Permission")
    assert sorted(permissions) == ["PublicGetAPermission", "PublicPermissionDevice"]


def test_tokens_are_believed_by_issuer_audience_and_scope() -> None:
    assembly = api(f'{PEOPLE}, routes: {{"GET /a": {{to: reader, auth: people, scopes: [read]}}}}')
    (authorizer,) = resources(assembly, "AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["Properties"] == {
        "ApiId": {"Ref": "PublicApi"},
        "Name": "people",
        "AuthorizerType": "JWT",
        "JwtConfiguration": {"Issuer": "https://login.example.com/", "Audience": ["console"]},
        "IdentitySource": ["$request.header.Authorization"],
    }
    route = resources(assembly, "AWS::ApiGatewayV2::Route")["PublicGetARoute"]["Properties"]
    assert (route["AuthorizationType"], route["AuthorizationScopes"]) == ("JWT", ["read"])


def test_the_answer_of_a_function_is_kept_for_five_minutes_unless_the_spec_says_otherwise() -> None:
    assembly = api("authorizers: {device: {function: writer}}, routes: {$default: reader}")
    (authorizer,) = resources(assembly, "AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["Properties"]["AuthorizerResultTtlInSeconds"] == 300


def test_browsers_may_send_what_authorizers_read() -> None:
    (found,) = resources(
        api(f'{DEVICE}, cors: {{allow_origins: ["*"]}}, routes: {{$default: reader}}'),
        "AWS::ApiGatewayV2::Api",
    ).values()
    assert "x-token" in found["Properties"]["CorsConfiguration"]["AllowHeaders"]


JWT = 'jwt: {issuer: "https://x.example", audience: [a]}'


@pytest.mark.parametrize(
    ("authorizer", "message"),
    [
        ("", "E102 an authorizer needs `jwt`, which tokens are believed, or `function`, who is asked"),
        (
            f"{JWT}, function: reader",
            "E210 an authorizer has either `jwt` or `function`; make two authorizers",
        ),
        (
            f"{JWT}, cache: 5m",
            "E210 `cache` is for authorizers with a `function`; AWS keeps no tokens; remove it",
        ),
        (
            f"{JWT}, identity_source: [$request.header.A, $request.header.B]",
            "E210 a token is read from one header or one query parameter, not from $request.header.A and "
            "$request.header.B; write one, such as $request.header.Authorization",
        ),
        (
            "function: reader, identity_source: []",
            "E107 `identity_source` must not be empty; name what a caller brings, such as "
            "$request.header.Authorization",
        ),
        (
            "function: reader, identity_source: [$context.path, $context.path]",
            "E107 `identity_source` lists $context.path twice; remove one",
        ),
        (
            "function: reader, identity_source: Authorization",
            "E105 `identity_source` must be $request.header.NAME, $request.querystring.NAME or "
            '$context.NAME, not "Authorization"',
        ),
        ("function: raeder", "E201 no component is named 'raeder'; did you mean 'reader'?"),
        (
            'jwt: {issuer: "http://x.example", audience: [a]}',
            "E105 apis.public.authorizers.one.jwt.issuer must be an https address such as "
            'https://login.example.com/, not "http://x.example"',
        ),
    ],
)
def test_an_authorizer_that_cannot_work_is_refused(authorizer: str, message: str) -> None:
    assert messages(f"authorizers: {{one: {{{authorizer}}}}}, routes: {{$default: reader}}") == [message]


def test_a_service_cannot_be_asked_who_may_call() -> None:
    found = messages(
        "authorizers: {one: {function: console}}, routes: {$default: {to: console, auth: one}}", SERVICES
    )
    assert found == ["E202 'public' cannot delegate to 'console', which is not one of: function"]


def test_an_authorizers_function_must_answer_in_ten_seconds() -> None:
    slow = FUNCTIONS.replace("timeout: 5s", "timeout: 11s")
    assert late("authorizers: {one: {function: reader}}, routes: {$default: writer}", slow) == [
        "'reader' may run for 11s, but an API waits 10s for an authorizer; "
        "give 'reader' a `timeout` of 10s or less"
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            f"{PEOPLE}, routes: {{$default: {{to: reader, auth: poeple}}}}",
            "E104 auth must be iam, none or people, not 'poeple'; did you mean 'people'?",
        ),
        (
            "routes: {$default: {to: reader, auth: device}}",
            "E104 auth must be iam or none, not 'device'; `authorizers` names others",
        ),
        (
            "routes: {$default: {to: reader, scopes: [read]}}",
            "E210 `scopes` are of tokens, which 'iam' does not read; name an authorizer with `jwt`",
        ),
    ],
)
def test_auth_names_what_exists_and_scopes_what_is_read(settings: str, message: str) -> None:
    assert messages(settings) == [message]


@pytest.mark.parametrize("name", ["iam", "none", "Device"])
def test_an_authorizer_cannot_be_called_iam_or_none(name: str) -> None:
    (message,) = messages(f"authorizers: {{{name}: {{function: reader}}}}, routes: {{$default: writer}}")
    assert "must be a name in kebab-case, and neither iam nor none" in message


DOMAIN = f"domain: {{name: api.example.com, {CERTIFICATE}, %s}}, routes: {{$default: reader}}"


def test_an_api_with_a_name_of_its_own_closes_the_address_of_aws() -> None:
    assembly = api(DOMAIN % "hosted_zone: Z123")
    (found,) = resources(assembly, "AWS::ApiGatewayV2::Api").values()
    assert found["Properties"]["DisableExecuteApiEndpoint"] is True
    name = resources(assembly, "AWS::ApiGatewayV2::DomainName")["PublicDomain"]["Properties"]
    assert name["DomainNameConfigurations"] == [
        {
            "CertificateArn": {
                "Fn::Sub": "arn:${AWS::Partition}:acm:${AWS::Region}:${AWS::AccountId}:certificate/"
                "12345678-1234-1234-1234-123456789012"
            },
            "EndpointType": "REGIONAL",
            "SecurityPolicy": "TLS_1_2",
        }
    ]
    mapping = resources(assembly, "AWS::ApiGatewayV2::ApiMapping")["PublicMapping"]["Properties"]
    assert mapping == {
        "ApiId": {"Ref": "PublicApi"},
        "DomainName": {"Ref": "PublicDomain"},
        "Stage": {"Ref": "PublicStage"},
    }
    record = resources(assembly, "AWS::Route53::RecordSet")["PublicRecord"]["Properties"]
    assert record["AliasTarget"] == {
        "DNSName": {"Fn::GetAtt": ["PublicDomain", "RegionalDomainName"]},
        "HostedZoneId": {"Fn::GetAtt": ["PublicDomain", "RegionalHostedZoneId"]},
    }
    outputs = assembly.stack("shop-dev-edge").template["Outputs"]
    assert outputs["PublicEndpoint"]["Value"] == "https://api.example.com"
    assert outputs["PublicRegionalDomainName"]["Value"] == record["AliasTarget"]["DNSName"]


def test_without_a_zone_there_is_no_record() -> None:
    assert resources(api(DOMAIN % ""), "AWS::Route53::RecordSet") == {}


def test_callers_may_have_to_bring_a_certificate() -> None:
    trust = 'truststore: s3://trust/devices.pem, truststore_version: "2"'
    name = resources(api(DOMAIN % trust), "AWS::ApiGatewayV2::DomainName")["PublicDomain"]["Properties"]
    assert name["MutualTlsAuthentication"] == {
        "TruststoreUri": "s3://trust/devices.pem",
        "TruststoreVersion": "2",
    }


ABROAD = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"


def test_a_name_needs_a_certificate_of_the_own_region_and_a_truststore_to_have_a_version() -> None:
    domain = f'domain: {{name: api.example.com, certificate: "{ABROAD}", truststore_version: "1"}}'
    found = messages(f"{domain}, routes: {{$default: reader}}")
    assert sorted(set(found)) == [
        "A008 the certificate is of the region us-east-1, the API of eu-west-1; name one of eu-west-1",
        "E210 a `truststore_version` is the version of a `truststore`; name that file, or remove it",
    ]


def test_two_apis_cannot_have_one_name() -> None:
    one = f"{{{DOMAIN % ''}}}"
    found = problems(f"{FUNCTIONS}apis:\n  first: {one}\n  second: {one}\n")
    assert [problem.split(" ", 1)[1] for problem in found] == [
        "E210 the API 'first' is called api.example.com too; give one of them another name"
    ]
