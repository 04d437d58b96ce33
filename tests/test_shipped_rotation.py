"""The rotation function: four steps that may be repeated, lost, crossed; and no connection ever fails."""

from __future__ import annotations

import json
import logging
import ssl
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier, literal

from compiler import shipped
from compiler.shipped.rotation import app, postgres, scram
from compiler.shipped.rotation.steps import STEPS, RotationError, take
from tests.postgres import MASTER, MASTER_PASSWORD, Server, server
from tests.secrets_manager import InvalidParameterException, SecretsManager

SECRET, MASTER_SECRET = "registry-report", "registry-master"
FIRST = "First0Password"
DATABASE = "machines"


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with server() as started:
        started.new_database(DATABASE)
        yield started


@dataclass
class World:
    """A table, a role of the same name that may read it, and the secret of its logins."""

    server: Server
    role: str
    secrets: SecretsManager = field(default_factory=SecretsManager)

    def step(self, name: str, token: str) -> None:
        """One call of the function, as Lambda makes it: nothing is left of the calls before."""
        strategy = app.strategy({"MASTER_SECRET_ARN": MASTER_SECRET}, self.secrets)
        take({"Step": name, "SecretId": SECRET, "ClientRequestToken": token}, self.secrets, strategy)

    def begin(self) -> str:
        token = str(uuid.uuid4())
        self.secrets.rotate_secret(SECRET, token)
        return token

    def rotate(self) -> str:
        token = self.begin()
        for name in STEPS:
            self.step(name, token)
        return token

    def reads(self, label: str = "AWSCURRENT") -> int:
        """How many rows the login of a label sees."""
        value = self.secrets.value(SECRET, label)
        with self.server.login(value["username"], value["password"], DATABASE) as connection:
            ((count,),) = connection.run(f"SELECT count(*) FROM {self.role}")
        return int(count)

    def seen(self) -> tuple[Any, ...]:
        """What Secrets Manager shows of the rotation."""
        return self.secrets.describe_secret(SECRET), self.secrets.value(SECRET, "AWSPENDING")

    def master(self, sql: str) -> list[Any]:
        with self.server.login(database=DATABASE) as connection:
            return list(connection.run(sql) or ())


@pytest.fixture
def world(postgresql: Server) -> World:
    role = f"report_{uuid.uuid4().hex[:12]}"
    world = World(postgresql, role)
    where = {"engine": "postgres", "host": postgresql.host, "port": postgresql.port, "dbname": DATABASE}
    login = {"username": f"{role}__1", "password": FIRST}
    world.secrets.create_secret(SECRET, json.dumps(where | login))
    world.secrets.create_secret(MASTER_SECRET, json.dumps({"username": MASTER, "password": MASTER_PASSWORD}))
    world.master(f"CREATE ROLE {role} NOLOGIN")
    world.master(f"CREATE TABLE {role} AS SELECT generate_series(1, 3) AS value")
    world.master(f"GRANT SELECT ON {role} TO {role}")
    return world


def test_the_first_rotation_makes_both_logins_and_both_open(world: World) -> None:
    world.rotate()
    assert world.secrets.value(SECRET)["username"] == f"{world.role}__2"
    assert world.secrets.value(SECRET, "AWSPREVIOUS")["password"] == FIRST
    assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


def test_a_role_that_does_not_exist_is_made_without_a_login_of_its_own(world: World) -> None:
    world.master(f"REVOKE ALL ON {world.role} FROM {world.role}")
    world.master(f"DROP ROLE {world.role}")
    world.rotate()
    ((login, password),) = world.master(
        "SELECT rolcanlogin, rolcreaterole OR rolsuper OR rolcreatedb FROM pg_roles "
        f"WHERE rolname = {literal(world.role)}"
    )
    assert (login, password) == (False, False)
    with pytest.raises(DatabaseError, match="permission denied"):
        world.reads()


def test_what_one_login_makes_the_other_can_change(world: World) -> None:
    world.master(f"GRANT CREATE ON DATABASE {DATABASE} TO {world.role}")
    notes = f"{world.role}.notes"
    for sql in (f"CREATE SCHEMA {world.role}", f"CREATE TABLE {notes} (text text)", f"DROP TABLE {notes}"):
        world.rotate()
        value = world.secrets.value(SECRET)
        with world.server.login(value["username"], value["password"], DATABASE) as connection:
            connection.run(sql)


def test_logins_are_used_in_turn_with_a_new_password_each_time(world: World) -> None:
    seen = [world.secrets.value(SECRET)]
    for _ in range(4):
        world.rotate()
        seen.append(world.secrets.value(SECRET))
    assert [value["username"][-1] for value in seen] == ["1", "2", "1", "2", "1"]
    assert len({value["password"] for value in seen}) == 5
    assert all(len(value["password"]) == 40 and value["password"].isalnum() for value in seen[1:])
    assert {(value["host"], value["port"], value["dbname"]) for value in seen} == {
        (world.server.host, world.server.port, DATABASE)
    }


