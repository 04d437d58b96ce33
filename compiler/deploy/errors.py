"""Why a deployment cannot go on: AWS said no (exit 3), or Formwork refuses for safety (exit 4)."""

from __future__ import annotations

import enum

from compiler.exits import FAILED, REFUSED, USAGE


class Trouble(enum.Enum):
    """What keeps Formwork from asking AWS at all, whatever it asks."""

    NETWORK = "network"  # the way to AWS, or AWS itself; it may pass
    SIGN_IN = "sign-in"  # the credentials no longer do


class DeployError(Exception):
    """AWS, the account or the network said no; `advice` says what to do about it."""

    exit_code = FAILED
    trouble: Trouble | None = None
    unbegun = False  # AWS refused to begin it, so nothing of it is under way

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


class GaveUpError(DeployError):
    """It ended before everything under way had; the message says what state things are in."""


class StartLostError(DeployError):
    """Something was asked to begin, and nobody knows whether it did: no answer came."""


class NotNowError(DeployError):
    """Nothing may begin at this moment; asked again a little later, it may."""

    trouble = Trouble.NETWORK
