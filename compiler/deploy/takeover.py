"""What a deployment may take over, where something is there already under a name that it wants."""

from __future__ import annotations

from dataclasses import dataclass

OURS = "ours"  # what `--import` takes for all that bears the tags of the environment


@dataclass(frozen=True)
class Imports:
    """What may be taken over: what is ours, and what is named, by logical id or `STACK/LOGICAL_ID`."""

    ours: bool = False
    named: frozenset[str] = frozenset()

    @property
    def wanted(self) -> bool:
        return self.ours or bool(self.named)

    def names(self, stack: str, logical_id: str) -> bool:
        """Whether a resource is named."""
        return bool(self.named & {logical_id, f"{stack}/{logical_id}"})


NOTHING = Imports()