def test_only_the_last_two_passwords_open(world: World) -> None:
    for _ in range(3):
        world.rotate()
    with (
        pytest.raises(DatabaseError, match="password authentication failed"),
        world.server.login(f"{world.role}__1", FIRST, DATABASE),
    ):
        raise AssertionError("the first password still opens")


@pytest.mark.parametrize("repeated", STEPS)
def test_a_step_may_be_taken_twice(world: World, repeated: str) -> None:
    token = world.begin()
    for name in STEPS:
        world.step(name, token)
        if name == repeated:
            before = world.seen()
            world.step(name, token)
            assert world.seen() == before
    assert world.secrets.describe_secret(SECRET)["VersionIdsToStages"][token] == ["AWSPENDING", "AWSCURRENT"]
    assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


class Killed(BaseException):
    """The environment of the function ends here."""


# Every call to Secrets Manager that a rotation makes.
CALLS = (
    "describe_secret",
    "get_secret_value",
    "get_random_password",
    "put_secret_value",
    "update_secret_version_stage",
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_any_call_it_converges_when_run_again(world: World, call: str, after: bool) -> None:
    """Each n-th call is the last one once; then all steps are taken anew, as Secrets Manager does."""
    world.rotate()
    for count in range(1, 20):
        token = world.begin()
        dying = Dying(world.secrets, call, count, after)
        try:
            for name in STEPS:
                world.secrets, real = dying, world.secrets  # type: ignore[assignment]
                try:
                    world.step(name, token)
                finally:
                    world.secrets = real
        except Killed:
            assert world.reads() == 3
        else:
            break
        for name in STEPS:
            world.step(name, token)
        assert world.reads() == 3
        assert world.reads("AWSPREVIOUS") == 3
    else:
        raise AssertionError(f"{call} was called again and again")


class Dying:
    """A client that is killed at the n-th call of one kind."""

    def __init__(self, real: SecretsManager, call: str, count: int, after: bool) -> None:
        self._real, self._call, self._count, self._after = real, call, count, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name != self._call:
            return found
        self._count -= 1
        return self._last(found) if self._count == 0 else found

    def _last(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def last(**arguments: Any) -> Any:
            if self._after:
                call(**arguments)
            raise Killed

        return last


def test_a_step_that_is_lost_is_asked_for(world: World) -> None:
    token = world.begin()
    for name in STEPS[1:]:
        with pytest.raises(RotationError, match="has no value; createSecret comes first"):
            world.step(name, token)
    world.step("createSecret", token)
    with pytest.raises(DatabaseError, match="password authentication failed"):
        world.step("testSecret", token)
    with pytest.raises(DatabaseError, match="password authentication failed"):
        world.step("finishSecret", token)  # a value that nobody takes never becomes current
    assert world.secrets.value(SECRET)["password"] == FIRST


def test_versions_and_steps_that_do_not_exist_are_refused(world: World) -> None:
    with pytest.raises(RotationError, match="is not pending; start a new rotation"):
        world.step("createSecret", "nowhere")
    with pytest.raises(RotationError, match="there is no step 'paintSecret'; the steps are createSecret"):
        world.step("paintSecret", world.begin())


def test_a_rotation_that_is_over_is_left_alone(world: World) -> None:
    first, second = world.rotate(), world.rotate()
    for name in STEPS:
        world.step(name, second)  # current already
        with pytest.raises(RotationError, match="is not pending"):
            world.step(name, first)
    assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


def force(world: World) -> str:
    """A rotation that takes over from one that is under way, as people do with the console."""
    token = str(uuid.uuid4())
    world.secrets._values[SECRET][token] = None
    world.secrets._labels[SECRET]["AWSPENDING"] = token
    return token


@pytest.mark.parametrize("done", range(1, 4))
def test_of_two_rotations_the_one_that_took_over_wins(world: World, done: int) -> None:
    world.rotate()
    slow = world.begin()
    for name in STEPS[:done]:
        world.step(name, slow)
    fast = force(world)
    for name in STEPS:
        world.step(name, fast)
    for name in STEPS[done:]:
        with pytest.raises(RotationError, match="not pending"):
            world.step(name, slow)
    assert world.secrets.describe_secret(SECRET)["VersionIdsToStages"][fast] == ["AWSPENDING", "AWSCURRENT"]
    assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


def test_a_rotation_for_the_login_that_became_current_meanwhile_gives_up(world: World) -> None:
    world.rotate()
    fast, slow = world.begin(), str(uuid.uuid4())
    for name in STEPS[:3]:
        world.step(name, fast)
    value = json.loads(world.secrets.get_secret_value(SECRET, "AWSPENDING")["SecretString"])
    world.step("finishSecret", fast)
    world.secrets.put_secret_value(SECRET, slow, json.dumps(value | {"password": "other"}), ["AWSPENDING"])
    with pytest.raises(RotationError, match="another rotation has made this login the current one"):
        world.step("setSecret", slow)
    assert world.reads() == 3
    world.rotate()  # nothing pending stands in the way
    assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


def test_the_same_rotation_may_run_twice_at_once(world: World) -> None:
    """Lambda's own retries may overlap the call they repeat; every step is taken by four threads together."""
    for _ in range(5):
        token = world.begin()
        for name in STEPS:
            failures = together(4, lambda name=name, token=token: world.step(name, token))
            assert failures == []
        assert (world.reads(), world.reads("AWSPREVIOUS")) == (3, 3)


def test_rotations_that_cross_never_leave_a_password_that_does_not_open(world: World) -> None:
    """Each takes over from the others at any moment; some fail, and what is current opens all the same."""
    world.rotate()

    def rotate() -> None:
        token = force(world)
        for name in STEPS:
            world.step(name, token)

    for _ in range(8):
        expected = (RotationError, DatabaseError, InvalidParameterException)
        assert [error for error in together(3, rotate) if not isinstance(error, expected)] == []
        assert world.reads() == 3


def together(count: int, work: Callable[[], None]) -> list[BaseException]:
    """What went wrong in threads that all begin at the same moment."""
    failures: list[BaseException] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


class Consumer(threading.Thread):
    """Reads the secret, connects and queries without end, and keeps its first connection all the while."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.failures, self.over = world, list[Exception](), threading.Event()
        self.rounds, self.progress = 0, threading.Condition()

    def run(self) -> None:
        try:
            value = self.world.secrets.value(SECRET)
            with self.world.server.login(value["username"], value["password"], DATABASE) as held:
                while not self.over.is_set():
                    assert self.world.reads() == 3
                    assert held.run(f"SELECT count(*) FROM {self.world.role}") == [[3]]
                    self._count()
        except Exception as error:
            self.failures.append(error)
            self.over.set()
            self._count()

    def _count(self) -> None:
        with self.progress:
            self.rounds += 1
            self.progress.notify_all()

    def wait_for_a_whole_round(self) -> None:
        """Since now: one that began before this call may still use what it read long ago."""
        with self.progress:
            wanted = self.rounds + 2
            assert self.progress.wait_for(lambda: self.rounds >= wanted or self.over.is_set(), timeout=30)


def test_no_connection_fails_while_secrets_are_rotated_under_load(world: World) -> None:
    """Between two rotations each consumer reads the secret once: it needs no more than that."""
    world.rotate()
    consumers = [Consumer(world) for _ in range(3)]
    for consumer in consumers:
        consumer.start()
    try:
        for _ in range(12):
            world.rotate()
            for consumer in consumers:
                consumer.wait_for_a_whole_round()
    finally:
        for consumer in consumers:
            consumer.over.set()
        for consumer in consumers:
            consumer.join()
    assert [failure for consumer in consumers for failure in consumer.failures] == []
    assert all(consumer.rounds >= 24 for consumer in consumers)


def test_no_password_is_in_a_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        world.rotate()
        world.rotate()
    written = world.server.log.read_text() + caplog.text
    assert f'ALTER ROLE "{world.role}__1"' in written
    for label in ("AWSCURRENT", "AWSPREVIOUS"):
        assert world.secrets.value(SECRET, label)["password"] not in written
    assert FIRST not in written


def test_a_role_that_logged_in_by_iam_does_so_no_longer(world: World) -> None:
    if not world.master("SELECT FROM pg_roles WHERE rolname = 'rds_iam'"):
        world.master("CREATE ROLE rds_iam")
    world.master(f"GRANT rds_iam TO {identifier(world.role)}")
    world.rotate()
    assert world.master(f"SELECT pg_has_role({literal(world.role)}, 'rds_iam', 'MEMBER')") == [[False]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": "report"}, "'report' is no login of a pair; their names end with __1 and __2"),
        ({"host": None}, "the secret lacks host; is it attached to its database?"),
    ],
)
def test_a_secret_that_is_not_as_it_was_made_is_told(
    world: World, change: dict[str, str | None], message: str
) -> None:
    value = {key: text for key, text in (world.secrets.value(SECRET) | change).items() if text is not None}
    world.secrets.create_secret(SECRET, json.dumps(value))
    with pytest.raises(RotationError, match=message):
        world.step("createSecret", world.begin())


def test_a_value_that_is_no_json_is_not_quoted(world: World) -> None:
    world.secrets.create_secret(SECRET, "hunter2")
    with pytest.raises(RotationError) as caught:
        world.step("createSecret", world.begin())
    assert str(caught.value) == "the secret holds no JSON object"
    assert caught.value.__suppress_context__


NAMES = ['we"ird', "o'clock", "Upper Case", "select"]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_characters_are_quoted(world: World, name: str) -> None:
    role = f"{name}_{uuid.uuid4().hex[:8]}"
    value = world.secrets.value(SECRET) | {"username": f"{role}__1"}
    world.secrets.create_secret(SECRET, json.dumps(value))
    world.rotate()
    assert world.master(f"SELECT count(*) FROM pg_roles WHERE rolname LIKE {literal(role + '%')}") == [[3]]


def test_the_verifier_is_what_postgresql_makes_of_the_password(world: World) -> None:
    """Password and salt are those of the example in RFC 7677."""
    found = scram.verifier("pencil", b"[m\x99h\x9d\x125\x8e\xec\xa0K\x14\x126\xfa\x81")
    assert found.startswith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
    name = identifier(f"{world.role}_scram")
    world.master(f"CREATE ROLE {name} LOGIN PASSWORD {literal(found)}")
    with world.server.login(f"{world.role}_scram", "pencil", DATABASE) as connection:
        assert connection.run("SELECT 1") == [[1]]
    with pytest.raises(ValueError, match="ASCII"):
        scram.verifier("pässword", b"salt")


def test_certificates_are_verified_but_on_loopback() -> None:
    context = postgres.tls("registry.cluster-abc.eu-west-1.rds.amazonaws.com")
    assert context is not None
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    trusted = str(context.get_ca_certs())
    for kind in ("RSA2048", "RSA4096", "ECC384"):
        assert f"Amazon RDS eu-west-1 Root CA {kind} G1" in trusted
    assert [postgres.tls(host) for host in ("127.0.0.1", "::1", "localhost")] == [None] * 3


def test_a_server_without_tls_gets_no_password(postgresql: Server) -> None:
    """The one of the tests has none, so it stands for any that would have us speak in the clear."""
    with pytest.raises(InterfaceError, match="refuses SSL"):
        Connection(
            MASTER, host=postgresql.host, port=postgresql.port, ssl_context=postgres.tls("registry.example")
        )


def test_a_generic_secret_gets_a_random_value_of_its_own_form() -> None:
    secrets = SecretsManager()
    secrets.create_secret(SECRET, "old")
    environment = {"LENGTH": "64", "PUNCTUATION": "false", "EXCLUDED_CHARACTERS": "lI1O0"}
    token = str(uuid.uuid4())
    secrets.rotate_secret(SECRET, token)
    for name in STEPS:
        for _ in range(2):
            event = {"Step": name, "SecretId": SECRET, "ClientRequestToken": token}
            take(event, secrets, app.strategy(environment, secrets))
    value = secrets.get_secret_value(SECRET)["SecretString"]
    assert len(value) == 64
    assert value.isalnum()
    assert not set(value) & set("lI1O0")
    assert secrets.get_secret_value(SECRET, "AWSPREVIOUS")["SecretString"] == "old"


def test_the_trial_step_before_the_first_rotation_passes_for_a_generic_secret() -> None:
    """Without an immediate rotation Secrets Manager makes a pending version, and takes this step alone."""
    secrets = SecretsManager()
    secrets.create_secret(SECRET, "old")
    token = str(uuid.uuid4())
    secrets.rotate_secret(SECRET, token)
    environment = {"LENGTH": "64", "PUNCTUATION": "true", "EXCLUDED_CHARACTERS": ""}
    event = {"Step": "testSecret", "SecretId": SECRET, "ClientRequestToken": token}
    take(event, secrets, app.strategy(environment, secrets))
    assert secrets.get_secret_value(SECRET)["SecretString"] == "old"


def test_the_package_runs_with_nothing_but_what_is_in_it(tmp_path: Path) -> None:
    """And Python itself: no installed library, no environment; boto3, which Lambda has, is asked for last."""
    for name, content in shipped.code("rotation", shipped.POSTGRESQL).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from rotation import alternating, postgres\n"
        "print(len(postgres.tls('registry.example').get_ca_certs()) >= 81, alternating.__file__)\n"
        "import rotation.app"
    )
    run = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True)
    assert run.stdout.split() == ["True", str(tmp_path / "rotation" / "alternating.py")]
    assert run.stderr.rstrip().endswith("No module named 'boto3'")
