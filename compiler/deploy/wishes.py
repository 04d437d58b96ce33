"""What whoever plans wants beside the assembly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from compiler.deploy.takeover import NOTHING, Imports


@dataclass(frozen=True)
class Wishes:
    """Of the ordinary plan, nothing is asked for."""

    imports: Imports = NOTHING  # what is there already and may be taken over
    revert: Collection[str] = ()  # the live stacks that get back what was changed by hand
    express: bool = False  # express mode, where nothing speaks against it
    settle: bool = True  # close the stack policies that a killed run left open; else that is only told
    alone: bool = False  # nobody else deploys the environment now: other runs' change sets are nobody's
