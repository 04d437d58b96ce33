"""Two deployments of one environment at once, each a process, over HTTP; and one that is killed."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compiler.deploy import aws, bootstrap, execute, lease, plan, protection
from compiler.deploy.clock import SystemClock
from compiler.deploy.errors import RefusedError
from compiler.deploy.lease import Holder, Lease
from compiler.deploy.process import Process
from compiler.emulator.server import Emulator, find_python, running
from tests.fakes import FakeClock, a_stack, an_assembly
from tests.specs import HEAD

ROOT = Path(__file__).parent.parent
SPEC = HEAD.replace("profile: dev}", "profile: synthetic}") + "queues: {work: {}}\nstreams: {clicks: {}}\n"
KEY = "locks/shop/dev.json"
_accounts = (f"{number:012d}" for number in itertools.count(710000000000))


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "faults.json"


@pytest.fixture(scope="module")
def emulator(faults: Path) -> Iterator[Emulator]:
    with running(find_python(), faults=faults) as emulator:
        yield emulator


class Site:
    """One account, and a folder to work in with a spec."""

    def __init__(self, emulator: Emulator, folder: Path, faults: Path) -> None:
        self.account, self.folder, self.faults = next(_accounts), folder, faults
        self.url = emulator.endpoint_url
        self.door = aws.connect(aws.Session(None, "eu-west-1", self.url, self.account))
        faults.write_text("[]")
        self.write(SPEC)

    def write(self, text: str) -> None:
        (self.folder / "spec.yaml").write_text(text)

    def start(self, *command: str) -> subprocess.Popen[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environ |= {"AWS_ACCESS_KEY_ID": self.account, "AWS_SECRET_ACCESS_KEY": "x", "PYTHONPATH": str(ROOT)}
        where = () if "--env" in command else ("--env", "dev")
        words = ("spec.yaml", *where, "--endpoint-url", self.url)
        return subprocess.Popen(
            [sys.executable, "-m", "compiler", *command, *words],
            cwd=self.folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *command: str) -> tuple[int, str]:
        process = self.start(*command)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def holder(self) -> Holder | None:
        bucket = bootstrap.bucket(self.door.stack(bootstrap.STACK))
        return lease.holder(self.door, bucket, KEY) if bucket else None

    def slow_update(self, seconds: float) -> subprocess.Popen[str]:
        """A deployment that has begun to change a stack, which takes this long."""
        self.write(SPEC.replace("clicks: {}", "clicks: {retention: 48h}"))
        self.faults.write_text(
            json.dumps([{"logical_id": "ClicksStream", "operation": "update", "delay": seconds}])
        )
        first = self.start("deploy", "--yes")
        wait_for(lambda: any(s.status == "UPDATE_IN_PROGRESS" for s in self.door.stacks()))
        return first


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came about"


@pytest.fixture
def site(emulator: Emulator, faults: Path, tmp_path: Path) -> Site:
    return Site(emulator, tmp_path, faults)


def statuses(site: Site) -> set[str]:
    return {stack.status for stack in site.door.stacks()}


def made(site: Site) -> str:
    """The bucket, made by a small deployment of another platform."""
    small = an_assembly(
        a_stack("other-data", {"T": {}}), platform="other", region="eu-west-1", profile="synthetic"
    )
    list(execute.run(plan.make(small, site.door)))
    return bootstrap.bucket(site.door.stack(bootstrap.STACK)) or ""


def holding(site: Site, bucket: str) -> Lease:
    """The lock, held by somebody else from here on."""
    own = Holder("other", "arn:aws:iam::1:user/ann", "migrate", datetime.now(UTC), Process("", 1, ""))
    held = Lease(site.door, SystemClock(), KEY, own)
    held.take(bucket)
    return held


def test_a_deployment_waits_until_the_lock_is_given_back(site: Site) -> None:
    held = holding(site, made(site))
    process = site.start("deploy", "--yes", "--wait-for-lock", "10m")
    assert process.stdout
    while "user/ann holds it for `migrate` since" not in (line := process.stdout.readline()):
        assert line, "it ended without waiting"
    held.check(fresh=True)
    held.release()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert site.holder() is None


def test_a_deployment_that_is_not_to_wait_is_refused_while_the_holder_is_alive(site: Site) -> None:
    held = holding(site, made(site))
    process = site.start("deploy", "--yes")
    while process.poll() is None:
        held.check(fresh=True)
        time.sleep(0.2)
    said, _ = process.communicate()
    assert process.returncode == 4, said
    assert "another run is at work on this environment: arn:aws:iam::1:user/ann" in said
    held.check(fresh=True)


def test_two_updates_at_once_take_turns(site: Site) -> None:
    made(site)
    both = [site.start("deploy", "--yes", "--wait-for-lock", "10m") for _ in range(2)]
    ends = [(process.communicate(timeout=240)[0], process.returncode) for process in both]
    assert [code for _, code in ends] == [0, 0], ends
    assert "nothing to do" in "".join(said for said, _ in ends)
    assert statuses(site) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def test_a_killed_deployment_of_this_machine_keeps_nobody_out(site: Site) -> None:
    assert site.run("deploy", "--yes")[0] == 0
    first = site.slow_update(3)
    first.kill()
    first.communicate()
    assert site.holder() is not None
    wait_for(lambda: "UPDATE_IN_PROGRESS" not in statuses(site))
    begun = time.monotonic()
    code, said = site.run("deploy", "--yes")
    assert code == 0, said
    assert time.monotonic() - begun < lease.LASTS / 2
    assert site.holder() is None
    code, said = site.run("audit")
    assert code == 0
    assert said.count("deploy: succeeded") == 2
    assert said.count("deploy: did not end: killed") == 1


def test_two_first_deployments_at_once_damage_nothing(site: Site) -> None:
    both = [site.start("deploy", "--yes") for _ in range(2)]
    ends = [(process.communicate(timeout=120)[0], process.returncode) for process in both]
    assert {code for _, code in ends} <= {0, 3, 4}, ends
    assert not any("Traceback" in said for said, _ in ends)
    code, said = site.run("deploy", "--yes")
    assert code == 0, said
    assert statuses(site) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def test_conditional_writes_hold_over_http(site: Site) -> None:
    bucket = made(site)
    first = site.door.put_object_if(bucket, "x", b"one", None)
    assert first
    assert site.door.put_object_if(bucket, "x", b"two", None) is None
    second = site.door.put_object_if(bucket, "x", b"two", first)
    assert second
    assert site.door.put_object_if(bucket, "x", b"three", first) is None
    assert site.door.put_object_if(bucket, "y", b"three", first) is None


def test_a_dead_holder_of_another_machine_is_outlived_over_http(site: Site) -> None:
    """The waiting is a fake clock's; what is read and written is real."""
    bucket = made(site)

    def of(name: str, clock: FakeClock | SystemClock) -> Lease:
        own = Holder(name, name, "deploy", datetime.now(UTC), Process("", 1, ""))
        return Lease(site.door, clock, KEY, own)

    clock = FakeClock()
    dead, heir = of("dead", SystemClock()), of("heir", clock)
    dead.take(bucket)
    heir.take(bucket)
    assert clock.time >= lease.LASTS
    with pytest.raises(RefusedError, match="lost: heir holds it"):
        dead.check(fresh=True)
    heir.release()
    assert site.holder() is None


def test_stack_policies_travel_over_http(site: Site) -> None:
    """The emulator keeps them, and enforces none."""
    made(site)
    wanted = protection.policy({"WorkQueue"})
    assert site.door.policy("other-data") is None
    site.door.set_policy("other-data", wanted)
    assert site.door.policy("other-data") == wanted


def test_a_role_that_is_not_there_is_told_before_anything_is_done(site: Site) -> None:
    code, said = site.run("deploy", "--yes", "--role-arn", f"arn:aws:iam::{site.account}:role/none")
    assert code == 3
    assert f"does not exist: arn:aws:iam::{site.account}:role/none" in said
    assert statuses(site) == set()


def test_production_without_an_account_is_told_which_one_it_is(site: Site) -> None:
    code, said = site.run("plan", "--env", "production")
    assert code == 0, said
    assert f'if that is right, write `account: "{site.account}"` there' in said
