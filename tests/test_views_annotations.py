"""Plans -> GitHub annotations at the lines of the spec."""

from __future__ import annotations

from dataclasses import replace

from compiler.diagnostics import Position
from compiler.review.changes import ChangePlan
from compiler.views.annotations import annotated
from compiler.views.phrases import REFUSED
from compiler.views.workflow import command
from tests.test_review_view import MIXED, change, part, plan


def test_what_needs_approval_warns_what_interrupts_is_noted_and_routine_is_silent() -> None:
    assert annotated([MIXED]).splitlines() == [
        "::warning file=spec.yaml,line=9,col=3,title=data-loss%3A registry::"
        "-/+ Db AWS::SNS::Topic: R199 because Db (dev)",
        "::warning file=spec.yaml,line=4,col=3,title=exposure%3A ingest::"
        "~ Role AWS::SNS::Topic: R199 because Role (dev)",
        "::notice title=interrupting%3A Raw::- Raw AWS::SNS::Topic: R199 because Raw (dev)",
    ]


def test_what_aws_refuses_is_an_error_whatever_it_risks() -> None:
    refused = replace(change("Key"), action=REFUSED)
    assert annotated([plan(part("one", refused))]).startswith("::error file=spec.yaml,line=4,col=3,")


def test_no_risk_gives_nothing() -> None:
    assert annotated([plan(part("one", change("A")))]) == ""


def test_one_annotation_tells_of_a_line_in_all_environments() -> None:
    stack = part("data", change("Db", "remove", "data-loss"), change("Copy", "remove", "data-loss"))
    both = [ChangePlan("shop", name, (stack,)) for name in ("dev", "production")]
    (line,) = annotated(both).splitlines()
    assert line.endswith(
        "::- Copy AWS::SNS::Topic: R199 because Copy (dev, production)"
        "%0A- Db AWS::SNS::Topic: R199 because Db (dev, production)"
    )


def test_components_on_one_line_keep_annotations_of_their_own() -> None:
    one, other = (change(name, "remove", "identity", component=name) for name in "ab")
    assert len(annotated([plan(part("data", one, other))]).splitlines()) == 2


def test_a_command_cannot_be_ended_early() -> None:
    place = Position("a,b:c%.yaml", 3, 1)
    assert command("notice", "x\n::error::", "50%\r\n::error::no", place) == (
        "::notice file=a%2Cb%3Ac%25.yaml,line=3,col=1,title=x%0A%3A%3Aerror%3A%3A::50%25%0D%0A::error::no"
    )
