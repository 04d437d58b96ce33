"""Plans -> text, Markdown and data."""

from __future__ import annotations

import json
from typing import Any

from compiler.assembly import Origin
from compiler.diagnostics import Position
from compiler.review.changes import Action, Change, ChangePlan, PropertyChange, Reason, Risk, StackChanges
from compiler.views import review
from compiler.views.style import Style

PLAIN, COLOURED = Style(False), Style(True)


def change(
    logical_id: str,
    action: Action = "modify",
    risk: Risk = "routine",
    *,
    component: str = "ingest",
    line: int = 4,
    properties: tuple[PropertyChange, ...] = (),
    kind: str = "AWS::SNS::Topic",
) -> Change:
    origin = Origin(component, f"services.{component}", Position("spec.yaml", line, 3)) if component else None
    return Change(
        logical_id, kind, action, risk, (Reason("R199", f"because {logical_id}"),), properties, origin
    )


def part(name: str, *changes: Change, **more: Any) -> StackChanges:
    return StackChanges(name, name, more.pop("action", "update"), changes, **more)


def plan(*stacks: StackChanges) -> ChangePlan:
    return ChangePlan("shop", "dev", stacks)


CPU = PropertyChange("Cpu", "256", "512", "always")
TAG = PropertyChange("Tags[owner].Value", "a", "b")
MIXED = plan(
    part("data", change("Db", "replace", "data-loss", component="registry", line=9)),
    part(
        "compute",
        change("Task", "replace", properties=(CPU,)),
        change("Role", "modify", "exposure"),
        change("Raw", "remove", "interrupting", component=""),
        change("Tagged", properties=(TAG,)),
    ),
    part("edge", change("A", "add", component="web"), change("B", "add", component="web"), action="create"),
    part("quiet", action="none"),
    part("noted", notes=("output X is new",)),
)


def test_the_text_is_riskiest_first_and_grouped_by_component() -> None:
    assert (
        review.text([MIXED], PLAIN)
        == """\
shop dev: 7 changes (1 data-loss, 1 exposure, 1 interrupting, 4 routine)

registry in data  spec.yaml:9
-/+ Db  AWS::SNS::Topic  data-loss
      R199 because Db

ingest in compute  spec.yaml:4
  ~ Role  AWS::SNS::Topic  exposure
      R199 because Role
-/+ Task  AWS::SNS::Topic  routine
      Cpu: 256 -> 512 (replaces)
  ~ 1 resource: only tags

(no component) in compute
  - Raw  AWS::SNS::Topic  interrupting
      R199 because Raw

web in edge (new)  spec.yaml:4
  + 2 resources: 2 Topic

also in noted
  output X is new
"""
    )


def test_verbose_text_folds_nothing() -> None:
    text = review.text([MIXED], PLAIN, verbose=True)
    assert "+ A  AWS::SNS::Topic  routine" in text
    assert "Tags[owner].Value: a -> b" in text
    assert "R199 because Task" in text


def test_colours_only_when_asked_for() -> None:
    assert "\x1b[" not in review.text([MIXED], PLAIN)
    assert "\x1b[31m" in review.text([MIXED], COLOURED)


def test_many_properties_are_counted_and_those_that_replace_are_kept() -> None:
    properties = (*(PropertyChange(f"P{n:02}", "a", "b") for n in range(20)), CPU)
    text = review.text([plan(part("one", change("It", properties=properties)))], PLAIN)
    assert "Cpu: 256 -> 512 (replaces)" in text
    assert "9 more properties" in text


def test_no_changes_are_said() -> None:
    assert review.text([plan(part("one", action="none"))], PLAIN) == "shop dev: no changes\n"
    assert "no resource changes" in review.text([plan(part("one", notes=("tag a: b -> c",)))], PLAIN)


def test_a_predicted_stack_says_so() -> None:
    assert "one (predicted)" in review.text([plan(part("one", change("It"), predicted=True))], PLAIN)


def test_the_data_keeps_its_contract() -> None:
    found = review.data([MIXED])
    assert found["summary"] == {"data-loss": 1, "exposure": 1, "identity": 0, "interrupting": 1, "routine": 4}
    assert [each["logical_id"] for each in found["changes"]] == [
        "Db",
        "Role",
        "Raw",
        "Tagged",
        "Task",
        "A",
        "B",
    ]
    assert found["changes"][4] == {
        "environment": "dev",
        "stack": "compute",
        "component": "ingest",
        "source": "spec.yaml:4",
        "logical_id": "Task",
        "type": "AWS::SNS::Topic",
        "action": "replace",
        "class": "routine",
        "reasons": [{"rule": "R199", "text": "because Task"}],
        "properties": [{"path": "Cpu", "before": "256", "after": "512", "requires_replacement": "always"}],
    }
    assert found["changes"][2]["component"] is None
    assert json.loads(json.dumps(found)) == found


def test_the_order_of_changes_does_not_matter() -> None:
    turned = plan(
        *(part(s.stack, *reversed(s.changes), action=s.action, notes=s.notes) for s in MIXED.stacks)
    )
    assert review.data([turned]) == review.data([MIXED])
    assert review.text([turned], PLAIN) == review.text([MIXED], PLAIN)


def test_markdown_opens_what_needs_approval() -> None:
    text = review.markdown([MIXED])
    assert "Needs approval: **1 data-loss**, **1 exposure**." in text
    assert "<details open><summary>data: 1 data-loss</summary>" in text
    assert "<details><summary>edge (new): 2 routine</summary>" in text
    assert "- output X is new" in text
    assert text.count("<details") == text.count("</details>") == 4


def test_markdown_has_the_riskiest_stack_first_and_notes_last() -> None:
    stacks = (
        part("noted", notes=("output X is new",)),
        part("calm", change("A")),
        part("other", change("B")),
        part("danger", change("C", "remove", "data-loss")),
    )
    text = review.markdown([plan(*stacks)])
    places = [text.index(f"<summary>{name}") for name in ("danger", "calm", "other", "noted")]
    assert places == sorted(places)


def test_markdown_cannot_be_broken_out_of() -> None:
    nasty = PropertyChange("P", "a|b`c</code>\n@team", "<img src=x>")
    text = review.markdown([plan(part("one", change("It", "modify", "exposure", properties=(nasty,))))])
    row = next(line for line in text.splitlines() if line.startswith("| <code>&#126;"))
    assert row.count("|") == 5
    assert "<img" not in text
    assert "@team" not in text


def test_markdown_fits_a_comment_and_says_what_is_missing() -> None:
    wide = tuple(PropertyChange(f"Path{n}", "x" * 90, "y" * 90) for n in range(8))
    routine = [change(f"R{n:03}", properties=wide) for n in range(200)]
    danger = change("Db", "remove", "data-loss")
    text = review.markdown([plan(part("one", *routine, danger))])
    assert len(text.encode()) <= review.COMMENT_BYTES
    assert "<code>Db</code>" in text
    shown = text.count("<code>R")
    assert 0 < shown < 200
    assert f"{200 - shown} more not shown." in text


def test_even_a_flood_of_notes_fits() -> None:
    flood = plan(part("one", notes=tuple(f"output {'é' * 90}{n} is new" for n in range(900))))
    text = review.markdown([flood])
    assert len(text.encode()) <= review.COMMENT_BYTES
    assert text.endswith("more not shown\n")
