"""`git:REV[:DIR]` -> the templates that are committed there."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compiler.assembly import MANIFEST
from compiler.commands.built import ADDRESSED, ASSETS, DEFAULT_OUT
from compiler.commands.git import GitError, ask
from compiler.diagnostics import suggest
from compiler.exits import UserError

PREFIX = "git:"
# Far above what a platform compiles to, and far below what fills a machine's memory.
_BYTES = 500_000_000
_OURS = re.compile(rf"{re.escape(MANIFEST)}|[^/]+[.]template[.]json|{ASSETS}/{ADDRESSED.pattern}")
_FILES = ("100644", "100755")  # modes; links and submodules have no content here


@dataclass(frozen=True)
class Revision:
    """A commit, and the folder in it that holds what was built."""

    name: str  # as the user calls it
    commit: str
    date: str  # of the commit, YYYY-MM-DD
    folder: str  # from the top of the repository; empty for the top itself

    def __str__(self) -> str:
        return f"{self.name} ({self.commit[:10]} of {self.date})"

    def files(self, platform: str, environment: str) -> dict[str, bytes]:
        """The built files of one environment by relative path; empty when it was not built there."""
        below = posixpath.join(self.folder, platform, environment) + "/"
        return _contents(dict(_listed(self.commit, below)))

    def note(self, spec: str, platform: str) -> str:
        """What is compared with, and whether the spec was committed there without building it."""
        said = f"compared with what was built in {self}"
        newer = _newer(self, spec, platform)
        if newer is None:
            return said
        return f"{said}; {spec} was changed there later, in {newer[:10]}, so what was built may be stale"


def chosen(against: str) -> Revision:
    """The revision of `git:REV[:DIR]`; UserError when git knows none such or nothing was built in it."""
    name, _, given = against.removeprefix(PREFIX).partition(":")
    _check_name(name, given)
    commit, date = _commit(name)
    folder = _folder(given or DEFAULT_OUT)
    found = Revision(name, commit, date, folder)
    if folder and not ask("ls-tree", "-d", "--full-tree", commit, "--", folder):
        raise UserError(
            f"there is no folder {folder} in {found}; commit what `formwork build` writes, "
            f"or name its folder with --against {PREFIX}{name}:DIR"
        )
    return found


def _check_name(name: str, given: str) -> None:
    if not name or name.startswith("-") or not f"{name}{given}".isprintable():
        raise UserError(
            f"{PREFIX + name!r} is no revision; write --against {PREFIX}REV, such as {PREFIX}origin/main"
        )


def _commit(name: str) -> tuple[str, str]:
    """The commit's id and day."""
    try:
        ask("rev-parse", "--git-dir")
    except GitError as error:
        raise UserError(f"git finds no repository here: {error.reason}; run in the clone of one") from error
    try:
        commit = ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
        day = ask("show", "--no-patch", "--no-show-signature", "--format=%cs", commit).decode().strip()
    except GitError as error:
        raise UserError(f"git knows no revision '{name}'{_advice(name)}") from error
    return commit, day


def _advice(name: str) -> str:
    if ask("rev-parse", "--is-shallow-repository").strip() == b"true":
        return (
            "; this clone is shallow: get the commit with `git fetch --depth=1 origin REVISION`, or clone "
            "with the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0` of GitLab)"
        )
    shown = "refs/heads", "refs/remotes", "refs/tags"
    known = ask("for-each-ref", "--count=1000", "--format=%(refname:short)", *shown).decode().split()
    remote = [each for each in known if each.endswith(f"/{name}")]
    hint = f"; did you mean '{remote[0]}'?" if remote else suggest(name, known)
    return f"; `git fetch` gets what is only on the server{hint}"


def _folder(given: str) -> str:
    """The folder from the top of the repository, where the user names it from where they are."""
    top = ask("rev-parse", "--show-toplevel").decode().rstrip("\n")
    below = os.path.relpath(os.path.realpath(given), os.path.realpath(top))
    if below == ".." or below.startswith(f"..{os.sep}"):
        raise UserError(f"{given} is not in the repository {top}; name a folder inside it after {PREFIX}REV:")
    return "" if below == "." else below.replace(os.sep, "/")


def _listed(commit: str, below: str) -> Iterator[tuple[str, str]]:
    """The relative path of each file of ours below a folder, and the name of its content."""
    total = 0
    for entry in ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit, "--", below).split(b"\0"):
        facts, _, path = entry.decode(errors="surrogateescape").partition("\t")
        relative = path.removeprefix(below)
        if facts[:6] in _FILES and _OURS.fullmatch(relative):
            _, _, content, size = facts.split()
            total += int(size) if size.isdigit() else 0  # of what a partial clone lacks
            _check_size(total, below)
            yield relative, content


def _check_size(total: int, below: str) -> None:
    if total > _BYTES:
        raise UserError(
            f"{below} holds more than {_BYTES // 10**6} MB at that revision, which is no built platform; "
            "name the folder that `formwork build` wrote"
        )


def _contents(listed: Mapping[str, str]) -> dict[str, bytes]:
    """All at once: a process for each file would take longer than the comparison."""
    if not listed:
        return {}
    answer = ask("cat-file", "--batch", given="".join(f"{name}\n" for name in listed.values()).encode())
    found, at = {}, 0
    for relative in listed:
        end = answer.index(b"\n", at)
        size = answer[at:end].split()[-1]
        if not size.isdigit():  # a partial clone, whose server is out of reach
            raise UserError(f"git has not the content of {relative}; get it with `git fetch --refetch`")
        found[relative] = answer[end + 1 : end + 1 + int(size)]
        at = end + int(size) + 2
    return found


def _newer(revision: Revision, spec: str, platform: str) -> str | None:
    """The commit that changed the spec after what was built; None when there is none, or git cannot tell."""
    try:
        changed = _last(revision.commit, f":(literal){spec}")
        built = _last(revision.commit, f":(top,literal){posixpath.join(revision.folder, platform)}")
        if not (changed and built) or changed == built:
            return None
        return None if ask("merge-base", changed, built).decode().strip() == changed else changed
    except GitError:
        return None


def _last(commit: str, path: str) -> str:
    """The last commit that changed a path; empty when none did."""
    return ask("rev-list", "--max-count=1", commit, "--", path).decode().strip()
