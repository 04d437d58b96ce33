"""Questions to git: answered from the repository around the working folder, which they never change."""

from __future__ import annotations

import os
import subprocess

from compiler.exits import UserError

# A repository on a slow disk answers in seconds; what takes longer waits for something that will not come.
_SECONDS = 60


class GitError(UserError):
    """Git answered no; `reason` is its own last line."""

    def __init__(self, question: str, reason: str) -> None:
        super().__init__(f"`git {question}` failed: {reason}; name a folder with --against instead")
        self.reason = reason


def ask(*question: str, given: bytes = b"") -> bytes:
    """What git prints; GitError when it refuses, UserError when there is no git or it does not come back."""
    try:
        answer = subprocess.run(
            ["git", *question],
            input=given,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=os.environ | _QUIET,
        )
    except FileNotFoundError as error:
        message = "git is not installed, so there is no revision; install it, or name a folder with --against"
        raise UserError(message) from error
    except subprocess.TimeoutExpired as error:
        message = f"git gave no answer within {_SECONDS} seconds; try `git {question[0]}` yourself"
        raise UserError(message) from error
    except (OSError, ValueError) as error:
        raise UserError(f"cannot run git: {str(error).lower()}; name a folder with --against") from error
    if answer.returncode:
        raise GitError(question[0], _last_line(answer.stderr))
    return answer.stdout


# English, whatever the user speaks, no questions on the terminal, and no index refreshed in passing.
_QUIET = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ") if lines else "no reason given"
