"""Availability: what AWS promises of each path, what does not count, what is wanted, and what would help."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compiler import cli
from compiler.assembly import Assembly
from compiler.availability import budget
from compiler.availability.budget import (
    hours_a_year,
    minutes_a_month,
    percentage,
    promised,
    unknown,
    weakest,
)
from compiler.availability.options import options
from compiler.availability.paths import Step, Way, beneath, ways
from compiler.availability.slas import Sla, book
from compiler.views import availability
from compiler.views.style import Style
from tests.specs import HEAD, compiled, findings, resolved

FUNCTION = 'runtime: python3.13, inline: "def handler(event, context): return {}"'
WEB = "image: {repository: a, tag: '1'}, cpu: 256, memory: 512"
# API Gateway -> load balancer -> Fargate -> Aurora and a cache, all of it in two zones.
SHOP = f"""
network: {{}}
databases: {{orders: {{readers: 1, capacity: {{min: 1, max: 2}}}}}}
caches: {{sessions: {{nodes: 2}}}}
streams: {{clicks: {{}}}}
services:
  web:
    {{{WEB}, spot: 0%, count: 2, http: {{port: 80, path: /}}, connections: {{orders: write, sessions: read}}}}
apis: {{front: {{routes: {{"GET /": {{to: web, auth: none}}}}}}}}
"""
PRODUCING = SHOP.replace("sessions: read", "sessions: read, clicks: produce")
STEPS = some.lists(
    some.sampled_from(sorted(book().slas)).map(lambda id_: Step("any", "any", id_)), max_size=9
)


def ways_of(body: str, environment: str = "dev") -> dict[str, Way]:
    return {way.name: way for way in ways(resolved(body, environment))}


def counted(way: Way) -> list[tuple[str, str]]:
    return [(step.component, step.promise) for step in way.steps]


def percent(way: Way) -> float:
    assert not unknown(way.steps)
    return percentage(promised(way.steps))


def test_a_path_through_api_and_load_balancer_to_data_is_promised_the_product_of_its_steps() -> None:
    way = ways_of(SHOP)["front to web"]
    assert counted(way) == [
        ("front", "api_gateway"),
        ("load_balancer", "alb"),
        ("web", "fargate_multi_zone"),
        ("orders", "aurora_multi_zone"),
        ("sessions", "cache_multi_zone"),
    ]
    assert promised(way.steps) == Fraction(9995, 10000) * Fraction(9999, 10000) ** 4
    assert percent(way) == 99.91
    assert minutes_a_month(promised(way.steps)) == 39.4
    assert hours_a_year(promised(way.steps)) == 7.9


def test_the_load_balancer_alone_is_a_path_of_its_own() -> None:
    assert percent(ways_of(SHOP)["load_balancer to web"]) == 99.96


def test_what_is_put_into_a_stream_is_on_the_path_up_to_the_stream() -> None:
    way = ways_of(PRODUCING)["front to web"]
    assert ("clicks", "kinesis") in counted(way)
    assert percent(way) == 99.81


@pytest.mark.parametrize(
    ("old", "new", "promise"),
    [
        ("readers: 1", "readers: 0", ("orders", "aurora_single_zone")),
        ("readers: 1", "readers: 1, proxy: true", ("orders", "rds_proxy")),
        ("nodes: 2", "nodes: 1", ("sessions", "cache_single_zone")),
        ("nodes: 2", "nodes: 1, shards: 2", ("sessions", "cache_single_zone")),
        ("nodes: 2", "mode: serverless", ("sessions", "cache_serverless")),
        ("count: 2", "count: 1", ("web", "fargate_single_task")),
        ("count: 2", "count: {min: 1, max: 4}", ("web", "fargate_single_task")),
        ("count: 2", "count: {min: 2, max: 4}", ("web", "fargate_multi_zone")),
        ("spot: 0%", "spot: 50%", ("web", "fargate_spot")),
        ("network: {}", "network: {}\nload_balancer: {waf: true}", ("load_balancer", "waf")),
    ],
)
def test_what_is_promised_depends_on_how_a_component_is_used(
    old: str, new: str, promise: tuple[str, str]
) -> None:
    assert old in SHOP
    assert promise in counted(ways_of(SHOP.replace(old, new))["front to web"])


def test_where_nothing_is_promised_of_a_step_nothing_is_of_the_path() -> None:
    body = SHOP.replace("count: 2", "count: 1")
    (entry,) = [e for e in availability.data(resolved(body))["paths"] if e["path"] == "front to web"]
    assert (entry["promised"], entry["minutes_a_month"], entry["weakest"]) == (None, None, ["web"])
    assert entry["at_most"] == pytest.approx(99.92, abs=0.001)
    shown = availability.text(resolved(body), Style(False))
    assert "front to web   no promise; of its other steps 99.92 %: down" in shown
    assert "fewer than two tasks" in shown


def test_of_what_exists_already_only_what_does_not_depend_on_its_zones_is_known() -> None:
    body = f"""
