"""Rules under profiles and waivers."""

from collections.abc import Sequence
from datetime import date

import pytest

from compiler import pipeline
from compiler.assembly import Assembly
from compiler.diagnostics import Diagnostic, Fix, SpecError
from compiler.document import Document
from compiler.editing.mend import mend
from compiler.lint import lint
from tests.specs import HEAD, document, findings

TOLD = "notifications: {critical: [{email: oncall@example.com}]}\n"
WORK = "{runtime: python3.13, handler: a.b, code: src, timeout: 2m, connections: {jobs: receive}}"
BODY = f"network: {{egress: single}}\n{TOLD}"
WAIVER = '{rule: N013, reason: "one gateway until the move", expires: 2027-03-01}'
SAID = "'egress: single' makes all 2 zones depend on one; write 'per_az' or 'regional'"


def head(*waivers: str) -> str:
    return (
        "schema_version: 1\nplatform: shop\nregion: eu-west-1\nenvironments:\n"
        f"  production: {{profile: production, waivers: [{', '.join(waivers)}]}}\n\n"
    )


def test_a_rule_stops_the_profiles_that_it_is_an_error_in() -> None:
    assert findings(BODY) == [f"spec.yaml:7:11 N013 error (production): {SAID}"]


def test_a_waiver_lets_it_pass() -> None:
    assert findings(BODY, head(WAIVER)) == []


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    assert findings(BODY, head(WAIVER), date(2027, 3, 1)) == []
    assert findings(BODY, head(WAIVER), date(2027, 3, 2)) == [
        "spec.yaml:5:47 E221 error: the waiver of N013 expired on 2027-03-01; mend what it was for, or "
        "renew it",
        f"spec.yaml:7:11 N013 error (production): {SAID}",
    ]


def test_a_waiver_for_another_component_is_none_for_this_one() -> None:
    other = WAIVER.replace("}", ", component: jobs}")
    assert findings(BODY + "queues: {jobs: {}}\n", head(other)) == [
        "spec.yaml:5:47 E222 error: N013 finds nothing in 'jobs' that this waiver is needed for; remove it",
        f"spec.yaml:7:11 N013 error (production): {SAID}",
    ]
    assert findings(BODY, head(WAIVER.replace("}", ", component: network}"))) == []


def test_a_waiver_that_nothing_needs_is_an_error() -> None:
    assert findings("network: {}\n" + TOLD, head(WAIVER)) == [
        "spec.yaml:5:47 E222 error: N013 finds nothing that this waiver is needed for; remove it"
    ]


def test_what_cannot_work_cannot_be_waived_and_a_component_must_exist() -> None:
    wrong = WAIVER.replace("N013", "E210").replace("}", ", component: networks}")
    assert findings("network: {}\n" + TOLD, head(wrong)) == [
        "spec.yaml:5:47 E220 error: E210 cannot be waived: what it says has to be mended",
        "spec.yaml:5:47 E220 error: no component is named 'networks'; did you mean 'network'?",
    ]


def test_a_waiver_of_what_nobody_can_waive_is_told_once() -> None:
    wrong = WAIVER.replace("N013", "K002")
    assert findings("network: {}\n" + TOLD, head(wrong)) == [
        "spec.yaml:5:47 E220 error: K002 cannot be waived: it is about what cannot work",
    ]


def test_a_waiver_of_a_rule_about_specs_that_is_not_there_is_found_without_building() -> None:
    assert findings("network: {}\n" + TOLD, head(WAIVER.replace("N013", "N113"))) == [
        "spec.yaml:5:47 E220 error: there is no rule 'N113'; did you mean 'N013'?",
    ]


def test_a_waiver_until_a_day_that_never_comes_is_none() -> None:
    assert findings(BODY, head(WAIVER.replace("2027-03-01", "2027-02-30"))) == [
        "spec.yaml:5:47 E105 error: '2027-02-30' is no day of the calendar; write the last day of the waiver",
        f"spec.yaml:7:11 N013 error (production): {SAID}",
    ]


def fixes(body: str) -> list[Fix | None]:
    with pytest.raises(SpecError) as caught:
        pipeline.judged(pipeline.platforms(document(body)), date(2026, 11, 23))
    return [diagnostic.fix for diagnostic in caught.value.diagnostics if diagnostic.severity == "error"]


def said(spec: Document) -> Sequence[Diagnostic]:
    try:
        return pipeline.judged(pipeline.platforms(spec), date(2026, 11, 23))
    except SpecError as error:
        return error.diagnostics


def test_what_only_production_minds_is_mended_there() -> None:
    body = "network: {}\nencryption: {rotation: false}\n"
    rotation = ("environments", "production", "encryption", "rotation")
    assert fixes(body + TOLD) == [Fix("set", rotation, True)]


def test_what_two_environments_mind_is_mended_in_one_after_the_other() -> None:
    one, two = "environments:\n", "environments:\n  eu: {profile: production}\n"
    spec = head().replace(one, two) + "network: {}\nencryption: {rotation: false}\n" + TOLD
    mended = mend(spec.encode(), "spec.yaml", said)
    assert [each.fix for each in mended.fixed] == [
        Fix("set", ("environments", name, "encryption", "rotation"), True) for name in ("eu", "production")
    ]
    assert mended.left == ()


def test_what_no_profile_takes_is_mended_where_it_is_written() -> None:
    body = "network: {}\nservices: {web: {image: {repository: web, tag: a}, cpu: 4096, memory: 1024}}\n"
    assert fixes(body + TOLD) == [Fix("set", ("services", "web", "memory"), 8192)]


def test_what_only_one_environment_has_is_mended_there() -> None:
    own = f"queues: {{jobs: {{}}}}, functions: {{work: {WORK}}}"
    read = document(TOLD, HEAD.replace("{profile: production}", f"{{profile: production, {own}}}"))
    (said,) = pipeline.judged(pipeline.platforms(read), date(2026, 11, 23))
    timeout = ("environments", "production", "queues", "jobs", "visibility_timeout")
    assert (said.code, said.fix) == ("C017", Fix("set", timeout, "12m"))


OPEN = """
resources:
  Roles:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
"""


def linted(*waivers: str) -> list[str]:
    read = document(OPEN, head(*waivers))
    return [f"{finding.code} {finding.message}" for finding in lint([compiled_of(read)])]


def compiled_of(read: Document) -> Assembly:
    return pipeline.compile_spec(read, "production", lambda folder: {})


def test_rules_about_templates_are_waived_too() -> None:
    f101 = '{rule: F101, reason: "as narrow as it gets", expires: 2027-03-01}'
    before = linted()
    assert [line for line in before if line.startswith("F101 ")]
    assert linted(f101) == [line for line in before if not line.startswith("F101 ")]


def test_a_waiver_of_a_template_rule_that_nothing_needs_is_an_error() -> None:
    needless = '{rule: F112, reason: "as narrow as it gets", expires: 2027-03-01}'
    assert "E222 F112 finds nothing that this waiver is needed for; remove it" in linted(needless)


def test_a_waiver_of_no_rule_at_all_is_an_error() -> None:
    unknown = '{rule: F100, reason: "as narrow as it gets", expires: 2027-03-01}'
    assert linted(unknown)[0].startswith("E220 there is no rule 'F100'; did you mean 'F1")
