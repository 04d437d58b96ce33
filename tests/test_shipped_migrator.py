"""The migrator against a real PostgreSQL: once each, in order, with their notes; killed, and again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from compiler.emulator import postgres
from compiler.emulator.postgres import HOST, Server
from compiler.shipped.migrator import files as migrator_files
from compiler.shipped.migrator import run
from compiler.shipped.migrator.connect import connect as open_connection
from compiler.shipped.migrator.errors import MigrationError
from compiler.shipped.migrator.files import Migration
from compiler.shipped.migrator.users import User
from tests.databases import Connect, connect, database, server

__all__ = ["connect", "database", "server"]  # fixtures

MACHINES = {"V001__machines.sql": "CREATE TABLE machines (id int PRIMARY KEY);"}
NAMES = {"V002__names.sql": "ALTER TABLE machines ADD name text;\nINSERT INTO machines VALUES (1, 'a;b');"}
INDEX = "-- formwork: no-transaction\n"


def read(files: Mapping[str, str]) -> tuple[Migration, ...]:
    found, faults = migrator_files.read({name: text.encode() for name, text in files.items()})
    assert faults == ()
    return found


def migrate(connection: Connection, files: Mapping[str, str], **orders: Any) -> dict[str, Any]:
    given = {"users": {}, "by": "somebody", "lock_seconds": 5.0} | orders
    given["users"] = {name: User(*access.split()) for name, access in given["users"].items()}
    return run.migrate(connection, read(files), run.Orders(**given))


def states(report: Mapping[str, Any]) -> dict[int, str]:
    return {entry["version"]: entry["state"] for entry in report["files"]}


def test_files_are_applied_in_order_and_noted_with_who_and_how_long(connect: Connect) -> None:
    report = migrate(connect(), MACHINES | NAMES)
    assert report["error"] is None
    assert report["applied"] == ["V001__machines.sql", "V002__names.sql"]
    assert {entry["applied_by"] for entry in report["files"]} == {"somebody"}
    assert all(entry["applied_at"] and entry["duration_ms"] >= 0 for entry in report["files"])
    assert connect().run("SELECT * FROM machines") == [[1, "a;b"]]


def test_running_again_does_nothing_and_a_new_file_alone_is_applied(connect: Connect) -> None:
    migrate(connect(), MACHINES)
    assert migrate(connect(), MACHINES)["applied"] == []
    assert migrate(connect(), MACHINES | NAMES)["applied"] == ["V002__names.sql"]


def test_the_status_tells_what_is_pending_and_changes_nothing(connect: Connect) -> None:
    connection = connect()
    report = run.status(connection, read(MACHINES), {"ingest": User("write")})
    assert (report["ok"], states(report), report["users"]["made"]) == (True, {1: "pending"}, ["ingest"])
    assert connection.run("SELECT count(*) FROM pg_namespace WHERE nspname = 'formwork'") == [[0]]


def test_line_ends_are_no_edit(connect: Connect) -> None:
    migrate(connect(), MACHINES | NAMES)
    report = migrate(connect(), MACHINES | {name: text.replace("\n", "\r\n") for name, text in NAMES.items()})
    assert report["ok"]


EDITED = MACHINES | {"V002__names.sql": "SELECT 1"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (EDITED, "was edited after it had been applied"),
        (MACHINES, "was applied, but is no longer in the folder"),
    ],
)
def test_history_is_never_edited(connect: Connect, files: dict[str, str], message: str) -> None:
    migrate(connect(), MACHINES | NAMES)
    report = migrate(connect(), files)
    assert (report["ok"], report["applied"], report["error"]["file"]) == (False, [], "V002__names.sql")
    assert message in report["error"]["message"]
    assert "by somebody" in report["error"]["message"]


def test_a_version_before_the_last_one_is_refused(connect: Connect) -> None:
    connection = connect()
    migrate(connection, MACHINES | NAMES)
    connection.run("DELETE FROM formwork.migrations WHERE version = 1")
    report = migrate(connection, MACHINES | NAMES)
    assert states(report) == {1: "out-of-order", 2: "applied"}
    assert "comes before what was applied already" in report["error"]["message"]


def test_a_failing_file_is_undone_alone_and_its_line_is_told(connect: Connect) -> None:
    broken = {
        "V003__broken.sql": "CREATE TABLE half (id int);\n\n-- why\nSELECT 1,\n       nonsense FROM half;\n"
    }
    report = migrate(connect(), MACHINES | NAMES | broken)
    assert report["applied"] == ["V001__machines.sql", "V002__names.sql"]
    assert states(report) == {1: "applied", 2: "applied", 3: "pending"}
    error = report["error"]
    assert (error["file"], error["line"], error["sqlstate"]) == ("V003__broken.sql", 5, "42703")
    assert 'column "nonsense" does not exist' in error["message"]
    assert connect().run("SELECT to_regclass('half')") == [[None]]


def test_an_error_without_a_position_tells_the_line_of_its_statement(connect: Connect) -> None:
    twice = {"V002__twice.sql": "INSERT INTO machines VALUES (1);\nINSERT INTO machines\nVALUES (1);"}
    error = migrate(connect(), MACHINES | twice)["error"]
    assert (error["line"], error["sqlstate"]) == (2, "23505")
    assert "Key (id)=(1) already exists" in error["message"]


def test_what_a_file_sets_for_its_session_ends_with_it(connect: Connect) -> None:
    sets = {"V002__sets.sql": "SET search_path = nowhere; SET ROLE pg_monitor;"}
    connection = connect()
    assert migrate(connection, MACHINES | sets | {"V003__uses.sql": "INSERT INTO machines VALUES (1);"})["ok"]


def test_two_migrators_at_once_apply_each_file_once(connect: Connect) -> None:
    slow = {"V002__slow.sql": "SELECT pg_sleep(0.3); INSERT INTO machines VALUES (7);"}
    connections = [connect() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda connection: migrate(connection, MACHINES | slow), connections))
    assert all(report["ok"] for report in reports)
    assert sorted(file for report in reports for file in report["applied"]) == [
        "V001__machines.sql",
        "V002__slow.sql",
    ]


def test_waiting_for_another_migrator_has_an_end(connect: Connect) -> None:
    connect(application_name="the other one").run(f"SELECT pg_advisory_lock({run.LOCK})")
    error = migrate(connect(), MACHINES, lock_seconds=0.3)["error"]
    assert "another migration is under way" in error["message"]
    assert "the other one" in error["message"]


MIGRATOR = """
import sys
from pathlib import Path
from pg8000.native import Connection
from compiler.shipped.migrator import files, run
folder, port, database = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
connection = Connection("postgres", host="127.0.0.1", port=port, database=database,
                        startup_params={"client_connection_check_interval": "100ms"})
