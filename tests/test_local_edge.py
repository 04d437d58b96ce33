"""What stands in front of services, and between them, deployed on the embedded emulator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.specs import HEAD
from tests.test_cli import run

ID = "12345678-1234-1234-1234-123456789012"
SPEC = f"""{HEAD}network: {{}}
load_balancer:
  scheme: internet_facing
  certificate: {ID}
  certificates: [87654321-4321-4321-4321-210987654321]
  waf: true
services:
  web:
    image: {{repository: shop/web, tag: "1"}}
    http: {{port: 8080, path: /shop}}
    deployment: {{strategy: canary}}
    connections: {{prices: call}}
  prices:
    image: {{repository: shop/prices, tag: "1"}}
    port: 9000
"""
LOCAL = ("spec.yaml", "--env", "dev", "--local")


def test_firewall_calls_and_shifting_requests_live_from_deploy_to_destroy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC)
    assert run("deploy", *LOCAL, "--yes") == 0
    assert run("plan", *LOCAL, "--exit-code") == 0

    (tmp_path / "spec.yaml").write_text(SPEC.replace("path: /shop", "path: /shopping"))
    capsys.readouterr()
    assert run("plan", *LOCAL, "--exit-code", "--format", "json") == 5
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["logical_id"], change["class"]) == ("WebRule", "interrupting")
    assert [reason["rule"] for reason in change["reasons"]] == ["R131", "R135"]

    assert run("destroy", *LOCAL, "--yes") == 0
