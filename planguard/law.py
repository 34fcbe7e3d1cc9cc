"""The policy and the waivers that a call goes by: from the working tree, or from a git ref that it cannot change.

A change that could bring its own policy, or its own waiver, would approve itself. So what stands in the ref counts;
a waiver that stands in the working tree only is a proposal, and is shown as one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from planguard.errors import CallError, PolicyFileError, WaiverFileError

if TYPE_CHECKING:
    from planguard.decision.policy_file import PolicyFile
    from planguard.decision.waivers.judge import Invalid, Waivers
    from planguard.decision.waivers.waiver import Waiver

_ENDINGS = (".yaml", ".yml")
_LARGEST = 1_000_000
_TIMEOUT = 60


class Place(msgspec.Struct, frozen=True):
    """Where policy and waivers are.

    :ivar policy: the policy file, None for none
    :ivar waivers: the folder of waivers, None for none
    :ivar ref: the git ref that they are read from, None for the working tree
    """

    policy: Path | None
    waivers: Path | None
    ref: str | None = None


def read_policy(path: Path, ref: str | None) -> PolicyFile:
    """The policy file, from the working tree or from a git ref.

    :raises PolicyFileError: when it cannot be read, or does not say what a policy file says
    :raises CallError: when there is no such ref, or no repository
    """
    from planguard.decision.policy_file import load_policy, policy_of

    if ref is None:
        return load_policy(path)
    tree = GitTree(path.parent, ref)
    data = tree.read(path)
    if data is None:
        hint = "merge it first, or name another ref"
        raise PolicyFileError(f"is not in `{ref}`", hint, place=str(path))
    return policy_of(data, f"{path} of {ref}", path.parent)


def read_waivers(folder: Path, ref: str | None) -> Waivers:
    """The waivers in a folder. With a ref, those of the working tree that are not in it are proposals.

    :raises CallError: when there is no such ref, or no repository
    """
    there = _in_folder(folder)
    if ref is None:
        return waivers_of(there)
    counted = GitTree(folder, ref).read_all(folder)
    proposed = {name: data for name, data in there.items() if counted.get(name) != data}
    return waivers_of(counted, proposed, ref)


def _in_folder(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix in _ENDINGS and path.is_file() and not any(part.startswith(".") for part in inside.parts):
            try:
                found[str(path)] = path.read_bytes()
            except OSError as error:
                reason = (error.strerror or "unknown").lower()
                raise WaiverFileError(f"cannot be read: {reason}", place=str(path)) from None
    return found


def waivers_of(files: Mapping[str, bytes], proposed: Mapping[str, bytes] | None = None, ref: str = "") -> Waivers:
    """Waivers from the bytes of their files. What is no waiver is kept as invalid, and excuses nothing."""
    from planguard.decision.waivers.judge import Invalid, Proposal, Waivers

    valid: dict[str, Waiver] = {}
    invalid: list[Invalid] = []
    first: dict[str, str] = {}
    for name, data in files.items():
        found = _parsed(name, data)
        if isinstance(found, Invalid):
            invalid.append(found)
        elif found.id in first:
            # Which of two is meant nobody can say, so neither counts.
            valid.pop(found.id, None)
            other = first[found.id]
            invalid += [
                Invalid(name, found.id, f"`{other}` has the same id"),
                Invalid(other, found.id, f"`{name}` has the same id"),
            ]
        else:
            first[found.id] = name
            valid[found.id] = found
    proposals = []
    for name, data in (proposed or {}).items():
        found = _parsed(name, data)
        if isinstance(found, Invalid):
            invalid.append(found)
        else:
            proposals.append(Proposal(found, ref))
    unique = {(one.file, one.why): one for one in invalid}
    return Waivers(tuple(valid.values()), tuple(unique.values()), tuple(proposals))


def _parsed(name: str, data: bytes) -> Waiver | Invalid:
    from planguard.decision.waivers.judge import Invalid
    from planguard.decision.waivers.waiver import parse_waiver

    if len(data) > _LARGEST:
        return Invalid(name, Path(name).stem, "it is too large for a waiver")
    try:
        return parse_waiver(data.decode("utf-8-sig"), name)
    except WaiverFileError as error:
        hint = f"; {error.hint}" if error.hint else ""
        line = (error.place or name).removeprefix(name).removeprefix(":")
        where = f"line {line}: " if line else ""
        return Invalid(name, Path(name).stem, f"{where}{error.message}{hint}")
    except UnicodeDecodeError:
        return Invalid(name, Path(name).stem, "it is not UTF-8 text")


class GitTree:
    """The files of one git ref.

    :raises CallError: when there is no repository, or no such ref
    """

    def __init__(self, folder: Path, ref: str) -> None:
        self._ref = ref
        start = folder.resolve()
        while not start.is_dir():
            start = start.parent
        top = self._git(start, "rev-parse", "--show-toplevel")
        if top is None:
            raise CallError("--policy-ref needs a git repository", f"there is none at `{folder}`")
        if self._git(start, "rev-parse", "--show-superproject-working-tree"):
            # Which repository a submodule is, the change itself can say.
            hint = "keep policy and waivers in the repository that holds it"
            raise CallError("--policy-ref does not read from a submodule", hint, place=str(folder))
        self._top = Path(top.decode().strip())
        self._refuse_ambiguous(ref)
        commit = None
        if ref and not ref.startswith("-"):
            commit = self._git(self._top, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        if commit is None:
            raise CallError(f"--policy-ref `{ref}` is no ref here", "fetch it first, such as `git fetch origin main`")
        self._commit = commit.decode().strip()

    def read(self, path: Path) -> bytes | None:
        """One file, None where it is not there. Links are followed as the ref has them, not the working tree."""
        wanted = f"{self._commit}:{self._inside(path)}\n".encode()
        answer = self._git(self._top, "cat-file", "--batch", "--follow-symlinks", stdin=wanted) or b""
        head, _, rest = answer.partition(b"\n")
        words = head.split()
        if len(words) != 3 or words[1] != b"blob":
            return None
        return rest[: int(words[2])]

    def _refuse_ambiguous(self, ref: str) -> None:
        """A tag that is called like a branch would be taken for it, and more people may push tags."""
        names = [f"refs/{kind}{ref}" for kind in ("", "tags/", "heads/", "remotes/")]
        listed = self._git(self._top, "for-each-ref", "--format=%(refname)", "--", *names) or b""
        found = [name for name in listed.decode("utf-8", "replace").splitlines() if name in names]
        if len(found) > 1:
            hint = f"write out which one: {' or '.join(f'`{name}`' for name in found)}"
            raise CallError(f"--policy-ref `{ref}` stands for several", hint)

    def read_all(self, folder: Path) -> dict[str, bytes]:
        """The YAML files below a folder, by their path as the caller writes it."""
        inside = self._inside(folder)
        listed = self._git(self._top, "ls-tree", "-r", "-z", "--name-only", self._commit, "--", f"{inside}/")
        names = [name for name in (listed or b"").decode("utf-8", "replace").split("\0") if name.endswith(_ENDINGS)]
        names = [
            name for name in names if not any(part.startswith(".") for part in Path(name).relative_to(inside).parts)
        ]
        wanted = "".join(f"{self._commit}:{name}\n" for name in names).encode()
        answer = self._git(self._top, "cat-file", "--batch", stdin=wanted) if names else b""
        found: dict[str, bytes] = {}
        at = 0
        for name in names:
            assert answer is not None  # noqa: S101 - the commit is there
            end = answer.index(b"\n", at)
            head = answer[at:end].split()
            if len(head) != 3 or head[1] != b"blob":
                at = end + 1
                continue
            size = int(head[2])
            found[str(folder / Path(name).relative_to(inside))] = answer[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return found

    def _inside(self, path: Path) -> str:
        """The path in the repository, as it is written: where links lead, the working tree does not decide."""
        here, top = Path(os.path.abspath(path)), self._top.resolve()  # noqa: PTH100 - it must not follow links
        outermost = next((one for one in reversed(here.parents) if one.resolve() == top), None)
        if outermost is None:
            if here.resolve() == top:
                return "."
            raise CallError("--policy-ref needs policy and waivers in one repository", place=str(path))
        return here.relative_to(outermost).as_posix()

    @staticmethod
    def _git(folder: Path, *words: str, stdin: bytes | None = None) -> bytes | None:
        """What a git command prints, None where it fails."""
        try:
            done = subprocess.run(  # noqa: S603 - words of our own, and a commit that was verified
                ["git", "-C", str(folder), *words],  # noqa: S607 - git is what is on PATH
                input=stdin,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise CallError(
                "--policy-ref needs `git` on PATH", "or leave it out, and read the working tree"
            ) from None
        return done.stdout if done.returncode == 0 else None