found, _ = files.read({path.name: path.read_bytes() for path in folder.iterdir()})
print(run.migrate(connection, found, run.Orders({}, "killed")))
"""


def killed_while_asleep(folder: Path, server: Server, database: str, watcher: Connection) -> None:
    """Runs a migrator in a process of its own and kills it in the middle of a file that sleeps."""
    command = [sys.executable, "-c", MIGRATOR, str(folder), str(server.port), database]
    with subprocess.Popen(command, cwd=Path(__file__).parent.parent) as process:
        asleep = (
            f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event = 'PgSleep'"
        )
        while watcher.run(asleep) == [[0]]:
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_killed_half_way_nothing_of_the_file_is_kept_and_running_again_applies_it(
    connect: Connect, server: Server, database: str, tmp_path: Path
) -> None:
    sleeps = {"V002__sleeps.sql": "CREATE TABLE half (id int);\nSELECT pg_sleep(30);\n"}
    watcher = connect()
    killed_while_asleep(written(tmp_path, MACHINES | sleeps), server, database, watcher)
    awake = {"V002__sleeps.sql": "CREATE TABLE half (id int);\n"}
    report = migrate(connect(), MACHINES | awake)  # waits until PostgreSQL has noticed
    assert (report["error"], report["applied"]) == (None, ["V002__sleeps.sql"])
    assert [entry["applied_by"] for entry in report["files"]] == ["killed", "somebody"]


def test_killed_outside_of_a_transaction_it_is_told_and_run_again_only_when_asked(
    connect: Connect, server: Server, database: str, tmp_path: Path
) -> None:
    steps = {"V002__steps.sql": INDEX + "CREATE TABLE IF NOT EXISTS half (id int);\nSELECT pg_sleep(30);\n"}
    killed_while_asleep(written(tmp_path, MACHINES | steps), server, database, connect())
    better = {"V002__steps.sql": INDEX + "CREATE TABLE IF NOT EXISTS half (id int);\n"}
    report = migrate(connect(), MACHINES | better)
    assert states(report) == {1: "applied", 2: "begun"}
    assert "was begun outside of a transaction and did not end" in report["error"]["message"]
    assert "--again 2" in report["error"]["advice"]
    assert migrate(connect(), MACHINES | better, again=(2,))["applied"] == ["V002__steps.sql"]


def test_an_index_can_be_made_while_others_write(connect: Connect) -> None:
    index = {"V002__index.sql": INDEX + "CREATE INDEX CONCURRENTLY by_id ON machines (id);"}
    plain = {"V002__index.sql": "CREATE INDEX CONCURRENTLY by_id ON machines (id);"}
    refused = migrate(connect(), MACHINES | plain)["error"]
    assert refused["sqlstate"] == "25001"
    assert "-- formwork: no-transaction" in refused["advice"]
    assert migrate(connect(), MACHINES | index)["applied"] == ["V002__index.sql"]


def test_a_mistake_in_the_first_step_leaves_no_mark_and_one_in_a_later_step_does(connect: Connect) -> None:
    first = {"V002__steps.sql": INDEX + "SELECT nonsense;"}
    assert states(migrate(connect(), MACHINES | first)) == {1: "applied", 2: "pending"}
    later = {"V002__steps.sql": INDEX + "CREATE TABLE other (id int);\nSELECT nonsense;"}
    report = migrate(connect(), MACHINES | later)
    assert states(report) == {1: "applied", 2: "begun"}
    assert (report["error"]["line"], "--again 2" in report["error"]["advice"]) == (3, True)


def test_only_what_was_left_half_way_is_run_again(connect: Connect) -> None:
    migrate(connect(), MACHINES)
    assert "was not left half-way" in migrate(connect(), MACHINES, again=(1,))["error"]["message"]


def test_a_statement_that_takes_too_long_is_ended_and_told(connect: Connect) -> None:
    error = migrate(connect(), {"V001__long.sql": "SELECT pg_sleep(30);"}, remaining=lambda: 20.5)["error"]
    assert (error["sqlstate"], error["line"]) == ("57014", 1)


def test_readers_read_and_writers_write_what_is_there_and_what_is_to_come(connect: Connect) -> None:
    connect().run("CREATE TABLE before (id serial)")
    migrate(connect(), MACHINES, users={"console": "read", "ingest": "write"})
    for table in ("before", "machines"):
        assert connect("console").run(f"SELECT * FROM {table}") == []
        with pytest.raises(DatabaseError, match="permission denied"):
            connect("console").run(f"INSERT INTO {table} VALUES (1)")
    writer = connect("ingest")
    writer.run("INSERT INTO before DEFAULT VALUES")
    writer.run("INSERT INTO machines VALUES (1); UPDATE machines SET id = 2; DELETE FROM machines")
    for user in ("console", "ingest"):
        with pytest.raises(DatabaseError, match="permission denied for schema formwork"):
            connect(user).run("SELECT * FROM formwork.migrations")


def test_a_user_follows_its_verb_and_what_a_migration_took_stays_taken(connect: Connect) -> None:
    secret = {
        "V002__secret.sql": "CREATE TABLE salaries (id int); REVOKE ALL ON salaries FROM formwork_read;"
    }
    migrate(connect(), MACHINES | secret, users={"report": "write"})
    report = migrate(connect(), MACHINES | secret, users={"report": "read"})
    assert report["users"] == {"made": [], "changed": ["report"], "shut_out": []}
    for statement in ("INSERT INTO machines VALUES (1)", "SELECT * FROM salaries"):
        with pytest.raises(DatabaseError, match="permission denied"):
            connect("report").run(statement)
    assert connect("report").run("SELECT * FROM machines") == []
    assert migrate(connect(), MACHINES | secret, users={"report": "read"})["users"]["changed"] == []


def test_a_user_that_is_gone_is_shut_out_told_and_let_in_again(connect: Connect) -> None:
    migrate(connect(), MACHINES, users={"old": "read"})
    assert migrate(connect(), MACHINES)["users"]["shut_out"] == ["old"]
    assert migrate(connect(), MACHINES)["users"]["shut_out"] == []
    with pytest.raises(DatabaseError, match="not permitted to log in"):
        connect("old")
    migrate(connect(), MACHINES, users={"old": "read"})
    assert connect("old").run("SELECT * FROM machines") == []


def test_by_password_a_role_holds_the_rights_and_logins_that_act_as_it_use_them(connect: Connect) -> None:
    """As the rotation makes them: two logins, members of the role, that become it when they log in."""
    administrator = connect()
    migrate(administrator, MACHINES, users={"board": "read password"})
    for statement in (
        "CREATE ROLE board__1 LOGIN",
        "GRANT board TO board__1",
        "ALTER ROLE board__1 SET role TO board",
    ):
        administrator.run(statement)
    assert connect("board__1").run("SELECT current_user, count(*) FROM machines") == [["board", 0]]
    with pytest.raises(DatabaseError, match="not permitted to log in"):
        connect("board")
    assert migrate(administrator, MACHINES, users={"board": "read password"})["users"]["changed"] == []
    assert migrate(administrator, MACHINES)["users"]["shut_out"] == ["board"]
    with pytest.raises(DatabaseError, match="not permitted to log in"):
        connect("board__1")


def test_a_user_made_by_hand_is_taken_over_but_never_an_administrator(connect: Connect) -> None:
    connect().run("CREATE ROLE handmade")
    assert migrate(connect(), MACHINES, users={"handmade": "read"})["users"]["made"] == ["handmade"]
    error = migrate(connect(), MACHINES, users={"handmade": "read", "postgres": "read"})["error"]
    assert "'postgres' is there already and administers the database" in error["message"]


def test_on_rds_users_log_in_with_tokens_and_the_master_is_no_superuser(tmp_path: Path) -> None:
    """The roles as RDS has them: a master that may make roles, and `rds_iam` for it to give away."""
    rds = postgres.start(tmp_path / "data", "rdsadmin")
    try:
        administrator = Connection("rdsadmin", host=HOST, port=rds.port, database="postgres")
        for statement in (
            *("CREATE ROLE rds_iam", "CREATE ROLE boss LOGIN CREATEROLE", "CREATE TABLE of_rds (id int)"),
            "GRANT rds_iam TO boss WITH ADMIN OPTION, INHERIT FALSE",
            "ALTER DATABASE postgres OWNER TO boss",
        ):
            administrator.run(statement)
        boss = Connection("boss", host=HOST, port=rds.port, database="postgres")
        assert migrate(boss, MACHINES, users={"tokens": "write"})["error"] is None
        changed = migrate(boss, MACHINES, users={"tokens": "write", "words": "read"})
        assert changed["users"]["made"] == ["words"]
        assert migrate(boss, MACHINES, users={"tokens": "write", "words": "read password"})["ok"]
        assert administrator.run("SELECT pg_has_role('words', 'rds_iam', 'MEMBER')") == [[False]]
        member = "SELECT pg_has_role('tokens', 'rds_iam', 'MEMBER'), pg_has_role('boss', 'rds_iam', 'USAGE')"
        assert administrator.run(member) == [[True, False]]
        administrator.close()
        boss.close()
    finally:
        rds.stop()


def test_a_database_that_wakes_up_late_is_waited_for(database: str, server: Server) -> None:
    asked = threading.Event()

    def credentials() -> Mapping[str, str]:
        if not asked.is_set():
            asked.set()
            raise OSError("not yet")
        return {"username": "postgres", "password": "any"}

    connection = open_connection(HOST, server.port, database, credentials, patience=10)
    assert connection.run("SELECT 1") == [[1]]
    connection.close()


def test_no_password_is_told_when_nothing_answers() -> None:
    given = {"username": "postgres", "password": "open sesame"}
    with pytest.raises(MigrationError, match=r"cannot connect to registry on 127\.0\.0\.1:1") as caught:
        open_connection(HOST, 1, "registry", lambda: given, patience=0)
    assert "sesame" not in str(caught.value.data())


def test_a_server_that_offers_no_tls_is_refused_unless_it_is_on_this_machine(server: Server) -> None:
    """`127.1` is this machine too, but not by a name that the migrator takes for it."""
    with pytest.raises(MigrationError, match="refuses SSL"):
        open_connection("127.1", server.port, "postgres", lambda: {"username": "x", "password": "y"}, 0)
