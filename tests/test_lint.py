"""The linter: findings at lines of the spec, the same on every machine as from the cfn-lint command."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cfnlint.helpers import load_resource
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from compiler.assembly import Assembly, dumps
from compiler.diagnostics import Position
from compiler.exits import UserError
from compiler.garbage import uncollected
from compiler.lint import catalogue, cfn, lint
from compiler.lint.cfn import Match, Template
from compiler.lint.finding import Finding
from compiler.lint.fixed_names import ALLOWED, NAMES
from compiler.lint.rule import all_rules
from compiler.lint.subject import Subject
from compiler.lint.workers import must_be_alone, shared_out
from compiler.manifest import read
from compiler.star_actions import ACTIONS, NO_USE
from tests.specs import compiled

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "rules.md"
STREAM = "streams: {clicks: {}}\n"
WRONG: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 8}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Kind": "fast"}},
    },
    "Outputs": {"Name": {"Value": {"Ref": "Nothing"}}},
}
# Prints what is found in a template in a process of its own, which alone sees the machine's settings.
PRINT = """
import json, sys
from compiler.lint.cfn import Template, check
template = Template(open(sys.argv[1]).read(), "eu-west-1")
print(json.dumps(sorted([m.code, m.message] for m in check([template])[template])))
"""


def edited(assembly: Assembly, logical_id: str, **properties: Any) -> Assembly:
    """The assembly with other properties of one resource; None takes a property away."""
    stacks = []
    for stack in assembly.stacks:
        template = json.loads(stack.body)
        if found := template["Resources"].get(logical_id):
            found["Properties"] |= properties
            found["Properties"] = {k: v for k, v in found["Properties"].items() if v is not None}
        stacks.append(replace(stack, template=template))
    return replace(assembly, stacks=tuple(stacks))


def test_a_right_platform_gives_nothing() -> None:
    assert lint([compiled(STREAM), compiled(STREAM, "production")]) == ()
    assert lint([]) == ()


def test_a_finding_of_cfn_lint_points_at_the_line_of_the_component() -> None:
    (finding,) = lint([edited(compiled(STREAM), "ClicksStream", RetentionPeriodHours="long")])
    assert finding.position == Position("spec.yaml", 7, 11)
    assert (finding.code, finding.severity, finding.stack) == ("E3012", "error", "data")
    assert finding.logical_id == "ClicksStream"
    assert finding.path == "Resources/ClicksStream/Properties/RetentionPeriodHours"
    assert finding.url.startswith("https://")
    assert str(finding) == f"spec.yaml:7:11 E3012 {finding.message} (dev)"


def test_a_finding_of_a_house_rule_points_there_too() -> None:
    (finding,) = lint([edited(compiled(STREAM), "ClicksStream", Name="clicks")])
    assert finding == Finding(
        position=Position("spec.yaml", 7, 11),
        code="F141",
        message="ClicksStream Name is fixed, so the resource can never be replaced; leave it out",
        severity="error",
        stack="data",
        logical_id="ClicksStream",
        path="Resources/ClicksStream/Properties/Name",
        environments=("dev",),
    )


def test_the_same_finding_in_several_environments_is_shown_once() -> None:
    both = [edited(compiled(STREAM, name), "ClicksStream", ShardCount=None) for name in ("production", "dev")]
    (finding,) = lint(both)
    assert (finding.code, finding.environments) == ("F153", ("dev", "production"))


def test_what_is_in_no_resource_points_at_the_top_of_the_spec() -> None:
    assembly = compiled(STREAM)
    first, *others = assembly.stacks
    outputs = {"Outputs": {"AdminPassword": {"Value": "hunter2"}, "Name": {"Value": {"Ref": "Nothing"}}}}
    broken = replace(first, template={**first.template, **outputs})
    found = lint([replace(assembly, stacks=(broken, *others))])
    assert [finding.code for finding in found] == ["E6101", "F121"]
    assert {finding.position for finding in found} == {Position("spec.yaml", 1, 1)}
    assert {finding.logical_id for finding in found} == {""}
    assert found[1].path == "Outputs/AdminPassword/Value"


def test_an_assembly_read_from_its_folder_has_templates_for_places() -> None:
    broken = edited(compiled(STREAM), "ClicksStream", ShardCount=None)
    (finding,) = lint([read(broken.files())])
    assert finding.position == Position("data.template.json", 1, 1)


def test_findings_are_sorted_by_place() -> None:
    assembly = compiled("streams:\n  a: {}\n  b: {}\n")
    for name in ("BStream", "AStream"):
        assembly = edited(assembly, name, ShardCount=None, Name=name)
    assert [(finding.position.line, finding.code) for finding in lint([assembly])] == [
        (8, "F141"),
        (8, "F153"),
        (9, "F141"),
        (9, "F153"),
    ]


def test_equal_templates_are_linted_once() -> None:
    template = Template(dumps(WRONG), "eu-west-1")
    found = cfn.check([template, template])
    assert list(found) == [template]
    assert {match.code for match in found[template]} == {"E3002", "E3030", "E6101"}


def test_text_that_is_no_template_is_a_finding_and_no_traceback() -> None:
    broken = Template("{", "eu-west-1")
    (match,) = cfn.check([broken])[broken]
    assert (match.code, match.path) == ("E0000", ())


def run_in(folder: Path, environment: dict[str, str], *command: str | Path) -> Any:
    """What a command prints as JSON, in a folder that holds the wrong template and maybe more."""
    (folder / "wrong.template.json").write_text(dumps(WRONG))
    known = {"PATH": os.environ["PATH"], "HOME": str(folder / "nobody"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=known | environment, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)


def by_command(folder: Path, environment: dict[str, str], *options: str) -> list[list[str]]:
    tool = Path(sys.executable).parent / "cfn-lint"
    found = run_in(folder, environment, tool, "--format", "json", *options, "--", "wrong.template.json")
    return sorted([match["Rule"]["Id"], match["Message"]] for match in found)


def settings_of_the_user(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir()
    (home / ".cfnlintrc").write_text("ignore_checks: [E3002]\n")
    return {"HOME": str(home)}


def settings_of_the_project(folder: Path) -> dict[str, str]:
    (folder / ".cfnlintrc").write_text("ignore_checks: [E3030]\n")
    return {}


def newer_schemas(folder: Path) -> dict[str, str]:
    """Schemas in which no type exists."""
    schemas = folder / "aws" / "cfn-lint" / "schemas"
    (schemas / "providers").mkdir(parents=True)
    (schemas / "providers" / "us-east-1.json").write_text("{}")
    (schemas / "version.json").write_text('{"schema_date": "2099-01-01"}')
    return {"XDG_CACHE_HOME": str(folder)}


@pytest.mark.parametrize("machine", [settings_of_the_user, settings_of_the_project, newer_schemas])
def test_findings_are_those_of_the_command_whatever_the_machine_has(
    machine: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    plain = by_command(tmp_path, {}, "--regions", "eu-west-1")
    environment = machine(tmp_path) | {"AWS_REGION": "cn-north-1"}
    assert by_command(tmp_path, environment, "--regions", "eu-west-1") != plain
    assert run_in(tmp_path, environment, sys.executable, "-c", PRINT, "wrong.template.json") == plain


def test_work_gives_the_same_alone_and_by_two_processes() -> None:
    words = ["one", "three", "five", "eleven"]
    assert shared_out(len, words, alone=True) == shared_out(len, words, alone=False) == [3, 5, 4, 6]


def test_no_process_is_forked_while_another_thread_runs() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert must_be_alone()
    finally:
        done.set()
        thread.join()


def test_garbage_is_collected_again_afterwards() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_ids_are_unique_and_modules_are_named_after_them() -> None:
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.module.startswith(f"{rule.id.lower()}_") for rule in rules)
    assert not {rule.id for rule in rules} & set(cfn.rule_ids())


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_says_what_why_how_and_who_says_so(rule: catalogue.Rule) -> None:
    assert rule.severity in ("error", "warning")
    assert rule.summary[0].islower() or rule.summary.split()[0].isupper()
    assert not rule.summary.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert len(rule.source) > 10


def test_the_published_catalogue_is_the_one_of_the_rules() -> None:
    assert DOCS.read_text() == catalogue.document()


def test_the_catalogue_is_written_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rules.md"
    assert catalogue.main(["--check", str(file)]) == 1
    assert catalogue.main(["--out", str(file)]) == 0
    assert catalogue.main(["--check", str(file)]) == 0
    file.write_text("old")
    assert catalogue.main(["--check", str(file)]) == 1
    assert "is stale; run python -m compiler.lint.catalogue --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("F101", "F101 (error): a role may act on every resource"),
        ("f101", "  fix     Name the ARNs."),
        ("E3012", "E3012 (error, cfn-lint): Check resource properties values"),
        ("E101", "E101 (error in the spec): an unknown key"),
        ("R121", "R121 (a rule of the review): an address"),
    ],
)
def test_a_rule_is_described(rule: str, said: str) -> None:
    assert said in catalogue.describe(rule)


def test_an_unknown_rule_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match=r"there is no rule 'F1533'; did you mean 'F153'\?"):
        catalogue.describe("F1533")


def test_actions_without_a_resource_are_so_for_iam_too() -> None:
    """The list is compared with AWS's own, as cfn-lint bundles it."""
    policies = load_resource("cfnlint.data.AdditionalSpecs", "Policies.json")
    narrower = set()
    for action in ACTIONS:
        service, name = action.lower().split(":")
        if policies[service]["Actions"][name].get("Resources"):
            narrower.add(action)
    assert narrower == set(NO_USE)


