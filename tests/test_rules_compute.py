"""Rules about compute: the words and numbers that they go by, more of them than the corpus has."""

from __future__ import annotations

import pytest

from tests.specs import findings

IMAGE = 'image: {repository: shop/web, tag: "1"}'


def codes(body: str) -> set[str]:
    """What is said of a spec, without what is said of its alarms."""
    return {line.split()[1] for line in findings(body)} - {"G015"}


def service(settings: str, image: str = IMAGE) -> str:
    return f"network: {{}}\nservices: {{web: {{{image}, {settings}}}}}\n"


@pytest.mark.parametrize(
    ("name", "built"),
    [
        ("shop/web:1.4-arm64", "arm64"),
        ("docker.io/arm64v8/nginx:1.27", "arm64"),
        ("ghcr.io/shop/web_aarch64:1", "arm64"),
        ("shop/web:1.4-AMD64", "x86_64"),
        ("shop/web:1.4_x86_64", "x86_64"),
        ("shop/web:1.4-linux-x64", "x86_64"),
    ],
)
def test_a_name_says_the_processor_in_many_words(name: str, built: str) -> None:
    other = {"arm64": "x86_64", "x86_64": "arm64"}[built]
    image = f'image: {{location: "{name}"}}'
    assert codes(service(f"architecture: {built}", image)) == set()
    assert codes(service(f"architecture: {other}", image)) == {"C002"}


@pytest.mark.parametrize("name", ["shop/web:1.4-arm64-amd64", "shop/charm64:1", "amd64.example.com/web:1"])
def test_a_name_of_both_processors_or_of_none_says_nothing(name: str) -> None:
    assert codes(service("architecture: arm64", f'image: {{location: "{name}"}}')) == set()


@pytest.mark.parametrize(
    ("count", "spare", "enough"),
    [
        (2, 1, False),
        (3, 50, True),
        (3, 51, False),
        (4, 66, True),
        (4, 67, False),
        (9, 100, False),
        (2, 0, True),
    ],
)
def test_two_tasks_are_left_when_spare_capacity_is_gone(count: int, spare: int, enough: bool) -> None:
    assert codes(service(f"count: {count}, spot: {spare}%")) == (set() if enough else {"C019"})


def test_one_task_on_spare_capacity_is_two_faults_and_a_mixture_of_one_is_one() -> None:
    assert codes(service("count: 1, spot: 100%")) == {"C003", "C019"}
    assert codes(service("count: 1, spot: 50%")) == {"C003"}


def test_a_stopped_service_has_nothing_to_lose_to_spare_capacity() -> None:
    assert codes(service("count: 0, spot: 100%")) == {"C003"}


def test_of_a_network_that_exists_nobody_knows_how_many_tasks_its_zones_need() -> None:
    existing = (
        "network: {existing: {vpc: vpc-0a1b2c3d4e5f60718, cidr: 10.1.0.0/16, private_subnets: "
        "[subnet-0a1b2c3d, subnet-1a1b2c3d, subnet-2a1b2c3d], "
        "isolated_subnets: [subnet-3a1b2c3d, subnet-4a1b2c3d, subnet-5a1b2c3d]}}"
    )
    assert codes(service("count: 2").replace("network: {}", "network: {availability_zones: 3}")) == {"C014"}
    assert codes(service("count: 2").replace("network: {}", existing)) == set()


QUEUE = """
queues: {work: {visibility_timeout: %s}}
functions:
  reader:
    runtime: python3.13
    inline: "def handler(event, context): pass"
    timeout: 15m
    connections: {work: receive}
"""


@pytest.mark.parametrize(
    ("hidden", "found"), [("899s", {"C016"}), ("15m", {"C017"}), ("5399s", {"C017"}), ("90m", set())]
)
def test_a_queue_hides_messages_for_one_call_and_better_for_six(hidden: str, found: set[str]) -> None:
    assert codes(QUEUE % hidden) == found


def test_a_queue_that_a_service_reads_is_the_services_own_matter() -> None:
    queue = "queues: {work: {visibility_timeout: 0s}}\n"
    assert codes(service("connections: {work: receive}") + queue) == set()
