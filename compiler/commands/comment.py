"""`formwork comment FILE`: one comment on a pull or merge request, brought up to date with each run of CI."""

from __future__ import annotations

import argparse
import os
import sys

from compiler.commands.files import content_of
from compiler.exits import FINE, UserError

STDIN = "-"
# Characters. Source: GitHub's answer to a longer one ("body is too long"); GitLab takes 1,000,000.
_LIMIT = 65_536


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --key, --only-update."""
    parser.add_argument("file", metavar="FILE", help="the comment, Markdown (- reads standard input)")
    parser.add_argument(
        "--key", default="review", help="what tells this comment from others (default: %(default)s)"
    )
    parser.add_argument(
        "--only-update", action="store_true", help="make no comment where there is none with this key"
    )


def run(options: argparse.Namespace) -> int:
    """Writes the comment; GitHub Actions and GitLab CI say where, in their variables."""
    from compiler.commands.forges import forge  # late: what speaks HTTP costs 30 ms, and is needed only here

    body = f"{_marker(options.key)}\n{_text(options.file)}"
    if len(body) > _LIMIT:
        raise UserError(f"the comment has {len(body)} characters, {_LIMIT} are allowed; compare with --env")
    there = forge(os.environ)
    found = there.find(_marker(options.key))
    if found is not None:
        there.update(found, body)
    elif not options.only_update:
        there.create(body)
    return FINE


def _marker(key: str) -> str:
    """A line that nobody sees, by which the next run finds the comment."""
    if not key or not key.isprintable() or "--" in key or ">" in key:
        raise UserError(f"the key {key!r} cannot mark a comment; write letters, digits, dots and slashes")
    return f"<!-- formwork {key} -->"


def _text(file: str) -> str:
    content = sys.stdin.buffer.read() if file == STDIN else content_of(file)
    if content is None:
        raise UserError(f"there is no file {file}; write what `formwork diff --format markdown` prints to it")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not text in UTF-8; give what `formwork diff` printed") from error
