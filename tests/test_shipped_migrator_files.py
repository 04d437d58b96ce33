"""Files of migrations: their names, their order, and where one statement ends and the next begins."""

from __future__ import annotations

import pytest

from compiler.shipped.migrator.files import read
from compiler.shipped.migrator.statements import split


def faults(**texts: str) -> list[str]:
    """What is wrong with files whose names are given without `.sql`."""
    return [str(fault) for fault in read({f"{name}.sql": text.encode() for name, text in texts.items()})[1]]


def test_files_come_by_version_not_by_name() -> None:
    found, wrong = read(
        {f"V{n:03}__a.sql": b"SELECT 1" for n in range(1, 12)} | {"V0012__b.sql": b"SELECT 1"}
    )
    assert [migration.version for migration in found] == list(range(1, 13))
    assert wrong == ()


@pytest.mark.parametrize(
    "name", ["v001__a.sql", "V1__a.sql", "V001_a.sql", "V001__A.sql", "V001__a__b.sql", "notes.md"]
)
def test_a_name_that_is_no_migrations_is_told(name: str) -> None:
    (fault,) = read({name: b"SELECT 1"})[1]
    assert str(fault).startswith(f"{name}: a migration is called V001__words_in_lower_case.sql")


def test_versions_have_no_gap_and_none_comes_twice() -> None:
    assert faults(V001__a="SELECT 1", V003__b="SELECT 1", V004__c="SELECT 1") == [
        "V003__b.sql: version 2 is missing before it; versions count 1, 2, 3 without gaps"
    ]
    assert faults(V001__a="SELECT 1", V001__b="SELECT 1", V002__c="SELECT 1") == [
        "V001__b.sql: version 1 is taken by another file; give it the next free number"
    ]


def test_what_cannot_be_run_as_one_transaction_is_told_with_its_line() -> None:
    assert faults(V001__a="SELECT 1;\n-- BEGIN\nCOMMIT;\nROLLBACK TO a;") == [
        "V001__a.sql:3: COMMIT is not for a migration: each file is one transaction of its own; remove it"
    ]
    for control in ("begin", "START  TRANSACTION", "End", "rollback work", "PREPARE TRANSACTION 'x'"):
        assert len(faults(V001__a=control)) == 1
    for harmless in ("SAVEPOINT a", "ROLLBACK TRANSACTION TO SAVEPOINT a", "PREPARE x AS SELECT 1", "ENDING"):
        assert faults(V001__a=harmless) == []


def test_data_that_only_psql_could_give_is_told() -> None:
    assert faults(V001__a="COPY a TO STDOUT;\nCOPY a (id)\nFROM stdin;\n1\n\\.\n") == [
        "V001__a.sql:2: COPY FROM STDIN has no input here; write INSERT instead"
    ]


def test_empty_files_and_mistaken_directives_are_told() -> None:
    assert faults(V001__a="-- nothing\n/* at all */ ;") == [
        "V001__a.sql: it holds no statement; write one, or delete the file"
    ]
    assert (
        "the only one is '-- formwork: no-transaction'"
        in faults(V001__a="-- formwork: notransaction\nSELECT 1")[0]
    )
    assert "must be the first line" in faults(V001__a="SELECT 1;\n-- formwork: no-transaction")[0]
    (fault,) = read({"V001__a.sql": b"SELECT '\xff'"})[1]
    assert str(fault) == "V001__a.sql: byte 8 is not UTF-8; save it as UTF-8"


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';' || E'\\';' || \"a;b\";", ["SELECT ';' || E'\\';' || \"a;b\""]),
        ("DO $x$ BEGIN; $$;$$ END $x$; SELECT $1", ["DO $x$ BEGIN; $$;$$ END $x$", "SELECT $1"]),
        ("/* a; /* b; */ c; */ SELECT 1 -- ;\n;", ["SELECT 1 -- ;\n"]),
        ("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3", 2),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
            "SELECT 2; END; SELECT 3",
            2,
        ),
        ("SELECT 'never closed; SELECT 2", 2),
        ("SELECT a$b$c; SELECT 1", 2),
        ("", []),
    ],
)
def test_statements_end_where_psql_ends_them(text: str, statements: list[str] | int) -> None:
    found = [statement.text for statement in split(text)]
    assert found == statements if isinstance(statements, list) else len(found) == statements


def test_a_position_within_a_statement_gives_its_line_in_the_file() -> None:
    _, statement = split("SELECT 1;\n-- why\nSELECT\n  2 +\n  x;")
    assert (statement.line, statement.line_of(0), statement.line_of(len("SELECT\n  2 +\n  x"))) == (3, 3, 5)