def test_fixed_names_are_optional_properties_of_types_that_can_be_replaced() -> None:
    assert ALLOWED.keys() <= NAMES.keys()
    for resource_type, name in NAMES.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
        assert name in schema["properties"], resource_type
        assert name not in schema.get("required", ()), resource_type
        assert schema["createOnlyProperties"], resource_type


def test_a_type_that_cfn_lint_does_not_know_takes_no_tags() -> None:
    assert cfn.tag_property("Custom::Thing", "eu-west-1") is None
    assert cfn.tag_property("AWS::EFS::FileSystem", "eu-west-1") == "FileSystemTags"


def test_a_match_can_travel_between_processes() -> None:
    template = Template(dumps(WRONG), "eu-west-1")
    assert all(type(part) is str for match in cfn.check([template])[template] for part in match.path)
    assert Match("E1", "m", "error", (), "u") == Match("E1", "m", "error", (), "u")


MANY = """\
network: {}
streams: {clicks: {}}
queues: {work: {}}
topics: {news: {}}
buckets: {files: {}}
databases: {registry: {}}
services: {web: {image: {repository: shop/web, tag: "1"}, http: {port: 80, path: /}}}
"""


@pytest.mark.parametrize("odd", ["hello", 5, [], [[]], {"Ref": {"Ref": "x"}}, {"Fn::GetAtt": 5}])
def test_house_rules_leave_what_is_no_cloudformation_to_cfn_lint(odd: Any) -> None:
    """Raw resources and overrides can hold anything, and a rule that fails hides what is wrong."""
    assembly = compiled(MANY)
    for stack in assembly.stacks:
        for name, body in stack.template["Resources"].items():
            properties = body.get("Properties", {})
            for broken in (odd, *(properties | {key: odd} for key in properties)):
                resources = dict(stack.template["Resources"]) | {name: {**body, "Properties": broken}}
                changed = replace(stack, template={**stack.template, "Resources": resources})
                for rule in all_rules():
                    assert all(hit.message for hit in rule.check(Subject(changed, assembly))), rule.id


@pytest.mark.parametrize("key", [5, ["x"], {"Ref": "AWS::Region"}])
def test_a_tag_whose_key_is_no_text_is_no_tag(key: Any) -> None:
    assembly = edited(compiled("queues: {work: {}}\n"), "WorkQueue", Tags=[{"Key": key, "Value": "x"}])
    (stack,) = (stack for stack in assembly.stacks if stack.layer == "data")
    (rule,) = (rule for rule in all_rules() if rule.id == "F143")
    hits = [hit for hit in rule.check(Subject(stack, assembly)) if hit.logical_id == "WorkQueue"]
    assert [hit.message for hit in hits] == ["lacks the tags environment, platform"]


def test_a_finding_names_the_stack_as_the_spec_does() -> None:
    raw = "resources: {Work: {stack: shop, Type: AWS::SQS::Queue, Properties: {Colour: red}}}\n"
    found = lint([compiled(raw)])
    assert {finding.stack for finding in found} == {"shop"}
