"""The search for drift in an account in memory, and the file of what is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from compiler.deploy import execute, plan
from compiler.deploy.doors.drift import Detection, Difference, ResourceDrift
from compiler.deploy.errors import RefusedError
from compiler.drift import accepted, report, revert
from compiler.drift.choose import chosen
from compiler.drift.findings import Entry, Report
from compiler.drift.search import PATIENCE, Searched, search
from compiler.exits import UserError
from compiler.review.changes import Change, ChangePlan, PropertyChange, StackChanges
from compiler.views import drift as view
from compiler.views.style import Style
from tests.fakes import ACCOUNT, FakeAws, FakeClock, a_stack, an_assembly

TODAY = date(2026, 11, 23)
FOUNDATION = a_stack("shop-foundation", {"Key": {"Text": "one"}})
DATA = a_stack("shop-data", {"Orders": {"DisplayName": "orders"}, "Other": {}})
SHOP = an_assembly(FOUNDATION, DATA)


def changed(actual: str = "by hand", logical_id: str = "Orders") -> ResourceDrift:
    return ResourceDrift(
        logical_id,
        f"shop-data-{logical_id}-1",
        "AWS::SNS::Topic",
        "MODIFIED",
        (Difference("/DisplayName", "NOT_EQUAL", "orders", actual),),
        {"DisplayName": "orders"},
        {"DisplayName": actual},
    )


class Slow(FakeAws):
    """Searches that end after so many looks; all that are under way at once are counted."""

    def __init__(self, looks: int = 2) -> None:
        super().__init__()
        self.looks = looks
        self.asked: dict[str, int] = {}
        self.searches: list[tuple[str, tuple[str, ...]]] = []

    def detect_drift(self, stack: str, logical_ids: Sequence[str] = ()) -> str:
        self.searches.append((stack, tuple(logical_ids)))
        return super().detect_drift(stack, logical_ids)

    def detection(self, detection: str) -> Detection:
        self.asked[detection] = self.asked.get(detection, 0) + 1
        assert len(self.searches) == 2 or self.looks < 2, "both are started before either is asked about"
        if self.asked[detection] < self.looks:
            return Detection("DETECTION_IN_PROGRESS")
        return super().detection(detection)


def deployed(aws: FakeAws | None = None) -> FakeAws:
    aws = aws or FakeAws()
    list(execute.run(plan.make(SHOP, aws, FakeClock())))
    return aws


def look(aws: FakeAws, entries: Sequence[Entry] = (), **more: Any) -> Report:
    found = search(SHOP, aws, FakeClock(), **more)
    return report.of(SHOP, ACCOUNT, found, entries, TODAY)


def test_all_stacks_are_searched_at_once_and_all_resources_accounted_for() -> None:
    aws = deployed(Slow())
    aws.drifted["shop-data"] = (changed(), replace(changed(), logical_id="Other", status="IN_SYNC"))
    found = look(aws)
    assert found.searched == ("shop-foundation", "shop-data")
    assert [finding.id for finding in found.findings] == ["Orders.DisplayName"]
    assert [(each.logical_id, each.status) for each in found.unchecked] == [("Key", "UNSUPPORTED")]
    assert found.findings[0].origin == DATA.origins["Orders"]


def test_only_the_components_that_are_named_are_looked_at() -> None:
    aws = Slow(looks=1)
    deployed(aws)
    aws.drifted["shop-data"] = (changed(), changed(logical_id="Other"))
    found = look(aws, components=["orders"])
    assert aws.searches == [("shop-data", ("Orders",))]
    assert [finding.logical_id for finding in found.findings] == ["Orders"]
    assert found.unchecked == ()


def test_a_stack_that_cannot_be_searched_is_said_and_the_others_are() -> None:
    aws = deployed()
    aws.set("shop-foundation", status="UPDATE_IN_PROGRESS")
    aws.drifted["shop-data"] = (changed(),)
    found = look(aws)
    assert [(each.stack, each.reason) for each in found.unsearched] == [
        ("shop-foundation", "it is in UPDATE_IN_PROGRESS")
    ]
    assert len(found.findings) == 1
    nothing = report.of(SHOP, ACCOUNT, search(SHOP, FakeAws(), FakeClock()), (), TODAY)
    assert {each.reason for each in nothing.unsearched} == {"it is not deployed"}


def test_a_stack_that_left_the_spec_is_searched_too() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    without = an_assembly(FOUNDATION)
    found = report.of(without, ACCOUNT, search(without, aws, FakeClock()), (), TODAY)
    assert [(finding.stack, finding.component) for finding in found.findings] == [("shop-data", "")]


def test_a_search_that_never_ends_is_given_up() -> None:
    class Endless(FakeAws):
        def detection(self, detection: str) -> Detection:
            return Detection("DETECTION_IN_PROGRESS")

    clock = FakeClock()
    found = search(SHOP, deployed(Endless()), clock)
    assert {each.obstacle for each in found} == {"the search did not end in 30 minutes"}
    assert PATIENCE < clock.now() < PATIENCE + 60


def test_a_failed_search_says_why_and_what_a_role_lacks() -> None:
    class Failing(FakeAws):
        def detection(self, detection: str) -> Detection:
            return Detection("DETECTION_FAILED", "User: x is not authorized to perform: sqs:Get.")

    aws = deployed(Failing())
    assert "use a role with ReadOnlyAccess" in look(aws).unsearched[0].reason
    unknown = replace(changed(), status="UNKNOWN", reason="AccessDenied: no sns:GetTopicAttributes")
    aws.drifted["shop-data"] = (unknown,)
    found = look(aws)
    assert [(each.logical_id, each.status) for each in found.unchecked] == [
        ("Orders", "UNKNOWN"),
        ("Other", "UNSUPPORTED"),
    ]
    told = view.text(found, "spec.yaml", Style(False))
    assert "not checked: 1 UNKNOWN, 1 UNSUPPORTED" in told
    assert "these credentials may not read it" in told


def test_each_finding_is_told_with_its_line_and_three_ways_out() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    told = view.text(look(aws), "my spec.yaml", Style(False))
    assert told.splitlines()[:4] == [
        "shop dev: 1 difference (1 routine)",
        "",
        "orders in shop-data  shop.yaml:3",
        "  Orders  AWS::SNS::Topic  routine",
    ]
    assert "    DisplayName: deployed orders, live by hand" in told
    for way in ("--accept Orders.DisplayName --reason TEXT", "--revert Orders.DisplayName", "--adopt Orders"):
        assert f"formwork drift 'my spec.yaml' --env dev {way}" in told


def entry_of(found: Report, expires: str = "2026-12-31") -> Entry:
    return accepted.entry(
        found.findings[0], "dev", "known until the sale is over", date.fromisoformat(expires)
    )


def test_what_is_accepted_is_not_told_until_it_expires_or_changes_again() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    entry = entry_of(look(aws))
    assert (entry.actual, entry.component) == ("by hand", "orders")
    again = look(aws, [entry])
    assert (again.findings, again.accepted[0][1]) == ((), entry)
    over = look(aws, [replace(entry, expires="2026-11-22")])
    assert (
        "accepted until 2026-11-22 (known until the sale is over), and that is over" in over.findings[0].note
    )
    aws.drifted["shop-data"] = (changed("by another hand"),)
    moved = look(aws, [entry])
    assert "accepted at by hand (known until" in moved.findings[0].note
    assert "has changed again since" in moved.findings[0].note
    assert look(aws, [replace(entry, environment="production")]).findings[0].note == ""


def test_an_entry_about_what_no_longer_differs_is_stale_only_if_that_is_known() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    entry = entry_of(look(aws))
    aws.drifted["shop-data"] = (replace(changed(), status="IN_SYNC", differences=()),)
    assert look(aws, [entry]).stale == (entry,)
    aws.drifted["shop-data"] = (replace(changed(), status="UNKNOWN", differences=()),)
    assert look(aws, [entry]).stale == ()


def test_the_file_of_accepted_drift_is_read_as_it_was_written() -> None:
    entries = (
        Entry(
            "dev",
            "orders",
            "shop-data",
            "Orders",
            "A.B[x: y]",
            "0123456789012345",
            "reason: 'x' # y",
            "2026-12-31",
        ),
        Entry(
            "dev",
            "",
            "shop-data",
            "Gone",
            "",
            "deleted",
            "it is gone, and that is fine",
            "2026-12-31",
            "é\n1",
        ),
    )
    content = accepted.write(entries)
    assert set(accepted.read(content, "x")) == set(entries)
    assert accepted.write(accepted.read(content, "x")) == content
    newer = replace(entries[0], reason="another reason")
    assert accepted.added(entries, [newer]) == (newer, entries[1])
    assert accepted.file_of("specs/shop.yaml") == "specs/shop.drift.yaml"
    assert accepted.file_of("shop") == "shop.drift.yaml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "write it with `formwork drift"),
        ("", "write it with `formwork drift"),
        ("accepted: 5\n", "no list of accepted drift"),
        ("accepted: [5]\n", "x:1:12 an entry is a mapping"),
        ("accepted:\n- {enviroment: dev}\n", "did you mean 'environment'?"),
        ("accepted:\n- {environment: dev}\n", "`component` is missing"),
    ],
)
def test_a_wrong_file_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        accepted.read(text.encode(), "x")
    assert said in str(caught.value)


def test_a_wrong_day_is_said_with_its_place() -> None:
    good = accepted.write([Entry("dev", "", "s", "L", "", "d", "some reason", "2026-12-31")])
    with pytest.raises(UserError, match="'tomorrow', which is no day"):
        accepted.read(good.replace(b"2026-12-31", b"tomorrow"), "x")


def test_names_mean_one_finding_or_are_refused_with_the_reason() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    found = look(aws)
    assert chosen(found, ["Orders.DisplayName", "shop-data/Orders.DisplayName"]) == found.findings
    with pytest.raises(UserError, match=r"what differs is: Orders\.DisplayName; did you mean"):
        chosen(found, ["Orders.DisplyName"])
    tagged = ResourceDrift(
        "Other",
        "other-1",
        "AWS::SNS::Topic",
        "MODIFIED",
        (Difference("/Tags", "ADD", "null", "x"),),
        {"Tags": []},
        {"Tags": [{"Key": "aws:x", "Value": "1"}]},
    )
    aws.drifted["shop-data"] = (tagged,)
    with pytest.raises(RefusedError, match="is left as it is: AWS sets tags"):
        chosen(look(aws), ["Other.Tags[aws:x].Value"])
    aws.drifted["shop-data"] = (changed(),)
    with pytest.raises(RefusedError, match="is accepted until"):
        chosen(look(aws, [entry_of(found)]), ["Orders.DisplayName"])


def a_plan(*changes: Change, stack: str = "shop-data") -> ChangePlan:
    return ChangePlan("shop", "dev", (StackChanges(stack, "data", "update", changes),))


def a_change(logical_id: str, *paths: str) -> Change:
    properties = tuple(PropertyChange(path, "a", "b") for path in paths)
    return Change(logical_id, "AWS::SNS::Topic", "modify", "routine", (), properties)


def test_a_change_set_that_would_bring_back_more_or_less_than_asked_for_is_refused() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    findings = look(aws).findings
    just = a_plan(a_change("Orders", "DisplayName"))
    revert.check_only(just, findings)
    revert.check_all(just, findings)
    more = a_plan(a_change("Orders", "DisplayName", "Tags[x].Value"), a_change("Other", "DisplayName"))
    with pytest.raises(RefusedError, match=r"also change Orders\.Tags\[x\]\.Value, Other"):
        revert.check_only(more, findings)
    with pytest.raises(RefusedError, match=r"finds nothing to bring back of Orders\.DisplayName"):
        revert.check_all(a_plan(), findings)


def test_what_the_spec_changes_as_well_is_not_brought_back_on_its_own() -> None:
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    searched = search(SHOP, aws, FakeClock())
    findings = look(aws).findings
    revert.check_current(findings, searched, SHOP)
    other = an_assembly(FOUNDATION, a_stack("shop-data", {"Orders": {"DisplayName": "new"}}))
    with pytest.raises(RefusedError, match="the spec says something else than what is deployed"):
        revert.check_current(findings, searched, other)


def test_what_cloudformation_is_known_to_fail_at_is_refused() -> None:
    stack = a_stack("shop-data", {"Orders": {}})
    template = {"Resources": {"Orders": {"Type": "AWS::ApiGateway::Resource"}}}
    aws = deployed()
    aws.drifted["shop-data"] = (changed(),)
    with pytest.raises(RefusedError, match="issue 2505"):
        revert.check_possible(look(aws).findings, [Searched(replace(stack, template=template))])
