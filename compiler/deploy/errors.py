"""Why a deployment cannot go on: AWS said no (exit 3), or Formwork refuses for safety (exit 4)."""

from __future__ import annotations

from compiler.exits import FAILED, REFUSED, USAGE


class DeployError(Exception):
    """AWS, the account or the network said no; `advice` says what to do about it."""

    exit_code = FAILED

    def __init__(self, message: str, advice: str = "") -> None:
        self.message = message
        self.advice = advice
        super().__init__(f"{message}; {advice}" if advice else message)


class ArgumentError(DeployError):
    """What was asked for on the command line cannot be: exit 2, as for any other wrong argument."""

    exit_code = USAGE


class RefusedError(DeployError):
    """Going on would not be safe: wrong account, stale plan, busy or protected stack."""

    exit_code = REFUSED
