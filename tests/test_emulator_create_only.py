"""What the emulator is told of replacement is what the provider schemas say."""

from compiler.emulator import create_only


def test_the_facts_are_those_of_the_schemas() -> None:
    told = create_only.FILE.read_text(encoding="utf-8")
    assert told == create_only.text(), "stale: run `python -m compiler.emulator.create_only`"