network: {{}}
tables: {{carts: {{existing: {{name: carts}}}}}}
filesystems: {{files: {{existing: {{id: fs-0a1b2c3d4e5f60718, security_group: sg-0a1b2c3d4e5f60718}}}}}}
functions:
  prices: {{existing: {{name: prices}}}}
  api: {{{FUNCTION}, connections: {{carts: read, prices: invoke, files: {{access: read, mount: /mnt/x}}}}}}
apis: {{front: {{routes: {{"GET /": {{to: api, auth: none}}}}}}}}
"""
    assert counted(ways_of(body)["front to api"])[2:] == [
        ("carts", "dynamodb"),
        ("files", "existing"),
        ("prices", "unknown_inside"),
    ]


def test_each_target_of_an_api_is_a_path_with_the_function_that_authorizes_its_requests() -> None:
    body = f"""
functions:
  open: {{{FUNCTION}}}
  closed: {{{FUNCTION}}}
  authorize: {{{FUNCTION}}}
apis:
  front:
    authorizers: {{device: {{function: authorize}}}}
    routes:
      "GET /open": {{to: open, auth: none}}
      "GET /closed": {{to: closed, auth: device}}
"""
    found = ways_of(body)
    assert [name for name, _ in counted(found["front to open"])] == ["front", "open"]
    assert [name for name, _ in counted(found["front to closed"])] == ["front", "authorize", "closed"]


def test_services_that_call_each_other_need_no_load_balancer_in_between() -> None:
    body = f"""
network: {{}}
services:
  web: {{{WEB}, http: {{port: 80, path: /}}, connections: {{prices: call}}}}
  prices: {{{WEB}, http: {{port: 81, path: /prices}}}}
functions: {{job: {{{FUNCTION}}}}}
"""
    found = ways_of(body)
    assert [name for name, _ in counted(found["load_balancer to web"])] == ["load_balancer", "web", "prices"]
    assert [name for name, _ in counted(found["load_balancer to prices"])] == ["load_balancer", "prices"]


def test_work_that_is_started_is_a_path_with_what_that_work_needs() -> None:
    body = f"""
streams: {{clicks: {{}}}}
tables: {{counts: {{partition_key: {{name: page}}}}}}
functions: {{count: {{{FUNCTION}, connections: {{clicks: consume, counts: write}}}}}}
"""
    (way,) = ways(resolved(body))
    assert (way.name, way.kind) == ("clicks to count", "starts")
    assert counted(way) == [("clicks", "kinesis"), ("count", "lambda"), ("counts", "dynamodb")]


def test_nobody_who_waits_for_an_answer_waits_for_what_the_answering_component_takes_from_a_stream() -> None:
    body = SHOP.replace("sessions: read", "sessions: read, clicks: consume")
    found = ways_of(body)
    assert "clicks" not in [name for name, _ in counted(found["front to web"])]
    assert counted(found["clicks to web"])[0] == ("clicks", "kinesis")


def test_optional_connections_and_what_is_read_at_the_start_do_not_count_and_are_named() -> None:
    body = SHOP.replace("sessions: read", "sessions: {access: read, optional: true}, pass: read")
    way = ways_of(body + "secrets: {pass: {}}\n")["front to web"]
    assert percent(way) == 99.92
    assert [(each.component, each.user, each.why) for each in way.left_out] == [
        ("pass", "web", "at_start"),
        ("sessions", "web", "optional"),
    ]
    shown = availability.text(resolved(body + "secrets: {pass: {}}\n"), Style(False))
    assert "not counted: pass (read when 'web' starts), sessions (optional for 'web')" in shown


def test_what_one_component_can_do_without_counts_when_another_cannot() -> None:
    body = f"""
