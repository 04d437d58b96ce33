"""HTTP APIs on the embedded emulator: deployed by the real deployer, then called over HTTP."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from compiler.deploy import aws, execute, plan
from compiler.deploy.events import Deployed
from compiler.emulator.server import Emulator, credentials, find_python, running
from tests.specs import compiled

_accounts = (f"{number:012d}" for number in itertools.count(720000000000))

SPEC = """\
functions:
  echo:
    runtime: python3.13
    inline: |
      import json
      def handler(event, context):
          known = event["requestContext"].get("authorizer", {}).get("lambda", {})
          return {"statusCode": 200, "body": json.dumps({"path": event["rawPath"], "known": known})}
  authorize:
    runtime: python3.13
    inline: |
      def handler(event, context):
          word = event["headers"].get("x-device-token")
          return {"isAuthorized": word == "open sesame", "context": {"device": "d1"}}
apis:
  devices:
    authorizers:
      device: {function: authorize, identity_source: $request.header.x-device-token, cache: 0s}
      people: {jwt: {issuer: "https://login.example.com/", audience: [console]}}
    routes:
      "GET /open": {to: echo, auth: none, throttle: {rate: 10, burst: 5}}
      "GET /signed": echo
      "GET /people": {to: echo, auth: people, scopes: [read]}
      "GET /devices/{id}":
        to: echo
        auth: device
        request: {set_headers: {x-id: "device ${request.path.id}"}}
"""
DOMAIN = """\
    domain:
      name: api.example.com
      certificate: 12345678-1234-1234-1234-123456789012
      hosted_zone: {zone}
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running(find_python()) as emulator:
        yield emulator


def deployed(emulator: Emulator, account: str, spec: str) -> dict[str, str]:
    """The outputs of the edge stack of a spec that was deployed into this account."""
    door = aws.connect(aws.Session(None, "eu-west-1", emulator.endpoint_url, account))
    last = list(execute.run(plan.make(compiled(spec), door)))[-1]
    assert isinstance(last, Deployed)
    return dict(last.outputs["shop-dev-edge"])


def client(emulator: Emulator, account: str, service: str) -> Any:
    where = {"endpoint_url": emulator.endpoint_url, "region_name": "eu-west-1"}
    return boto3.client(service, **where, **credentials(account))  # type: ignore[call-overload]


def got(emulator: Emulator, api: str, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
    address = emulator.endpoint_url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=20)
    host = {"Host": f"{api}.execute-api.{address}"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=host | given)
    answer = connection.getresponse()
    status, body = answer.status, json.loads(answer.read())
    connection.close()
    return status, body


def test_an_authorizer_lets_in_and_refuses(emulator: Emulator) -> None:
    api = deployed(emulator, next(_accounts), SPEC)["DevicesId"]
    let_in = got(emulator, api, "/devices/7", x_device_token="open sesame")
    assert let_in == (200, {"path": "/devices/7", "known": {"device": "d1"}})
    assert got(emulator, api, "/devices/7", x_device_token="guess")[0] == 403
    assert got(emulator, api, "/devices/7")[0] == 401
    assert got(emulator, api, "/people")[0] == 401
    assert got(emulator, api, "/people", authorization="Bearer nonsense")[0] == 401
    assert got(emulator, api, "/signed")[0] == 403
    assert got(emulator, api, "/open")[0] == 200


def test_what_is_changed_in_requests_arrives(emulator: Emulator) -> None:
    account = next(_accounts)
    api = deployed(emulator, account, SPEC)["DevicesId"]
    gateway = client(emulator, account, "apigatewayv2")
    changes = [item.get("RequestParameters") for item in gateway.get_integrations(ApiId=api)["Items"]]
    assert {"overwrite:header.x-id": "device ${request.path.id}"} in changes


def test_an_api_has_a_name_of_its_own(emulator: Emulator) -> None:
    account = next(_accounts)
    route53 = client(emulator, account, "route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    outputs = deployed(emulator, account, SPEC + DOMAIN.format(zone=zone.removeprefix("/hostedzone/")))
    assert outputs["DevicesEndpoint"] == "https://api.example.com"
    gateway = client(emulator, account, "apigatewayv2")
    (mapping,) = gateway.get_api_mappings(DomainName="api.example.com")["Items"]
    assert (mapping["ApiId"], mapping["Stage"]) == (outputs["DevicesId"], "$default")
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (record,) = [record for record in records if record["Name"] == "api.example.com."]
    assert record["AliasTarget"]["DNSName"].rstrip(".") == outputs["DevicesRegionalDomainName"]
    # Without its name again, everything of the name is gone.
    assert "execute-api" in deployed(emulator, account, SPEC)["DevicesEndpoint"]
    assert gateway.get_domain_names()["Items"] == []
