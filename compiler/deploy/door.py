"""The door to AWS as the deployer sees it; `aws.py` is the real one, tests bring another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from compiler.deploy.account import Account
from compiler.deploy.doors.change_sets import ChangeSets
from compiler.deploy.doors.drift import Drift
from compiler.deploy.doors.objects import Objects
from compiler.deploy.doors.operations import Operations
from compiler.deploy.doors.refactor import Refactoring
from compiler.deploy.doors.stacks import Stacks
from compiler.deploy.records import Identity


class Aws(Stacks, ChangeSets, Operations, Drift, Refactoring, Objects, Protocol):
    """One account and region. Every method raises DeployError, and nothing else, when AWS says no."""

    @property
    def region(self) -> str: ...

    def in_region(self, region: str) -> Aws:
        """The same account in another region; itself when the text is empty or names its own."""

    def account(self) -> Account:
        """What the account holds in this region, to be looked at only."""

    def identity(self) -> Identity: ...

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a Lambda function answers when it has ended, in up to 15 minutes; asked once only."""

    @property
    def role_arn(self) -> str:
        """What CloudFormation is told to act with; empty for nothing, so that it goes on as it did."""

    def throttled(self) -> int:
        """How many answers so far said that AWS is asked too often, in all regions."""