tables: {{carts: {{partition_key: {{name: id}}}}}}
functions:
  outer: {{{FUNCTION}, connections: {{inner: invoke, carts: {{access: read, optional: true}}}}}}
  inner: {{{FUNCTION}, connections: {{carts: read}}}}
apis: {{front: {{routes: {{"GET /": {{to: outer, auth: none}}}}}}}}
"""
    way = ways_of(body)["front to outer"]
    assert ("carts", "dynamodb") in counted(way)
    assert way.left_out == ()


def test_an_optional_connection_compiles_to_the_same() -> None:
    def templates(assembly: Assembly) -> dict[str, bytes]:
        return {name: body for name, body in assembly.files().items() if name.endswith(".template.json")}

    optional = SHOP.replace("sessions: read", "sessions: {access: read, optional: true}")
    assert templates(compiled(optional)) == templates(compiled(SHOP))


def test_keys_and_the_way_out_are_named_and_not_counted() -> None:
    assert [step.promise for step in beneath(resolved(SHOP))] == ["kms", "nat_gateway"]
    closed = SHOP.replace("network: {}", "network: {egress: none}")
    assert [step.promise for step in beneath(resolved(closed))] == ["kms"]


def test_what_would_help_is_computed_for_the_path() -> None:
    body = SHOP.replace("readers: 1", "readers: 0")
    platform = resolved(body)
    way = {way.name: way for way in ways(platform)}["front to web"]
    found = {option.text: option.share for option in options(way, platform)}
    shares = {text: share and percentage(share) for text, share in found.items()}
    direct = "take 'front' out of the path: let requests come to 'load_balancer' itself"
    assert shares["'orders': give it a reader in another zone: `readers: 1`"] == 99.91
    assert shares[direct] == 99.87
    without = (
        "let 'web' do without 'orders' while that is down, and say so by `optional: true` in the connection"
    )
    assert shares[without] == 99.92
    assert [text for text in shares if text.startswith("answer from a second region")]
    assert shares["want no more than is promised: `front: 99.82` in `availability_target`"] == 99.82
    assert found[direct] == promised(ways_of(body)["load_balancer to web"].steps)


def test_what_cannot_be_promised_yet_is_promised_with_a_second_task() -> None:
    platform = resolved(SHOP.replace("count: 2", "count: 1"))
    way = {way.name: way for way in ways(platform)}["front to web"]
    found = {option.text: option.share for option in options(way, platform)}
    better = found["'web': run two tasks at least: `count: 2`"]
    assert better is not None
    assert percentage(better) == 99.91
    assert not [text for text in found if text.startswith("want no more")]


def test_one_target_is_for_all_requests_and_named_ones_for_any_path() -> None:
    def targets(written: str) -> dict[str, float | None]:
        head = HEAD.replace("{profile: dev}", f"{{profile: dev, availability_target: {written}}}")
        body = f"{SHOP}functions: {{count: {{{FUNCTION}, connections: {{clicks: consume}}}}}}\n"
        platform = resolved(body, head=head)
        return {entry["path"]: entry["target"] for entry in availability.data(platform)["paths"]}

    assert targets("99.5") == {
        "front to web": 99.5,
        "load_balancer to web": 99.5,
        "clicks to count": None,
    }
    assert targets("{clicks: 99, front: 99.9}") == {
        "front to web": 99.9,
        "load_balancer to web": None,
        "clicks to count": 99,
    }


def test_text_says_whether_the_target_is_kept_and_what_helps_where_it_is_not() -> None:
    def shown(target: str) -> str:
        head = HEAD.replace("{profile: dev}", f"{{profile: dev, availability_target: {{front: {target}}}}}")
        return availability.text(resolved(SHOP, head=head), Style(False))

    assert "target 99.9 %, 43.8 minutes a month: kept\n" in shown("99.9")
    assert "take 'front' out" not in shown("99.9")
    missed = shown("99.99")
    assert "target 99.99 %, 4.4 minutes a month: more than is promised\n    99.96 %" in missed
    assert "99.96 %     take 'front' out of the path: let requests come to 'load_balancer' itself" in missed


def test_a_second_region_that_stands_by_adds_nothing() -> None:
    body = SHOP + "disaster_recovery: {region: us-west-2, tier: pilot_light}\n"
    assert percent(ways_of(body)["front to web"]) == 99.91
    assert "pilot_light in us-west-2 adds nothing" in availability.text(resolved(body), Style(False))


def test_wrong_connections_are_told_and_lead_nowhere() -> None:
    head = HEAD.replace("{profile: dev}", "{profile: dev, availability_target: {front: 99, nobody: 99}}")
    body = SHOP.replace("sessions: read", "session: read, orders: own").replace("to: web", "to: wep")
    codes = [line.split()[1] for line in findings(body.replace("orders: write, ", ""), head)]
    assert sorted(codes) == ["E201", "E201", "E202", "V002"]


def test_a_platform_without_paths_says_so() -> None:
    shown = availability.text(resolved("buckets: {files: {}}\n"), Style(False))
    assert "no path: no component takes requests, and none starts another" in shown


def test_the_command_prints_both_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(HEAD + SHOP)
    assert cli.main(["explain", "availability", str(spec), "--env", "dev"]) == 0
    assert "front to web   99.91 %: down 39.4 minutes a month, 7.9 hours a year\n" in capsys.readouterr().out
    assert cli.main(["explain", "availability", str(spec), "--env", "dev", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["beneath", "checked", "environment", "paths", "platform"]
    entry = found["paths"][0]
    assert sorted(entry) == [
        "at_most", "begins", "ends", "hours_a_year", "kept", "kind", "left_out", "minutes_a_month",
        "options", "path", "promised", "steps", "target", "weakest",
    ]  # fmt: skip
    assert entry["weakest"] == ["front"]
    assert entry["steps"][0] == {
        "component": "front",
        "kind": "api",
        "service": "API Gateway",
        "configuration": "any API",
        "promised": 99.95,
        "source": book().slas["api_gateway"].source,
        "dated": "2022-05-05",
        "confidence": "high",
    }


def test_an_environment_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(HEAD + SHOP)
    assert cli.main(["explain", "availability", str(spec), "--env", "live"]) == 1
    assert "E208 no environment is named 'live'" in capsys.readouterr().err


def test_an_option_of_every_verb_must_be_true_or_false() -> None:
    body = SHOP.replace("sessions: read", "sessions: {access: read, optional: maybe}")
    (line,) = findings(body)
    assert "E103" in line
    assert "optional must be true or false" in line


@given(STEPS, some.sampled_from(sorted(book().slas)))
def test_another_step_never_makes_a_path_better(steps: list[Step], more: str) -> None:
    assert promised([*steps, Step("more", "any", more)]) <= promised(steps) <= 1


@given(STEPS.flatmap(lambda steps: some.tuples(some.just(steps), some.permutations(steps))))
def test_the_order_of_steps_does_not_matter(both: tuple[list[Step], list[Step]]) -> None:
    steps, shuffled = both
    assert promised(steps) == promised(shuffled)
    assert {step.promise for step in weakest(steps)} == {step.promise for step in weakest(shuffled)}


@given(some.fractions(min_value=0, max_value=1))
def test_a_promise_is_never_rounded_up(share: Fraction) -> None:
    shown = Fraction(str(percentage(share)))
    assert shown <= share * 100
    assert share * 100 - shown <= Fraction(1, 100)


def test_near_to_hundred_there_are_more_digits() -> None:
    assert percentage(Fraction(9999, 10000)) == 99.99
    assert percentage(Fraction(99995, 100000)) == 99.995
    assert percentage(1 - Fraction(9, 10000) ** 2) == 99.99991
    assert budget.shown(1 - Fraction(1, 10**8)) == "99.999999"
    assert budget.shown(Fraction(1)) == "100"


@pytest.mark.parametrize("sla", book().slas.values(), ids=book().slas)
def test_a_promise_has_a_source_and_a_better_one_is_known_and_better(sla: Sla) -> None:
    assert sla.service
    assert sla.configuration
    assert sla.source
    assert sla.percentage is None or 90 < sla.percentage < 100
    assert bool(sla.better) is bool(sla.how)
    if sla.better:
        better = book().slas[sla.better].percentage
        assert better is not None
        assert sla.percentage is None or better > sla.percentage
