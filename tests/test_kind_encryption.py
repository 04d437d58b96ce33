"""Encryption: how long a deleted key can be brought back."""

from __future__ import annotations

from tests.specs import compiled, problems, resources


def test_the_deletion_window_is_whole_days() -> None:
    assert problems("encryption: {deletion_window: 180h}\n") == [
        "spec.yaml:7:14 E105 180h is not whole days; write 7d or 8d"
    ]
    (key,) = resources(compiled("encryption: {deletion_window: 240h}\n"), "AWS::KMS::Key").values()
    assert key["Properties"]["PendingWindowInDays"] == 10
