"""Profiles as people read them: what they say is what resolving a spec gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler import pipeline
from compiler.cli import main as formwork
from compiler.commands import explain_profile
from compiler.model import Profile
from compiler.profiles import PROFILES, rules, settings
from compiler.views import profiles as view
from compiler.views.style import Style
from tests.specs import document

DOCS = Path(__file__).parents[1] / "docs" / "profiles.md"
HEAD = (
    "schema_version: 1\nplatform: shop\nregion: eu-west-1\n"
    "environments:\n"
    "  dev: {profile: dev}\n  synthetic: {profile: synthetic}\n  production: {profile: production}\n"
)
# One component of every kind that a profile has something to say about and that needs little.
BODY = """
network: {}
databases: {orders: {}}
caches: {sessions: {}}
tables: {carts: {partition_key: {name: customer}}}
buckets: {reports: {}}
filesystems: {files: {}}
"""
PLACES = {
    "database": "orders",
    "cache": "sessions",
    "table": "carts",
    "bucket": "reports",
    "filesystem": "files",
}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_said_of_a_profile_is_what_resolving_gives(profile: Profile) -> None:
    platform = pipeline.understand(document(BODY, HEAD), profile)
    seen = 0
    for setting in settings():
        name = PLACES.get(setting.kind, setting.kind)
        if name not in platform.components or setting.property.startswith("existing."):
            continue
        value = platform.values_at(platform.components[name].path)
        *outer, last = setting.property.split(".")
        for key in outer:
            value = value[key]
        assert value[last] == setting.values[profile], (setting.section, setting.property)
        seen += 1
    assert seen > 20


def test_only_rules_that_are_not_the_same_everywhere_are_listed() -> None:
    listed = {rule.id: rule.severity for rule in rules()}
    assert listed["D005"] == {"dev": None, "synthetic": None, "production": "error"}
    assert "D001" not in listed


def test_a_profile_tells_only_the_defaults_that_it_sets_itself() -> None:
    said = view.text("synthetic", settings(), rules(), Style(False))
    assert "  readers = 1  (dev 0, production 1)\n" in said
    assert "capacity.min" not in said
    assert "  D005  off      a production database has no reader\n" in said


def test_programs_get_the_values_of_all_profiles(capsys: pytest.CaptureFixture[str]) -> None:
    assert formwork(["explain", "profile", "production", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (least,) = (entry for entry in told["defaults"] if entry["property"] == "capacity.min")
    assert (least["kind"], least["section"], least["value"]) == ("database", "databases", 1.0)
    assert least["values"] == {"dev": 0.0, "synthetic": 0.5, "production": 1.0}
    (rule,) = (entry for entry in told["rules"] if entry["id"] == "D019")
    assert (rule["severity"], rule["severities"]["dev"]) == ("warning", "off")


def test_a_profile_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert formwork(["explain", "profile", "prod"]) == 2
    told = capsys.readouterr().err
    assert "there is no profile 'prod'; there are: dev, synthetic, production" in told
    assert "did you mean 'production'?" in told


def test_the_published_document_is_the_one_of_the_kinds_and_rules() -> None:
    assert DOCS.read_text(encoding="utf-8") == explain_profile.document()


def test_the_document_is_written_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "profiles.md"
    assert explain_profile.main(["--check", str(file)]) == 1
    assert "is stale" in capsys.readouterr().err
    assert explain_profile.main(["--out", str(file)]) == 0
    assert explain_profile.main(["--check", str(file)]) == 0
