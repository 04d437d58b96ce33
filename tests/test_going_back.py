"""Going back across moves and renames: what has another place or name now is taken back, not made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.assembly import Assembly, Stack
from compiler.cli import main
from compiler.deploy import execute, going_back, plan
from tests.fakes import FakeAws, FakeClock, a_stack, an_assembly
from tests.specs import HEAD

WEB = {"Web": {"DisplayName": "web"}}
JOB = {"Job": {"DisplayName": "job"}}
TOGETHER = an_assembly(a_stack("shop-compute", WEB | JOB))
APART = an_assembly(a_stack("shop-compute", WEB), a_stack("shop-jobs", JOB))


def deployed(*assemblies: Assembly) -> tuple[FakeAws, dict[str, str]]:
    """An account in which they were deployed, and what is in it."""
    door = FakeAws()
    for assembly in assemblies:
        list(execute.run(plan.make(assembly, door, FakeClock())))
    return door, physical(door)


def physical(door: FakeAws) -> dict[str, str]:
    return {each.logical_id: each.physical_id for s in door.stacks() for each in door.resources(s.name)}


def ids(assembly: Assembly) -> list[str]:
    return sorted(name for stack in assembly.stacks for name in stack.template["Resources"])


def test_going_back_across_a_rename_renames_back() -> None:
    old, new = an_assembly(a_stack("shop-data", WEB)), {"Site": {"DisplayName": "web"}}
    later = an_assembly(a_stack("shop-data", new), renames={"site": "web"})
    door, then = deployed(old, later)
    back = going_back.renamed_since(old, [later.renames])
    prepared = plan.make(back, door, FakeClock())
    assert [(move.logical_id, move.to_logical_id) for move in prepared.plan.moves] == [("Site", "Web")]
    list(execute.run(prepared))
    assert physical(door) == {"Web": then["Site"]}


def test_going_back_over_several_renames_knows_the_last_name() -> None:
    old = an_assembly(a_stack("shop-data", WEB))
    assert going_back.renamed_since(old, [{"site": "web"}, {}, {"page": "site"}]).renames == {"web": "page"}
    # There and back again: the name is what it was.
    assert going_back.renamed_since(old, [{"site": "web"}, {"web": "site"}]).renames == {}


def test_a_failed_check_takes_what_has_another_name_back_as_it_is() -> None:
    now = an_assembly(a_stack("shop-compute", {"Site": {"DisplayName": "new"}}), renames={"site": "web"})
    before = an_assembly(a_stack("shop-compute", WEB))
    door, then = deployed(before, now)
    mixed = going_back.without_data(now, before)
    assert mixed.renames == {"web": "site"}
    list(execute.run(plan.make(mixed, door, FakeClock())))
    assert physical(door) == {"Web": then["Site"]}


@pytest.mark.parametrize(("now", "before"), [(APART, TOGETHER), (TOGETHER, APART)], ids=["out", "back"])
def test_what_moved_is_in_one_place_after_going_back(now: Assembly, before: Assembly) -> None:
    assert ids(going_back.without_data(now, before)) == ["Job", "Web"]


def test_what_moved_beside_data_stays_with_it() -> None:
    """The stack that it left holds data that differs, and so stays as it is; it would be in neither."""
    now = an_assembly(_data("two", {}), a_stack("shop-compute", WEB | JOB))
    before = an_assembly(_data("one", JOB), a_stack("shop-compute", WEB))
    assert ids(going_back.without_data(now, before)) == ["Job", "Orders", "Web"]


def test_a_renamed_component_goes_back_in_all_its_stacks_or_in_none() -> None:
    now = an_assembly(
        a_stack("shop-data", {"Sites": {"DisplayName": "two"}}, stateful=("Sites",)),
        a_stack("shop-alarms", {"SitesAlarm": {}}, origins=_origins("sites")),
        renames={"sites": "webs"},
    )
    before = an_assembly(
        a_stack("shop-data", {"Webs": {"DisplayName": "one"}}, stateful=("Webs",)),
        a_stack("shop-alarms", {"WebsAlarm": {}}, origins=_origins("webs")),
    )
    mixed = going_back.without_data(now, before)
    assert (ids(mixed), mixed.renames) == (["Sites", "SitesAlarm"], {"sites": "webs"})


def _data(name: str, more: dict[str, dict[str, str]]) -> Stack:
    return a_stack("shop-data", {"Orders": {"DisplayName": name}, **more}, stateful=("Orders",))


def _origins(component: str) -> dict[str, object]:
    (origin,) = a_stack("shop-x", {component: {}}).origins.values()
    return {f"{component.title()}Alarm": origin}


def test_rollback_on_the_emulator_gives_a_renamed_queue_with_a_producer_its_name_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): return 1\n")

    def formwork(command: str, queue: str, *more: str) -> tuple[int, str]:
        name = queue.partition(":")[0]
        (tmp_path / "spec.yaml").write_text(HEAD + SPEC.format(queue=queue, name=name))
        code = main([command, "spec.yaml", "--env", "dev", "--local", *more])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    code, said = formwork("deploy", "work: {}", "--yes")
    assert code == 0, said
    code, said = formwork("deploy", "jobs: {renamed_from: work}", "--yes")
    assert code == 0, said
    code, said = formwork("rollback", "jobs: {renamed_from: work}", "--yes")
    assert code == 0, said
    assert "JobsQueue -> WorkQueue" in said
    assert formwork("plan", "work: {}", "--exit-code")[0] == 0


SPEC = """
queues: {{{queue}}}
functions:
  sender:
    runtime: python3.13
    handler: app.handler
    code: code
    connections: {{{name}: send}}
"""
