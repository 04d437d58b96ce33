"""Stands for the code of an example."""


def handler(event: object, context: object) -> None:
    """Does nothing."""
